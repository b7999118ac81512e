"""`make html`: write the pages to build/html/."""

from utils.environment import ROOT
from utils.pages import build_pages
from utils.storage import write_text_atomically

FOLDER = ROOT / "build" / "html"


def main() -> int:
    """Write every page; return the exit code."""
    pages = build_pages()
    for name, page in pages.items():
        write_text_atomically(FOLDER / f"{name}.html", page)
    print(f"{len(pages)} pages: open {(FOLDER / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
