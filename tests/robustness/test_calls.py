"""Calls with wrong arguments, as happen in notebooks: one sentence says what to pass."""

import re
from dataclasses import replace

import pytest
from toy import toy_corpus, toy_fields, toy_model, toy_translator

from utils.batches import make_batches
from utils.corpora import Pair, load_corpus
from utils.corpora.grammar.generate import generate_pairs
from utils.evaluation import bleu, bleu_by_length, sacrebleu_lowercase
from utils.experiments.variants import VARIANTS
from utils.models import build_model, build_transformer
from utils.text import build_fields
from utils.trace import trace
from utils.training import Settings, fit
from utils.translator import Translator
from utils.widgets import (
    AttentionEditor,
    AttentionStepper,
    BeamExplorer,
    LengthExplorer,
    ScoreCalculator,
    TrainingRecorder,
    TrainingViewer,
)

TEXT = "eins zwei"
CORPUS, FIELDS, MODEL, TRANSLATOR = toy_corpus(), toy_fields(), toy_model(), toy_translator()
PAIRS, NAMED = CORPUS.test, {"dot": TRANSLATOR}
BY_NAME = 'translators must be one or more by name, such as {"dot": translator}.'
SINGLE = 'translator must be a single translator, such as Translator.load("mini-dot"), not'
TYPED = "the sentence must be text in German, not"
CURVES = "curves must be one or more"
PAIR_LIST = "must be a list of one or more pairs, such as corpus.test."
SHAPES = "give one or more words, a pair of numbers for each, and one for the query"
RECORDER = "recorder must be what fit was given as on_epoch, not"
IN_LIST = "a translator takes a list of sentences: put the sentence in [ ]."
SENTENCE = "a sentence must be text or a tuple of words, not"
WHOLE_CORPUS = 'corpus must be a whole corpus, such as load_corpus("mini"), not'
MADE_FIELDS = "fields must be what build_fields(corpus) returns, not"
MADE_MODEL = "model must be what build_model(fields) returns, not"
LENGTHS = "Lengths must be (fewest, most) words between 4 and 60, not"
ANY_CORPUS = 'a corpus must be "mini", "multi30k" or a folder, not'
FILE = 'pass a file name, such as "my.pt", not'


def curve():
    words = [pair.target for pair in PAIRS]
    return {"dot": bleu_by_length(words, words, words, (1, 7))}


