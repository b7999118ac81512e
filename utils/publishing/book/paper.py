"""The book as PDF: one document, which Chromium prints, tagged and with an outline."""

import re
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

from utils.publishing.book.matter import templates
from utils.publishing.book.style import font_files, style_sheet
from utils.publishing.book.volume import COVER, Book, contents

TO_FILE = re.compile(r'href="[\w-]+\.xhtml#')  # in one document, links need no file
DOCUMENT = "book.xhtml"
PATIENCE = 120_000  # milliseconds


def write_paper(book: Book, browser: str) -> bytes:
    """Return the book as the bytes of a PDF; `browser` is the path of a Chromium.

    It is printed twice: where a chapter begins is known after the first time.
    """
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        write_files(book, folder)
        opened = playwright.chromium.launch(executable_path=browser)
        page = opened.new_page()
        once = print_document(page, folder, document_of(book))
        whole = print_document(page, folder, document_of(book, first_pages(once)))
        opened.close()
    return whole


def document_of(book: Book, pages: Mapping[str, int] | None = None) -> str:
    """Return the whole book as one page; `pages` says where chapters begin, by their ids."""
    listed = contents(book, pages=pages)
    template = templates().get_template("paper.xhtml.j2")
    return TO_FILE.sub('href="#', template.render(book=book, contents=listed, cover=COVER))


def write_files(book: Book, folder: Path) -> None:
    """Write what the document loads."""
    sheet = Path(__file__).with_name("paper.css").read_bytes()
    files = {"book.css": style_sheet().encode(), "paper.css": sheet, **font_files()}
    for name, content in (files | book.pictures).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def print_document(page: Page, folder: Path, document: str) -> bytes:
    """Return a document as PDF; what it loads lies in `folder`."""
    (folder / DOCUMENT).write_text(document, encoding="utf-8")
    page.set_default_timeout(PATIENCE)
    page.goto((folder / DOCUMENT).as_uri())
    page.evaluate("document.fonts.ready")
    return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)


def first_pages(pdf: bytes) -> dict[str, int]:
    """Return the numbers of the pages, from 1, where the places of a PDF are, by their names."""
    reader = PdfReader(BytesIO(pdf))
    return {
        name.removeprefix("/"): (reader.get_destination_page_number(place) or 0) + 1
        for name, place in reader.named_destinations.items()
    }
