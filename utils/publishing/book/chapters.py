"""A page's article as a chapter: still pictures for explorers, and nothing to press."""

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring
from lxml.html.builder import CLASS, H2, A, E

from utils.publishing.book.folds import drop_code

SCREEN_ONLY = ("loading", "decoding", "border")  # of no use in a book
ALIVE = "Try it on its web page"
ANSWERED = "The quick questions, answered"


def parse(html: str) -> HtmlElement:
    """Return HTML as a tree: a `div` with the elements inside."""
    return fragment_fromstring(html, create_parent="div")


def to_xhtml(tree: HtmlElement) -> str:
    """Return a tree as XHTML, without what follows it."""
    return etree.tostring(tree, encoding="unicode", with_tail=False)


def settle(tree: HtmlElement, page: str) -> None:
    """Make a chapter of an article, in place; `page` is the address of its web page.

    What is folded stays: the parts that go to the back are taken out by `take_folds`.
    """
    for each in tree.xpath(".//a[@class='anchor'] | .//p[@class='at-run']"):
        each.drop_tree()
    for each in tree.xpath(".//noscript | .//picture | .//source"):
        each.drop_tag()  # a source, the picture for dark pages, has no end: what follows is in it
    for root in tree.xpath(".//*[@class='root']"):  # contents and titles are plain text
        letter = root.text_content()
        root.clear(keep_tail=True)
        root.text = f"√{letter}"
        root.drop_tag()
    drop_code(tree)
    for explorer in tree.xpath(".//*[@data-explorer]"):
        if explorer.get("data-explorer") == "quiz":
            _settle_questions(tree, explorer)
        else:
            _settle_explorer(explorer, page)
    for element in tree.iter():
        for name in SCREEN_ONLY:
            element.attrib.pop(name, None)
    for image in tree.xpath(".//img"):
        image.set("src", print_name(image.get("src")))


def print_name(address: str) -> str:
    """Return the address of a picture in the book: not every reader knows WebP."""
    return address.replace(".webp", ".png")


def _settle_explorer(explorer: HtmlElement, page: str) -> None:
    """Put an explorer's still picture in its place, with the finding and a way to it below."""
    (image,) = explorer.xpath(".//img")
    image.tail = None
    cell = explorer.xpath("ancestor::div[contains(@class, 'cell')]")[0]
    alive = A(ALIVE, href=f"{page}#{cell.get('id')}")
    finding = E.figcaption(*explorer.xpath(".//p/text()"), " ", alive, ".")
    explorer.getparent().replace(explorer, E.figure(CLASS("picture"), image, finding))


def _settle_questions(tree: HtmlElement, explorer: HtmlElement) -> None:
    """Leave the questions where they are, and put their answers at the end of the chapter."""
    (answers,) = explorer.xpath(".//ol[@class='at-answers']")
    (asked,) = explorer.xpath(".//ol[@class='at-asked']")
    explorer.getparent().replace(explorer, asked)
    tree.append(E.section(CLASS("answered"), H2(ANSWERED, id="answered"), answers))
