"""A run resumes only with the same data, order, languages, subwords and settings."""

import io
import re
from dataclasses import replace

import pytest
import sentencepiece
import torch
from toy import (
    fit_with,
    number_pairs,
    same_weights,
    stopped,
    toy_corpus,
    toy_fields,
    toy_model,
    write_toy_corpus,
)

from utils.corpora import Corpus, load_corpus
from utils.models.seq2seq import build_model
from utils.models.transformer import build_transformer
from utils.system.storage import save_atomically
from utils.text import build_fields, fields_from_words
from utils.text.subwords import Subwords
from utils.training import Settings, checkpoints
from utils.training.identity import digest
from utils.training.run import Run
from utils.translator import Translator

TRAIN, VALID = toy_corpus().train, toy_corpus().valid
OPTIONS = {"epochs": 2, "batch_size": 8, "quiet": True}


def corpus_with(**parts):
    return replace(toy_corpus(), **parts)


def exchange(pairs, side):
    """Swap the sentences of the first two pairs, on one side."""
    first, second = (getattr(pair, side) for pair in pairs[:2])
    return [replace(pairs[0], **{side: second}), replace(pairs[1], **{side: first}), *pairs[2:]]


def turn(pairs):
    return [replace(pair, source=pair.target, target=pair.source) for pair in pairs]


def with_first(words):
    return corpus_with(train=[replace(TRAIN[0], source=words), *TRAIN[1:]])


WORDS = TRAIN[0].source
TRAINING = "other training pairs, or the same ones in another order"
VALIDATION = "other validation pairs, or the same ones in another order"


@pytest.fixture
def path(tmp_path):
    """Return the path of a checkpoint after the first of two epochs."""
    return stop_after_one(tmp_path / "run.ckpt")


def stop(_):
    raise KeyboardInterrupt


def stop_after_one(path, model=None, fields=None, corpus=None, **options):
    options = OPTIONS | {"checkpoint": path, "on_epoch": stop} | options
    stopped(model or toy_model(), fields or toy_fields(), corpus or toy_corpus(), **options)
    return path


@pytest.mark.parametrize(
    ("corpus", "what"),
    [
        pytest.param(corpus_with(train=exchange(TRAIN, "target")), TRAINING, id="two lines"),
        pytest.param(corpus_with(train=exchange(TRAIN, "source")), TRAINING, id="two sources"),
        pytest.param(corpus_with(train=TRAIN[::-1]), TRAINING, id="another order"),
        pytest.param(with_first(WORDS[::-1]), TRAINING, id="one sentence"),
        pytest.param(with_first((" ".join(WORDS),)), TRAINING, id="words joined"),
        pytest.param(corpus_with(train=TRAIN[1:]), "training pairs 40, not 39", id="one less"),
        pytest.param(corpus_with(valid=VALID[1:]), VALIDATION, id="one validation pair less"),
        pytest.param(corpus_with(valid=exchange(VALID, "target")), VALIDATION, id="valid lines"),
        pytest.param(corpus_with(valid=number_pairs(10, seed=9)), VALIDATION, id="other valid"),
    ],
)
def test_a_run_does_not_resume_with_other_data(path, corpus, what):
    content, model = path.read_bytes(), toy_model()
    with pytest.raises(ValueError) as caught:
        fit_with(model, toy_fields(), corpus, checkpoint=path, **OPTIONS)
    remedy = "use the same settings and the same corpus, or another checkpoint file."
    assert str(caught.value) == f"{path} was made with {what}: {remedy}"
    assert path.read_bytes() == content
    assert same_weights(model.state_dict(), toy_model().state_dict())


def test_links_and_test_sentences_may_change(path):
    unlinked = [replace(pair, alignment=None) for pair in TRAIN]
    corpus = corpus_with(train=unlinked, test=[], long=TRAIN[:1])
    assert len(fit_with(toy_model(), toy_fields(), corpus, checkpoint=path, **OPTIONS).epochs) == 2


