"""The shipped translators reach the numbers that data/README.md claims for them."""

import re

import pytest
from recorded import SEARCHES, digests, key_of, recorded, sentences_for
from toy import REPOSITORY

from utils.corpora import load_corpus
from utils.evaluation import (
    alignment_error_rate,
    bleu_by_length,
    links_from_weights,
    sacrebleu_lowercase,
)
from utils.experiments.tables import read_results
from utils.system.paths import MODELS
from utils.translator import Translator

README = REPOSITORY / "data" / "README.md"
EDGES = (4, 6, 11, 16, 21, 26, 31)
MEGABYTES = 8
CAPTIONS = {"multi30k-additive": 50, "multi30k-transformer": 50}  # BLEU that each must exceed


def claims() -> dict[str, tuple[list[float], float]]:
    """Return what data/README.md claims for each translator: BLEU per bucket, and AER."""
    rows = re.findall(r"^\| `mini-(\w+)` \|(.+)\|$", README.read_text("utf-8"), flags=re.M)
    numbers = {name: [float(cell) for cell in row.split("|")] for name, row in rows}
    return {name: (row[:-1], row[-1]) for name, row in numbers.items()}


def test_those_that_make_models_trains_are_shipped_and_listed():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    trained = [*re.search(r"for attention in (.+); do", makefile)[1].split(), "transformer"]
    assert sorted(trained) == sorted(claims())
    assert {f"mini-{name}" for name in trained} == {path.stem for path in MODELS.glob("mini-*.pt")}


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.slow) for name in claims()]
)
def measured(request):
    """Return a translator's name, its BLEU in each bucket of the test split, and its AER."""
    corpus, translator = load_corpus("mini").test, Translator.load(f"mini-{request.param}")
    sources = [pair.source for pair in corpus]
    written = [translation.tokens for translation in translator.translate(sources)]
    scores = bleu_by_length(written, [pair.target for pair in corpus], sources, EDGES)
    links = links_from_weights(translator.align(corpus))
    error_rate = alignment_error_rate(links, [pair.alignment for pair in corpus])
    return request.param, scores.bleu.tolist(), error_rate


def test_the_readme_has_the_measured_scores(measured):
    name, scores, error_rate = measured
    claimed_scores, claimed_error_rate = claims()[name]
    assert scores == pytest.approx(claimed_scores, abs=0.3)
    assert error_rate == pytest.approx(claimed_error_rate, abs=0.005)


def test_long_sentences_defeat_the_fixed_vector_only(measured):
    name, scores, error_rate = measured
    if name == "fixed":
        assert min(scores[:2]) >= 95
        assert scores[2] > scores[3] > scores[4] > scores[5]
        assert scores[5] <= 55
    else:
        lowest, most_errors = (95, 0.15) if name == "transformer" else (97, 0.10)
        assert min(scores) >= lowest
        assert error_rate <= most_errors


def test_the_shipped_models_are_small():
    assert sum(path.stat().st_size for path in MODELS.glob("mini-*.pt")) <= MEGABYTES * 1e6


def test_every_search_is_recorded():
    assert list(recorded()) == [key_of(*search) for search in SEARCHES]


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: key_of(*search))
def test_the_translations_are_those_that_were_recorded(search):
    now, before = digests(*search), recorded()[key_of(*search)]
    rows = zip(sentences_for(*search), now, before, strict=True)
    changed = [sentence for sentence, digest, expected in rows if digest != expected]
    assert changed == [], "tests/recorded.py says when and how to record them again"


# The translator of captions


@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTIONS)
def test_a_translator_of_captions_is_small_and_works_without_a_network(name):
    assert (MODELS / f"{name}.pt").stat().st_size <= 12e6
    captions = REPOSITORY / "data" / "captions"
    german, english = (
        (captions / f"test.{language}").read_text("utf-8").splitlines() for language in ("de", "en")
    )
    translations = Translator.load(name).translate(german, beam_size=5)
    score, _ = sacrebleu_lowercase([str(t) for t in translations], english)
    assert score > CAPTIONS[name]


def test_the_readmes_say_what_was_recorded():
    results = read_results("captions").query("joined == 1 and length_normalization == 1")
    scores = results.set_index(["translator", "split", "beam_size"]).bleu
    said = re.findall(r"^`models/(multi30k-\w+).+?\n\n", README.read_text("utf-8"), re.M | re.S)
    texts = re.findall(r"^`models/multi30k.+?\n\n", README.read_text("utf-8"), re.M | re.S)
    assert said == list(CAPTIONS)
    for name, text in zip(said, texts, strict=True):
        for split in scores[name].index.unique("split"):
            greedy, beam = (f"{scores[name, split, size]:.1f}" for size in (1, 5))
            assert {greedy, beam} <= set(numbers(text)), split
    assert f"{scores['multi30k-additive', 'test', 5]:.1f}" in numbers(findings()["11"])


def numbers(text: str) -> list[str]:
    """Return the numbers in a text, as written."""
    return re.findall(r"\d+(?:\.\d+)?", text)


def findings() -> dict[str, str]:
    """Return the findings listed on the front page, by the notebook each links to."""
    front = (REPOSITORY / "README.md").read_text("utf-8")
    found = re.findall(r"^- (\*\*.+?)\(\[(\d\d)\]\(", front, flags=re.M | re.S)
    return {notebook: text for text, notebook in found}


def test_the_front_page_says_what_was_measured():
    fixed, _ = claims()["fixed"]
    assert {f"{fixed[0]}", f"{fixed[-1]}"} <= set(numbers(findings()["03"]))
    assert f"{claims()['additive'][1]:.2f}" in numbers(findings()["07"])
    results = read_results("quality")
    longest = results[(results.scale == "full") & (results.bucket == "26–30")]
    means = longest.groupby("variant").bleu.mean()
    assert f"{means['dot']:.0f}" in numbers(findings()["05"])
    three = means[["dot", "general", "additive"]]  # in this order
    seeds = [f"{mean:.1f}" for mean in three]
    assert [number for number in numbers(findings()["08"]) if "." in number] == seeds


@pytest.mark.parametrize("number", findings())
def test_the_notebook_shows_the_numbers_of_the_front_page(number):
    (path,) = (REPOSITORY / "notebooks").glob(f"{number}_*.ipynb")
    shown = set(numbers(path.read_text("utf-8")))
    shown |= {f"{float(each):.2f}" for each in shown if re.fullmatch(r"0\.\d{3}", each)}
    assert {each for each in numbers(findings()[number]) if "." in each} <= shown
