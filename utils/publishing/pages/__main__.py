"""`make html`: write the pages to build/html/."""

from collections.abc import Sequence

from utils.publishing.editions import choose_folder, shown, write_edition
from utils.publishing.pages.page import build_pages
from utils.system.failures import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every page; return the exit code."""
    folder = choose_folder(
        "utils.publishing.pages", "html", "Write the series as web pages.", arguments
    )
    pages = {f"{name}.html": page.encode() for name, page in build_pages().items()}
    kept = write_edition(pages.items(), folder)
    print(f"{len(pages)} pages: open {shown(folder / 'index.html')}", *kept, sep="\n")
    return 0


if __name__ == "__main__":
    run(main)