def with_subwords(reverse=False):
    """Return a corpus, perhaps in the other direction, and fields with subwords for it."""
    corpus = toy_corpus()
    if reverse:
        splits = (turn(getattr(corpus, name)) for name in ("train", "valid", "test"))
        corpus = Corpus(*splits, languages=corpus.languages[::-1])
    return corpus, build_fields(corpus, subwords=40)


def small_model(fields):
    return build_model(fields, "dot", embedding_size=4, hidden_size=4, seed=1)


def test_a_run_does_not_resume_in_the_other_direction(tmp_path):
    (corpus, fields), (other, others) = with_subwords(), with_subwords(reverse=True)
    assert fields.source.vocab.itos == others.source.vocab.itos  # so these can't tell them apart
    path = stop_after_one(tmp_path / "run.ckpt", small_model(fields), fields, corpus)
    with pytest.raises(ValueError, match=r"languages \['de', 'en'\], not \['en', 'de'\]: use the"):
        fit_with(small_model(others), others, other, checkpoint=path, **OPTIONS)


def test_a_run_does_not_resume_with_other_subwords_of_the_same_pieces(tmp_path):
    corpus, fields = with_subwords()
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(
            " ".join(words) for pair in TRAIN for words in (pair.source, pair.target)
        ),
        model_writer=model,
        vocab_size=40,
        model_type="bpe",
        character_coverage=1.0,
        normalization_rule_name="nmt_nfkc_cf",  # which the project's own subwords don't use
        bos_id=-1,
        eos_id=-1,
        minloglevel=2,
    )
    words = fields.source.vocab.itos
    others = fields_from_words(words, words, Subwords(model.getvalue()))
    assert others.subwords.pieces == fields.subwords.pieces
    path = stop_after_one(tmp_path / "run.ckpt", small_model(fields), fields, corpus)
    with pytest.raises(ValueError, match="was made with other subwords: use the same"):
        fit_with(small_model(others), others, corpus, checkpoint=path, **OPTIONS)


def test_a_run_resumes_with_the_same_subwords_learned_again(tmp_path):
    corpus, fields = with_subwords()
    path = stop_after_one(tmp_path / "run.ckpt", small_model(fields), fields, corpus)
    corpus, fields = with_subwords()
    history = fit_with(small_model(fields), fields, corpus, checkpoint=path, **OPTIONS)
    assert [epoch.number for epoch in history.epochs] == [1, 2]


@pytest.mark.parametrize(
    ("model", "options", "what"),
    [
        (toy_model("dot"), {}, "attention additive, not dot"),
        (build_transformer(toy_fields(), 8, 2, 1, 8), {}, "network ModelConfig, not Transformer"),
        (toy_model(), {"learning_rate": 0.1}, "learning_rate 0.006, not 0.1"),
        (toy_model(), {"clip": float("inf")}, "clip 1.0, not inf"),
        (toy_model(), {"average": 2}, "average 1, not 2"),
        (toy_model().double(), {}, r"weight \S+ is of torch.float32, not torch.float64"),
    ],
    ids=["attention", "network", "rate", "clip", "average", "precision"],
)
def test_a_run_does_not_resume_with_another_model_or_settings(path, model, options, what):
    with pytest.raises(ValueError, match=rf"run\.ckpt .*{what}.*: use "):
        fit_with(model, toy_fields(), toy_corpus(), checkpoint=path, **OPTIONS | options)


# --- versions ---


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (
            None,
            "written by an older version of this project, or by another program: use another",
        ),
        (1, "written by an older version"),
        (99, "written by a newer version of this project: update this one"),
        ("2", "written by a newer version"),
    ],
)
def test_a_checkpoint_of_another_version_says_so(path, number, sentence):
    content = torch.load(path, weights_only=True) | {"format": number}
    if number is None:
        del content["format"]
    save_atomically(content, path)
    with pytest.raises(ValueError, match=rf"run\.ckpt was {sentence}"):
        fit_with(toy_model(), toy_fields(), toy_corpus(), checkpoint=path, **OPTIONS)


