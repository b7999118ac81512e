"""`make html`: write the pages to build/html/."""

from collections.abc import Sequence
from itertools import chain

from utils.publishing.editions import choose_folder, shown, write_edition
from utils.publishing.pages.site import BOOKS, build_site, decks_beside
from utils.system.failures import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every page; return the exit code."""
    folder = choose_folder(
        "utils.publishing.pages", "html", "Write the series as web pages.", arguments
    )
    decks = decks_beside(folder)
    books = {kind: place for kind, place in BOOKS.items() if (folder / place).exists()}
    site = build_site(decks, books)
    pages = ((f"{name}.html", page.encode()) for name, page in site.pages.items())
    kept = write_edition(chain(pages, site.files.items()), folder)
    print(f"{len(site.pages)} pages: open {shown(folder / 'index.html')}", *kept, sep="\n")
    if not decks:
        print("They link to no slides, for there are none: make slides html writes both.")
    return 0


if __name__ == "__main__":
    run(main)
