"""`make html`: write the pages to build/html/."""

from utils.pages import ROOT, build_pages
from utils.storage import write_atomically

FOLDER = ROOT / "build" / "html"


def main() -> int:
    """Write every page; return the exit code."""
    pages = build_pages()
    for name, page in pages.items():
        text = page.encode()
        write_atomically(FOLDER / f"{name}.html", lambda file, text=text: file.write(text))
    print(f"{len(pages)} pages: open {(FOLDER / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
