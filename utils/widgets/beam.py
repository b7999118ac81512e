"""Beam search as a tree: which beginnings live, which end, and which translation wins."""

from typing import NamedTuple

import ipywidgets as widgets
import torch
from torch import Tensor

from utils.decoding import BeamStep, beam_steps, length_limits, rank_finished
from utils.plots.colors import FAINT, GROUND, HIGHLIGHT, INK, QUIET
from utils.text.subwords import join
from utils.translator import Translator
from utils.widgets.explorer import Explorer, View
from utils.widgets.sentences import check_translator, read_sentence, sentence_box
from utils.widgets.sliders import FloatSlider, IntSlider
from utils.widgets.svg import HALO, SMALL, line, picture, rect, short, text

COLUMN, ROW, TOP = 118, 46, 40


class Node(NamedTuple):
    """A beginning of a translation: its last word, its log-probability, the row of its parent."""

    word: str
    score: float
    parent: int


class Ended(NamedTuple):
    """A finished translation of `size` nodes: the row of its last node, log p, and its rank.

    `length` is what the ranking divides by: the words and `<eos>`, unless the limit cut it off.
    """

    size: int
    row: int
    score: float
    rank: int
    length: int
    words: tuple[str, ...]


class Tree(NamedTuple):
    """columns[t] holds the nodes of step t by row in the beam; ended, the K best translations."""

    columns: list[dict[int, Node]]
    ended: list[Ended]

    def path(self, size: int, row: int) -> list[int]:
        """Return the rows of a translation's words, from the first word to the last."""
        rows = []
        for column in reversed(self.columns[:size]):
            rows.append(row)
            row = column[row].parent
        return rows[::-1]


class Search(NamedTuple):
    """A finished beam search on one sentence: its steps, and the most words allowed (1,)."""

    steps: list[BeamStep]
    limits: Tensor


@torch.no_grad()
def search(translator: Translator, words: tuple[str, ...], beam_size: int) -> Search:
    """Run beam search on one sentence."""
    model, ends = translator.model.eval(), (translator.fields.start, translator.fields.end)
    source, lengths = translator.encode([words])
    limits = length_limits(lengths).to(source.device)
    return Search(beam_steps(model, source, lengths, limits, *ends, beam_size), limits)


def grow_tree(searched: Search, translator: Translator, alpha: float) -> Tree:
    """Make a tree of a search, and rank what it found; `alpha` is the length normalization."""
    steps, limits = searched
    tree = Tree([_nodes(step, translator.fields.target.vocab.itos) for step in steps], [])
    found = zip(*(part[0].tolist() for part in rank_finished(steps, limits, alpha)), strict=True)
    for rank, (score, size, row) in enumerate(found, start=1):
        if score > -torch.inf:
            written = tuple(tree.columns[t][r].word for t, r in enumerate(tree.path(size, row)))
            written = join(written) if translator.fields.subwords else written
            length = min(size + 1, int(limits))
            tree.ended.append(Ended(size, row, score, rank, length, written))
    return tree


def _nodes(step: BeamStep, itos: list[str]) -> dict[int, Node]:
    """Return the nodes of one step by their rows in the beam, without those that have stopped."""
    columns = (part[0].tolist() for part in (step.words, step.scores, step.parents))
    return {
        row: Node(itos[number], score, parent)
        for row, (number, score, parent) in enumerate(zip(*columns, strict=True))
        if score > -torch.inf
    }


class BeamExplorer(Explorer):
    """Type a sentence; change the width of the beam and the length normalization."""

    def __init__(self, translator: Translator, sentence: str):
        check_translator(translator)
        self.translator = translator
        self.sentence = sentence_box(sentence, translator.fields.source_language)
        self.beam_size = IntSlider(3, 1, 8, description="beam size K")
        self.alpha = FloatSlider(1.0, 0, 2, description="length norm. ρ")
        super().__init__((self.sentence,), (self.beam_size, self.alpha))

    def prepare(self, control: widgets.Widget | None) -> None:
        """Search again, unless only the ranking changes."""
        if control is self.alpha:
            return
        words, self.note = read_sentence(self.sentence.value, self.translator)
        self.search = search(self.translator, words, self.beam_size.value) if words else None

    def view(self) -> View:
        """Show the tree of the current sentence."""
        if self.search is None:
            return View("", self.note)
        tree = grow_tree(self.search, self.translator, self.alpha.value)
        unit = "pieces" if self.translator.fields.subwords else "words"
        finding = describe_tree(tree, self.alpha.value, unit)
        title = f"A beam of {self.beam_size.value}: {finding.splitlines()[0]}"
        return View(draw_tree(tree, title), "\n".join(filter(None, [self.note, finding])))


def describe_tree(tree: Tree, alpha: float, unit: str) -> str:
    """List the finished translations, best first, with the numbers that rank them.

    The length counts `<eos>` and the sentence's words, or pieces of words: `unit` says which.
    """
    lines = []
    for ended in tree.ended:
        ranked = ended.score / ended.length**alpha
        numbers = f"log p {ended.score:.2f}, {ended.length} {unit}, ranked by {ranked:.2f}"
        lines.append(f"{ended.rank}. {' '.join(ended.words) or '(empty)'} ({numbers})")
    return "\n".join(lines)


def draw_tree(tree: Tree, title: str) -> str:
    """Draw a column for each step; the winner's path is thick, the finished ones have numbers."""
    best = tree.ended[0]
    winner = set(enumerate(tree.path(best.size, best.row)))
    depth = max(max(ended.size for ended in tree.ended), 1)
    rows = 1 + max(row for column in tree.columns for row in column) if tree.columns[0] else 1
    shapes = [text(8, TOP + ROW / 2, "<sos>", font_weight="bold")]
    nodes = [
        _node(t, row, node, (t, row) in winner)
        for t, column in enumerate(tree.columns[: depth + 1])
        for row, node in column.items()
    ]
    shapes += [way for way, *_ in nodes] + [word for _, *words in nodes for word in words]
    for ended in tree.ended:
        x, y = _place(ended.size - 1, ended.row) if ended.size else (8, TOP + ROW / 2)
        color = HIGHLIGHT if ended.rank == 1 else INK
        shapes.append(rect(x + 60, y - 34, 18, 18, fill=color, rx=9))
        number = {"fill": GROUND, "text_anchor": "middle", "font_size": SMALL}
        shapes.append(text(x + 69, y - 20, str(ended.rank), **number))
    return picture((depth + 2) * COLUMN, TOP + rows * ROW + 20, title, *shapes)


def _place(t: int, row: int) -> tuple[float, float]:
    """Return where the node of step t in a row begins."""
    return 70 + t * COLUMN, TOP + (row + 0.5) * ROW


def _node(t: int, row: int, node: Node, wins: bool) -> list[str]:
    """Draw the line from a node's parent, which words may cover, and the node: word and score."""
    x, y = _place(t, row)
    from_x, from_y = _place(t - 1, node.parent) if t else (-4, TOP + ROW / 2)
    look = {"stroke": HIGHLIGHT if wins else FAINT, "stroke_width": 4 if wins else 1.5}
    weight = "bold" if wins else "normal"
    return [
        line(from_x + 62, from_y - 5, x - 4, y - 5, **look),
        text(x, y, short(node.word, 9), font_weight=weight, **HALO),
        text(x, y + 14, f"{node.score:.2f}", font_size=SMALL, fill=QUIET),
    ]