# --- corpora that stay on disk ---


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "place"))
    return write_toy_corpus(tmp_path / "corpus")


def exchange_lines(folder, name):
    first, second, *others = (folder / name).read_text("utf-8").splitlines(keepends=True)
    (folder / name).write_text("".join([second, first, *others]), "utf-8")


@pytest.mark.parametrize(
    ("name", "what"), [("train.en", TRAINING), ("train.de", TRAINING), ("valid.en", VALIDATION)]
)
def test_a_run_from_disk_does_not_resume_with_other_files(folder, tmp_path, name, what):
    corpus = load_corpus(folder, in_memory=False)
    path = stop_after_one(tmp_path / "run.ckpt", corpus=corpus)
    exchange_lines(folder, name)
    changed = load_corpus(folder, in_memory=False)
    with pytest.raises(ValueError, match=f"was made with {what}"):
        fit_with(toy_model(), toy_fields(), changed, checkpoint=path, **OPTIONS)
    exchange_lines(folder, name)  # restored, but with a later date
    again = load_corpus(folder, in_memory=False)
    assert len(fit_with(toy_model(), toy_fields(), again, checkpoint=path, **OPTIONS).epochs) == 2


def test_a_run_from_disk_resumes_from_disk(folder, tmp_path):
    path = stop_after_one(tmp_path / "run.ckpt", corpus=load_corpus(folder, in_memory=False))
    with pytest.raises(ValueError, match="was made with pairs on disk, not in memory"):
        fit_with(toy_model(), toy_fields(), load_corpus(folder), checkpoint=path, **OPTIONS)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda index: index[: -8 * 3], id="a row short"),
        pytest.param(lambda index: index[:-8], id="a number short"),
        pytest.param(lambda index: index[:-3], id="some bytes short"),
        pytest.param(lambda index: index[: 8 * 12], id="the head alone"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda index: index[:200] + b"\x01" + index[201:], id="another end"),
        pytest.param(lambda index: index[:40] + b"\x01" + index[41:], id="another digest"),
        pytest.param(lambda index: index[:-8] + index[:8], id="another checksum"),
        pytest.param(lambda index: index + index[-16:], id="a row too long"),
        pytest.param(lambda index: index[:128] + index[144:], id="a row from its middle"),
    ],
)
def test_a_damaged_index_is_rebuilt(folder, tmp_path, damage):
    expected = load_corpus(folder)
    corpus = load_corpus(folder, in_memory=False)
    known = digest(corpus.train)
    (index,) = (tmp_path / "place").glob("train-*.index")
    whole = index.read_bytes()
    index.unlink()  # not changed in place, because it is memory-mapped
    index.write_bytes(damage(whole))
    pairs = load_corpus(folder, in_memory=False).train
    assert tuple(pairs) == expected.train
    assert digest(pairs) == known
    assert index.read_bytes() == whole


# --- the device of kept weights ---


def test_kept_weights_move_to_the_models_device(tmp_path, monkeypatch):
    """No GPU needed: check that each weight from the file was moved to the model's device."""
    path = stop_after_one(tmp_path / "run.ckpt", average=2)
    moved, move = [], torch.Tensor.to

    def note(weight, *places, **options):
        result = move(weight.clone(), *places, **options)
        moved.append((result, places))
        return result

    run = Run(toy_model(), toy_fields(), toy_corpus(), Settings(2, batch_size=8, average=2))
    monkeypatch.setattr(torch.Tensor, "to", note)
    checkpoints.load(run, path)
    for weights in (run.best_weights, *run.last_weights):
        for weight in weights.values():
            assert any(
                weight is result and places == (run.model.device,) for result, places in moved
            )
    assert len(run.last_weights) == 1


def test_a_translator_is_not_a_checkpoint(tmp_path):
    path = tmp_path / "toy.pt"
    Translator(toy_model(), toy_fields()).save(path)
    content = path.read_bytes()
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} is a translator, not a checkp"):
        fit_with(toy_model(), toy_fields(), toy_corpus(), checkpoint=path, **OPTIONS)
    assert path.read_bytes() == content