WIDGETS = [
    (AttentionStepper, ({}, TEXT), BY_NAME),
    (AttentionStepper, (TRANSLATOR, TEXT), BY_NAME),
    (AttentionStepper, ([TRANSLATOR], TEXT), BY_NAME),
    (AttentionStepper, ({"dot": MODEL}, TEXT), BY_NAME),
    (AttentionStepper, (TEXT, NAMED), BY_NAME),
    (AttentionStepper, (NAMED, None), f"{TYPED} None."),
    (AttentionEditor, (None, TEXT), BY_NAME),
    (AttentionEditor, (NAMED, ("eins", "zwei")), f"{TYPED} a tuple."),
    (BeamExplorer, (NAMED, TEXT), f"{SINGLE} a dict."),
    (BeamExplorer, ("mini-dot", TEXT), f"{SINGLE} 'mini-dot'."),
    (BeamExplorer, (TRANSLATOR, 7), f"{TYPED} 7."),
    (LengthExplorer, (NAMED, {}, [], []), CURVES),
    (LengthExplorer, (NAMED, [1], PAIRS, PAIRS), CURVES),
    (LengthExplorer, (TRANSLATOR, curve(), PAIRS, PAIRS), BY_NAME),
    (LengthExplorer, (NAMED, curve(), [], PAIRS), f"pairs {PAIR_LIST}"),
    (LengthExplorer, (NAMED, curve(), CORPUS, PAIRS), f"pairs {PAIR_LIST}"),
    (LengthExplorer, (NAMED, curve(), PAIRS, []), f"growing {PAIR_LIST}"),
    (LengthExplorer, (NAMED, curve(), PAIRS, [TEXT]), f"growing {PAIR_LIST}"),
    (ScoreCalculator, (["a", "b"], [[1, 2]], [1, 2]), SHAPES),
    (ScoreCalculator, (["a"], [[1, 2]], [1]), SHAPES),
    (ScoreCalculator, ([], [], []), SHAPES),
    (ScoreCalculator, (["a"], [1, 2], [1, 2]), SHAPES),
    (ScoreCalculator, (["a"], [["x", "y"]], [1, 2]), SHAPES),
    (ScoreCalculator, (["a", "b"], [[1, 2], [3]], [1, 2]), SHAPES),
    (ScoreCalculator, (7, [[1, 2]], [1, 2]), SHAPES),
    (ScoreCalculator, (["a"], [[1, 2]], None), SHAPES),
    (
        ScoreCalculator,
        (["a"], [[1, 2]], [1, 2], "cosine"),
        "unknown score 'cosine': choose one of dot, general, additive.",
    ),
    (TrainingRecorder, ("mini-dot", TEXT), f"{SINGLE} 'mini-dot'."),
    (TrainingViewer, (None,), f"{RECORDER} None."),
    (TrainingViewer, (TRANSLATOR,), f"{RECORDER} a Translator."),
]
TRANSLATIONS = [
    (TRANSLATOR.translate, ([TEXT], 2.5), "beam_size cannot be 2.5."),
    (TRANSLATOR.translate, ([TEXT], "5"), "beam_size cannot be '5'."),
    (TRANSLATOR.translate, ([TEXT], None), "beam_size cannot be None."),
    (TRANSLATOR.n_best, (3, [TEXT]), "beam_size cannot be ['eins zwei']."),
    (TRANSLATOR.n_best, (TEXT, 3), IN_LIST),
    (TRANSLATOR.translate, (None,), IN_LIST),
    (TRANSLATOR.translate, (7,), IN_LIST),
    (TRANSLATOR.translate, (TEXT.encode(),), IN_LIST),
    (TRANSLATOR.translate, ([7],), f"{SENTENCE} 7."),
    (TRANSLATOR.translate, ([None],), f"{SENTENCE} None."),
    (TRANSLATOR.translate, ([TEXT, b"eins"],), f"{SENTENCE} b'eins'."),
    (TRANSLATOR.translate, ([("eins", 2)],), f"{SENTENCE} ('eins', 2)."),
    (TRANSLATOR.read, (PAIRS[0],), f"{SENTENCE} Pair("),
    (Translator.load, (None,), f"{FILE} None."),
    (Translator.load, (b"a.pt",), f"{FILE} b'a.pt'."),
    (TRANSLATOR.save, (7,), f"{FILE} 7."),
    (Translator, (FIELDS, MODEL), f"{MADE_MODEL} a Fields."),
]
CORPORA = [
    (generate_pairs, (2.5,), "count must be a whole number from 0 to 10,000,000, not 2.5."),
    (generate_pairs, ("5",), "count must be a whole number from 0 to 10,000,000, not '5'."),
    (generate_pairs, (None,), "count must be a whole number"),
    (generate_pairs, (2, 5), f"{LENGTHS} 5."),
    (generate_pairs, (2, (5,)), f"{LENGTHS} (5,)."),
    (generate_pairs, (2, ("4", "9")), f"{LENGTHS} ('4', '9')."),
    (generate_pairs, (2, None), f"{LENGTHS} None."),
    (load_corpus, (None,), f"{ANY_CORPUS} None."),
    (load_corpus, (5,), f"{ANY_CORPUS} 5."),
    (load_corpus, (b"mini",), f"{ANY_CORPUS} b'mini'."),
    (load_corpus, (CORPUS,), f"{ANY_CORPUS} a Corpus."),
    (build_fields, ("mini",), f"{WHOLE_CORPUS} 'mini'."),
    (build_fields, (None,), f"{WHOLE_CORPUS} None."),
    (build_fields, (CORPUS.train,), f"{WHOLE_CORPUS} a list."),
    (build_fields, (CORPUS, "3"), "min_freq must be a whole number from 1 to 10,000,000, not '3'."),
    (build_fields, (CORPUS, 0), "min_freq must be a whole number from 1 to 10,000,000, not 0."),
    (build_fields, (CORPUS, 2.5), "min_freq must be a whole number"),
]
TRAININGS = [
    (build_model, (None,), f"{MADE_FIELDS} None."),
    (build_model, (CORPUS,), f"{MADE_FIELDS} a Corpus."),
    (build_transformer, (FIELDS.source,), f"{MADE_FIELDS} a Field."),
    (fit, (FIELDS, MODEL, CORPUS), f"{MADE_MODEL} a Fields."),
    (fit, (TRANSLATOR, FIELDS, CORPUS), f"{MADE_MODEL} a Translator."),
    (fit, (MODEL, CORPUS, FIELDS), f"{MADE_FIELDS} a Corpus."),
    (fit, (MODEL, FIELDS, "mini"), f"{WHOLE_CORPUS} 'mini'."),
    (fit, (MODEL, FIELDS, CORPUS.train), f"{WHOLE_CORPUS} a list."),
    (fit, (MODEL, FIELDS, CORPUS, 6), "settings must be made like Settings(epochs=6), not 6."),
    (fit, (MODEL, FIELDS, CORPUS, Settings(), 5), f"{FILE} 5."),
]


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        pytest.param(*row, id=f"{row[0].__name__}-{row[2][-20:]}-{number}")
        for number, row in enumerate([*WIDGETS, *TRANSLATIONS, *CORPORA, *TRAININGS])
    ],
)
def test_a_wrong_argument_raises_a_clear_error(function, arguments, said):
    with pytest.raises((TypeError, ValueError), match=re.escape(said)) as caught:
        function(*arguments)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 200


