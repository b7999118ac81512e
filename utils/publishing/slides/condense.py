"""From a page to slides: how much of a text is shown, and how high it is."""

import math
import re

from nbformat import NotebookNode

from utils.publishing.explorers import has_explorer

LINE, CHARACTERS = 38, 84  # height of a line of text in pixels, and how many characters it holds
CODE_LINE, CODE_CHARACTERS = 26, 96
PICTURE, DRAWING = 440, 330  # pixels: as high as the style sheet lets pictures and drawings be
EXPLORER = 600  # nothing else has room beside one
GAP = 18  # pixels between two blocks
ROWS = 9  # a longer table is read, not shown
PARAGRAPH, ITEM = 190, 130  # characters; of longer ones the first sentences are shown

HEADING, MARK = re.compile(r"#+ "), re.compile(r"⟦\d+⟧")
LEAD = re.compile(r"\*\*[^*]+[.:]\*\* ")
ITEM_START = re.compile(r"(?:[-*]|\d+\.) ")
SENTENCE = re.compile(r".+?[.!?:][”\"')]*(?=\s+[A-Z“\"'(*`$⟦]|\s*$)", flags=re.DOTALL)
FENCED = re.compile(r"(```.*?```)", flags=re.DOTALL)


def first_sentences(text: str, limit: int) -> str:
    """Return as many whole sentences as `limit` characters hold, but at least one.

    A lead in bold, such as **What to notice.**, is kept before the first sentence.
    """
    lead = LEAD.match(text)
    start = lead.end() if lead else 0
    sentences = SENTENCE.findall(text, start) or [text[start:]]
    shown = sentences[0]
    for sentence in sentences[1:]:
        if len(shown + sentence) > limit:
            break
        shown += sentence
    return text[:start] + shown


def blocks_of(text: str) -> list[str]:
    """Split Markdown at its empty lines; a fenced block of code stays whole."""
    parts = FENCED.split(text)
    return [
        block.strip()
        for part in parts
        for block in ([part] if part.startswith("```") else re.split(r"\n\s*\n", part))
        if block.strip()
    ]


def condense(block: str) -> str:
    """Cut a block down to what a slide shows: nothing of a long table, the beginning of prose."""
    if block.startswith("|"):
        return block if block.count("\n") <= ROWS else ""
    if ITEM_START.match(block):
        return "\n".join(first_sentences(item, ITEM) for item in block.split("\n"))
    if HEADING.match(block) or MARK.fullmatch(block) or block.startswith(("![", "```", "<")):
        return block
    return first_sentences(block, PARAGRAPH)


def shown_blocks(text: str) -> list[str]:
    """Return the blocks of Markdown that slides show; "References" is for readers only."""
    shown = re.split(r"^## References", text, flags=re.MULTILINE)[0]
    return [block for block in map(condense, blocks_of(shown)) if block]


def rows(text: str, characters: int) -> int:
    """Return how many rows a text fills if each holds this many characters."""
    return sum(max(math.ceil(len(line) / characters), 1) for line in text.rstrip().split("\n"))


def text_height(block: str) -> int:
    """Return about how high a block of Markdown is on a slide, in pixels."""
    if HEADING.match(block):
        return 2 * LINE * rows(block, CHARACTERS // 2)
    if block.startswith("!["):
        return DRAWING
    if block.startswith("|"):
        return GAP + LINE * rows(block, CHARACTERS) + 12 * block.count("\n")
    if MARK.fullmatch(block):
        return 2 * LINE
    return GAP + LINE * rows(block, CHARACTERS)


def code_lines(cell: NotebookNode) -> int:
    """Return how many lines of code a cell shows on a slide: none for text or hidden code."""
    hidden = cell.metadata.get("transient", {}).get("remove_source")
    return 0 if hidden or cell.cell_type == "markdown" else len(cell.source.split("\n"))


def height(cell: NotebookNode) -> int:
    """Return about how high a cell is on a slide, in pixels: its text, or its code and outputs."""
    if cell.cell_type == "markdown":
        return text_height(cell.source)
    total = GAP + CODE_LINE * rows(cell.source, CODE_CHARACTERS) if code_lines(cell) else 0
    for output in cell.outputs:
        if has_explorer(output):
            total += EXPLORER
            continue
        data = output.get("data", {})
        written = output.get("text") or output.get("evalue") or data.get("text/plain", "")
        total += PICTURE if "image/png" in data else 0
        if "image/png" not in data or len(written) > CODE_CHARACTERS:
            total += GAP + CODE_LINE * rows(written, CODE_CHARACTERS)
    return total
