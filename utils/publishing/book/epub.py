"""The book as EPUB 3: a zip file of pages, pictures, fonts, and a list of them."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from utils.publishing.book.matter import templates
from utils.publishing.book.style import font_files, style_sheet
from utils.publishing.book.volume import COVER, Book, contents

ROOM = "EPUB"  # the folder in the zip file
TYPES = {"png": "image/png", "css": "text/css", "woff2": "font/woff2"}
CONTAINER = f"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="{ROOM}/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""


class Item(NamedTuple):
    """A file that pages load, as the package lists it."""

    id: str
    path: str
    type: str


def write_epub(book: Book) -> bytes:
    """Return the book as the bytes of an EPUB file; the same book gives the same bytes."""
    files = dict(pages_of(book)) | {"book.css": style_sheet().encode()}
    loaded = {**book.pictures, **font_files(), "book.css": files["book.css"]}
    package = (
        templates()
        .get_template("package.opf.j2")
        .render(
            book=book,
            identifier=uuid5(NAMESPACE_URL, book.address),
            items=list(map(item_of, loaded)),
        )
    )
    day, packed = datetime.fromisoformat(str(book.about["date-released"])), BytesIO()
    with ZipFile(packed, "w") as file:
        _add(file, "mimetype", b"application/epub+zip", day, ZIP_STORED)  # readers look here first
        _add(file, "META-INF/container.xml", CONTAINER.encode(), day)
        _add(file, f"{ROOM}/package.opf", package.encode(), day)
        for name, content in (files | loaded).items():
            _add(file, f"{ROOM}/{name}", content, day)
    return packed.getvalue()


def pages_of(book: Book) -> Iterator[tuple[str, bytes]]:
    """Yield the pages by their names."""
    about = f"{book.about['title']}: the cover"
    picture = f'<p class="cover"><img src="{COVER}" alt="{about}"/></p>'
    yield "cover.xhtml", _page(book, book.about["title"], "cover", picture)
    yield "nav.xhtml", _page(book, "Contents", "frontmatter", contents(book, deep=True))
    for each in book.chapters:
        yield each.file, _page(book, each.title, each.kind, each.html)


def item_of(path: str) -> Item:
    """Return what the package says of a file that pages load."""
    name = "cover-image" if path == COVER else "file-" + path.replace("/", "-")
    return Item(name, path, TYPES[path.rpartition(".")[2]])


def _page(book: Book, title: str, kind: str, body: str) -> bytes:
    template = templates().get_template("page.xhtml.j2")
    return template.render(title=title, kind=kind, body=body, language=book.language).encode()


def _add(file: ZipFile, name: str, content: bytes, day: date, how: int = ZIP_DEFLATED) -> None:
    about = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    about.compress_type = how
    file.writestr(about, content)
