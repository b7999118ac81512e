"""The exercises of notebook 03, on the long-sentence problem."""

import torch
from torch import Tensor

from utils.corpora import tokenize
from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write
from utils.text import is_known
from utils.translator import Translator

LONGEST = 15  # words in which the sentence must break
RIGHT = 0.97  # of all words, in 03.1
TRAINED, UNTRAINED = 3.7593, 327.13  # how far the ends reach, over the middle words, in 03.4
Pieces = list[tuple[str, str]]


def sentences(pieces: Pieces) -> tuple[str, str]:
    """Join the pieces of both sides to one German and one English sentence."""
    german, english = (" ".join(side).rstrip(" .") + " ." for side in zip(*pieces, strict=True))
    return german, english


def are_pieces(pieces: Pieces) -> bool:
    """Tell whether this is a list of two or more pairs of texts."""
    return (
        isinstance(pieces, list | tuple)
        and len(pieces) > 1
        and all(isinstance(p, list | tuple) and list(map(type, p)) == [str, str] for p in pieces)
    )


def find_fault_of_pieces(pieces: Pieces) -> str | None:
    """Find out why a growing sentence does not break the fixed-vector translator."""
    if not are_pieces(pieces):
        return 'Write a list of two or more pieces, each a pair: ("Tom liest", "Tom reads").'
    fixed, dot = Translator.load("mini-fixed"), Translator.load("mini-dot")
    (german, english), (start, start_in_english) = sentences(pieces), sentences(pieces[:1])
    words = fixed.read(german)
    unknown = [word for word in words if not is_known(word, fixed.fields.source.vocab)]
    if unknown:
        return f"Not in the vocabulary: {', '.join(unknown)}. Notebook 00 lists all words."
    if len(words) > LONGEST:
        return f"These are {len(words)} words, and the limit is {LONGEST}: break it sooner."
    if not is_right(dot, german, english):
        said = dot.translate([german])[0]
        return f'Dot attention writes "{said}" Check your English, or try another sentence.'
    if not is_right(fixed, start, start_in_english):
        return "The first piece is wrong on its own already. Begin with one that comes out right."
    if is_right(fixed, german, english):
        return (
            f"All {len(words)} words are right: the vector held. Bring in more people, who do "
            "other things."
        )
    return None


def is_right(translator: Translator, german: str, english: str) -> bool:
    """Tell whether a translator writes these English words; capitals do not count."""
    (translation,) = translator.translate([german])
    return [word.lower() for word in translation.tokens] == list(tokenize(english.lower()))


def recurrence(seed: int) -> tuple[float, Tensor]:
    """Return the factor w and the inputs x (S,) of an encoder whose state is one number."""
    random = torch.Generator().manual_seed(seed)
    return 0.6 + 0.1 * seed, 0.6 * torch.randn(4 + seed % 3, generator=random)


def counts_of_runs(seed: int) -> tuple[Tensor, Tensor]:
    """Return counts of found and of written runs, both (N, 4); short sentences come out better."""
    random = torch.Generator().manual_seed(seed)
    words = torch.tensor([5, 9 + seed, 17, 28])
    written = words.unsqueeze(1) - torch.arange(4)  # (N, 4)
    quality = torch.tensor([0.95, 0.8, 0.6, 0.4]).unsqueeze(1) ** (1 + torch.arange(4) / 3)
    found = (written * quality + torch.rand(4, 4, generator=random)).floor().clamp(min=1)
    return torch.minimum(found, written).float(), written.float()


def bleu_of_counts(found: Tensor, written: Tensor) -> Tensor:
    """BLEU without its penalty: counts of runs of 1 to 4 words, both (N, 4) -> 0 to 100."""
    shares = found.sum(dim=0) / written.sum(dim=0)  # (4,)
    return 100 * shares.prod() ** 0.25


def slopes_of_states(w: float, x: Tensor) -> Tensor:
    """Run h_j = tanh(w h_{j-1} + x_j) over x (S,), and return the slopes 1 - h_j², (S,)."""
    h, slopes = x.new_zeros(()), []
    for x_j in x:
        h = torch.tanh(w * h + x_j)
        slopes.append(1 - h**2)
    return torch.stack(slopes)


def steps_back(x: Tensor) -> Tensor:
    """Return how far each word is from the last one: S - 1, …, 1, 0."""
    return torch.arange(len(x) - 1, -1, -1)


def reach(w: float, x: Tensor) -> Tensor:
    """The derivatives ∂h_S/∂x_j of the last state: w a number, x (S,) -> (S,)."""
    return _products_of_slopes(w, x) * w ** steps_back(x)


def _products_of_slopes(w: float, x: Tensor) -> Tensor:
    """Return, for each j, the product of the slopes of h_j, …, h_S: (S,)."""
    return slopes_of_states(w, x).flip(0).cumprod(0).flip(0)


