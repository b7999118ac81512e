"""`make book`: write the series to build/book/, as EPUB and as PDF."""

import sys
from collections.abc import Sequence
from pathlib import Path

from utils.publishing.book.epub import write_epub
from utils.publishing.book.paper import write_paper
from utils.publishing.book.volume import build_book
from utils.publishing.browser import find_browser
from utils.publishing.editions import choose_folder, shown, write_edition
from utils.publishing.pages.site import BOOKS
from utils.system.failures import run

EPUB, PDF = (Path(place).name for place in BOOKS.values())
MISSING = (
    f"error: {PDF} is not written, because Chromium is missing, which prints it: install Chromium "
    "or Chrome (on Debian and Ubuntu with `apt install chromium`), and run make book again."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both files; return the exit code, 1 if there is no browser to print the PDF."""
    what = "Write the series as a book: EPUB and PDF."
    folder = choose_folder("utils.publishing.book", "book", what, arguments)
    book, browser = build_book(), find_browser()
    files = {EPUB: write_epub(book)}
    if browser:
        files[PDF] = write_paper(book, browser)
    kept = write_edition(files.items(), folder)
    sizes = [f"{shown(folder / name)} ({len(file) / 1e6:.1f} MB)" for name, file in files.items()]
    print(" and ".join(sizes), "The pages link to them once you run make html.", *kept, sep="\n")
    if not browser:
        print(MISSING, file=sys.stderr)
    return 0 if browser else 1


if __name__ == "__main__":
    run(main)
