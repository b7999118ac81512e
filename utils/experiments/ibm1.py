"""IBM model 1, the aligner of words that came first; Brown et al. (1993), section 4.1.

It learns how probable each word is as a translation of each other word, from which words occur
together, and knows nothing of their order. Training is nltk's.
"""

from collections.abc import Sequence, Set

from utils.corpora.pairs import Pair

ITERATIONS = 5  # of expectation and maximization, as many as GIZA++ does by default
NEIGHBORS = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
Links = Set[tuple[int, int]]


def align_by_ibm1(pairs: Sequence[Pair], more: Sequence[Pair]) -> dict[str, list[Links]]:
    """Train on `pairs` and `more`, once for each direction; return the links of `pairs`.

    "each target word" links each of them to its best source word or to none, as attention does;
    "each source word" is the other direction. Both of them together make "intersection" and
    "grow-diag". The model sees the words of `pairs`, never their links. Raises ValueError without
    nltk.
    """
    forward = _best_sources([*pairs, *more])[: len(pairs)]
    turned = [Pair(pair.target, pair.source) for pair in (*pairs, *more)]
    backward: list[Links] = [
        {(source, target) for target, source in links}
        for links in _best_sources(turned)[: len(pairs)]
    ]
    both = list(zip(forward, backward, strict=True))
    return {
        "each target word": forward,
        "each source word": backward,
        "intersection": [one & other for one, other in both],
        "grow-diag": [grow_diag(one, other) for one, other in both],
    }


def _best_sources(pairs: Sequence[Pair]) -> list[Links]:
    """Train on all pairs; link each target word to its most probable source word, if any."""
    try:
        from nltk.translate import AlignedSent, IBMModel1
    except ModuleNotFoundError:  # a tool for development, which readers do without
        raise ValueError(
            "IBM model 1 comes from nltk, which is not installed: `make check` installs it."
        ) from None
    sentences = [AlignedSent(list(pair.target), list(pair.source)) for pair in pairs]
    IBMModel1(sentences, ITERATIONS)  # leaves each sentence with its best alignment
    return [
        {(source, target) for target, source in sentence.alignment if source is not None}
        for sentence in sentences
    ]


def grow_diag(one: Links, other: Links) -> Links:
    """Combine the links of two directions; Koehn et al. (2003), section 3.1.

    Start with those that both have. Then add neighbors that one of them has, as long as they link a
    word that is still without a link. (The function of nltk 3.10 returns all links of both,
    whatever they are.)
    """
    links, either = set(one & other), one | other
    before = -1
    while before < len(links):
        before = len(links)
        for source, target in sorted(links):
            for down, right in NEIGHBORS:
                near = source + down, target + right
                if near in either and _links_a_free_word(near, links):
                    links.add(near)
    return links


def _links_a_free_word(link: tuple[int, int], links: Links) -> bool:
    """Tell whether a link's source word or its target word has no link yet."""
    return any(all(other[side] != link[side] for other in links) for side in (0, 1))