EXERCISES = {
    "03.1": Predict(
        solution=100 * RIGHT**30,
        mistakes=(
            Mistake(
                100 * RIGHT,
                "That is the share of right words. A sentence counts here only if all 30 of its "
                "words are right.",
            ),
            Mistake(
                100 - 3 * 30,
                "You subtract 3 points per word. Try two words: the first is right in 97 of 100 "
                "cases, and both are right in 97% of those.",
            ),
            Mistake(
                RIGHT**30,
                "That is a share between 0 and 1. The column exact holds percentages.",
            ),
            Mistake(
                100 * (1 - RIGHT**30),
                "Those are the sentences with at least one wrong word. You want the others.",
            ),
        ),
        hint="All 30 words must be right. How probable is that for 2 words, for 3, for 30? Hand "
        "over the expression, not a rounded number.",
        praise="Right. One wrong word spoils a sentence: 3 wrong words in 100 cost 60 sentences in "
        "100.",
    ),
    "03.2": Design(
        solution=[
            ("Tom liest", "Tom reads"),
            ("das Buch", "the book"),
            (", weil Anna schläft", "because Anna sleeps"),
            (", und Mia wartet", ", and Mia waits"),
        ],
        find_fault=find_fault_of_pieces,
        praise="Right. Dot attention writes the English you gave, and the single vector does not.",
    ),
    "03.3": Write(
        solution=bleu_of_counts,
        inputs=counts_of_runs,
        mistakes=(
            Mistake(
                lambda found, written: 100 * (found / written).mean(dim=0).prod() ** 0.25,
                "You average the shares of the sentences, so a short one counts as much as a long "
                "one. What does BLEU do with the counts first?",
            ),
            Mistake(
                lambda found, written: 100 * (found.sum(dim=0) / written.sum(dim=0)).mean(),
                "You add up the four shares and divide by 4. BLEU takes their geometric mean.",
            ),
            Mistake(
                lambda found, written: 100 * (found.sum(dim=0) / written.sum(dim=0)).prod(),
                "You multiply the four shares and stop there. What turns a product of four into a "
                "mean?",
            ),
            Mistake(
                lambda found, written: 100 * found.sum() / written.sum(),
                "You lump runs of all four lengths together. Each length has a share of its own.",
            ),
            Mistake(
                lambda found, written: 100 * (found.sum(1) / written.sum(1)).prod() ** 0.25,
                "You add up the runs within each sentence. Rows are sentences: which dim adds over "
                "them?",
            ),
        ),
        hint="First four shares, one for each run length; then their geometric mean, times 100. "
        "Try it on the counts in the text: 9, 7, 5, 3 of 10, 9, 8, 7.",
        praise="Right. A long sentence has more runs, so it counts more than a short one.",
    ),
    "03.4": Predict(
        solution=TRAINED,
        mistakes=(
            Mistake(
                UNTRAINED,
                "That is the ratio of the untrained models. Measure translator.model.",
            ),
            Mistake(
                1 / TRAINED,
                "You divide the middle by the ends. Turn it around.",
            ),
            Mistake(
                0.56835,
                "You measured the trained dot attention. Take translator.model instead.",
            ),
            Mistake(
                4.7707,
                "You divide the largest position by the smallest. Take the mean of the two ends "
                "and the mean of the ten middle words.",
            ),
        ),
        hint="Take gradient_reach(translator.model, pairs), and divide: "
        "the mean of [[0, -1]] by the mean of [8:18].",
        praise="Right. From 327 down to 3.8: training lifts the middle, and long sentences are "
        "lost all the same.",
        within=0.3,
    ),
    "03.5": Write(
        solution=reach,
        inputs=recurrence,
        mistakes=(
            Mistake(
                _products_of_slopes,
                "Your product has no w. What multiplies h_{j-1} on its way into h_j?",
            ),
            Mistake(
                lambda w, x: w * reach(w, x),
                "One w too many: x_S enters h_S without any w. How many steps are there from j to "
                "S?",
            ),
            Mistake(
                lambda w, x: reach(w, x).flip(0),
                "Your numbers are in reverse order: the first belongs to x_1, farthest from h_S.",
            ),
            Mistake(
                lambda w, x: reach(w, x) / slopes_of_states(w, x),
                "That is the derivative with respect to the state h_j. One more factor leads from "
                "h_j to x_j.",
            ),
            Mistake(
                lambda w, x: w ** steps_back(x),
                "You leave out the tanh: each step also multiplies by its slope, 1 - h².",
            ),
            Mistake(
                slopes_of_states,
                "That takes you only from x_j to h_j. What comes next, from h_j on to h_S?",
            ),
        ),
        hint="Keep all states. Then go back from S to j: one slope 1 - h² for each state on the "
        "way, one w for each step.",
        praise="Right. Each step back brings a factor w(1 - h²). As long as |w| is at most 1, none "
        "is above 1, so the signal cannot grow.",
    ),
    "03.6": Open(
        rubric="eight points, in the table above. Check the first line twice: most experiments "
        "change two things at once.",
        words=40,
    ),
}