def test_every_valid_kind_of_sentence_is_still_accepted():
    words = ("eins", "zwei")
    expected = TRANSLATOR.translate([TEXT])[0].tokens
    for sentences in ([words], [list(words)], (TEXT,), iter([TEXT])):
        assert TRANSLATOR.translate(sentences)[0].tokens == expected


# Slips that once hung, trained for nothing, or gave a wrong result


def one_batch_of(pairs):
    return next(make_batches(pairs, FIELDS, 8, shuffle=True))


TRANSFORMER = Translator(build_transformer(FIELDS, 8, 2, 1, seed=0), FIELDS)
NO_SOURCE = [Pair(("eins",), ("one",)), Pair((), ("one",))]
SLIPS = {
    "a corpus for its pairs": (lambda: one_batch_of(CORPUS), "pairs must be a list of pairs"),
    "nothing to train on": (
        lambda: fit(MODEL, FIELDS, replace(CORPUS, train=[])),
        "the corpus has no train pairs",
    ),
    "nothing to validate on": (
        lambda: fit(MODEL, FIELDS, replace(CORPUS, valid=())),
        "the corpus has no valid pairs",
    ),
    "a negative ρ": (
        lambda: TRANSLATOR.translate([TEXT], length_normalization=-1),
        "length_normalization must be 0 or more, not -1",
    ),
    "True for a beam": (lambda: TRANSLATOR.translate([TEXT], True), "beam_size cannot be True"),
    "no source word": (lambda: TRANSLATOR.align(NO_SOURCE), "pair 2 has no source word"),
    "a Transformer recorded": (
        lambda: TrainingRecorder(TRANSFORMER, TEXT),
        "a trace follows the equations",
    ),
    "fewer references": (
        lambda: sacrebleu_lowercase(["a dog"], ["a dog", "a cat"]),
        "every sentence needs one of each",
    ),
    "text for words": (lambda: bleu(["a dog"], ["a dog"]), "each sentence as a list of words"),
}


@pytest.mark.parametrize(("slip", "said"), SLIPS.values(), ids=SLIPS)
def test_a_slip_raises_a_clear_error(slip, said):
    with pytest.raises((TypeError, ValueError), match=said):
        slip()


def test_a_trace_reads_a_sentence_as_translate_does():
    (translation,) = TRANSLATOR.translate(["Eins zwei"])
    assert trace(TRANSLATOR, "Eins zwei").words == translation.tokens
    assert trace(TRANSLATOR, ("Eins", "zwei")).source == ("eins", "zwei")


def test_a_model_with_a_part_of_another_class_is_not_saved_or_resumed(tmp_path):
    """Its weights would be read into the usual part, and translate otherwise."""
    changed, usual = (VARIANTS[name].build(FIELDS, 0) for name in ("s_t asks", "dot"))
    with pytest.raises(ValueError, match="decoder is a NewStateDecoder"):
        Translator(changed, FIELDS).save(tmp_path / "toy.pt")
    settings, path = Settings(epochs=1), tmp_path / "run.pt"
    fit(changed, FIELDS, CORPUS, settings, path, quiet=True)
    with pytest.raises(ValueError, match="was made with parts of other classes: use the same"):
        fit(usual, FIELDS, CORPUS, settings, path, quiet=True)
    assert sorted(tmp_path.iterdir()) == [path]
