"""Links made by hand: sure ones, possible ones, and what is refused."""

import re

import pytest

from utils.corpora import CorpusError, Pair, load_split, tokenize
from utils.corpora.links import read_links

PAIRS = [
    Pair(tokenize("Er repariert sein Rad."), tokenize("He is repairing his bike.")),
    Pair(tokenize("Ein Hund"), tokenize("A dog")),
]


@pytest.fixture
def write(tmp_path):
    """Return a way to write a file of links."""

    def write(text):
        path = tmp_path / "own.align"
        path.write_text(text, "utf-8")
        return path

    return write


def test_sure_and_possible_links_are_told_apart(write):
    sure, possible = links = read_links(write("0-0 1-2 1?1 2-3\n1-1 0?0\n"), PAIRS)
    assert sure == [{(0, 0), (1, 2), (2, 3)}, {(1, 1)}]
    assert possible == [{(1, 1)}, {(0, 0)}]
    assert links.all == [{(0, 0), (1, 2), (2, 3), (1, 1)}, {(1, 1), (0, 0)}]


def test_a_pair_may_have_possible_links_only(write):
    sure, possible = read_links(write("4-5\n0?0 1?1"), PAIRS)
    assert (sure[1], possible[1]) == (set(), {(0, 0), (1, 1)})


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("0-0 1:1\n0-0\n", 1, "'1:1' is no link; write links such as 0-0 1?2"),
        ("0-0\n0-?1\n", 2, "'0-?1' is no link"),
        ("0-0\n2-0\n", 2, "2-0 points outside its sentences of 2 and 2 words"),
        ("0-0\n0?2\n", 2, "0?2 points outside"),
        ("0-0 1-2 1?2\n0-0\n", 1, "1-2 is also there as 1?2; a link is sure or possible"),
        ("0-0\n\n", 2, "is empty"),
        ("0-0\n", 2, "there are 1 lines for 2 pairs; give each pair a line"),
        ("0-0\n0-0\n0-0\n", 3, "there are 3 lines for 2 pairs"),
    ],
)
def test_a_mistake_is_named_with_its_line(write, text, line, problem):
    with pytest.raises(CorpusError, match=re.escape(f"own.align, line {line}: {problem}")):
        read_links(write(text), PAIRS)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"own\.align is missing"):
        read_links(tmp_path / "own.align", PAIRS)


def test_a_corpus_has_sure_links_only(tmp_path):
    for end, text in {"de": "ein hund", "en": "a dog", "align": "0-0 1?1"}.items():
        (tmp_path / f"test.{end}").write_text(text, "utf-8")
    with pytest.raises(
        CorpusError, match=r"line 1: '1\?1' is no link; write links such as 0-0 1-2"
    ):
        load_split(tmp_path, "test")
