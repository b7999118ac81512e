"""The command line: train on a corpus, score the test sentences, save a translator."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from utils.corpora import GERMAN_ENGLISH, detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.decoding import check_beam
from utils.evaluation import bleu, sacrebleu_lowercase
from utils.models.attention import ATTENTIONS
from utils.models.seq2seq import build_model
from utils.system.failures import INTERRUPTED, decimal, file_name, positive, run, whole
from utils.system.limits import LIMITS, checked
from utils.system.storage import check_writable
from utils.text import build_fields
from utils.training import History, Settings, fit
from utils.training.launch import is_first_here
from utils.training.lengths import check_lengths
from utils.training.outputs import check_outputs, free_name, save_somewhere
from utils.training.processes import join_team
from utils.translator import Translator, copy_source_words

CORPUS_OPTIONS = ("in_memory", "languages")
MODEL_OPTIONS = (
    "attention",
    "embedding_size",
    "hidden_size",
    "memory_size",
    "dropout",
    "tied",
    "seed",
)
TRAINING_OPTIONS = (
    "epochs",
    "seed",
    "checkpoint",
    "batch_size",
    "learning_rate",
    "label_smoothing",
    "clip",
    "average",
    "validation_bleu",
)


class Formatter(argparse.ArgumentDefaultsHelpFormatter):
    """Show the defaults in the help, where there are any."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if isinstance(action.default, tuple):
            return f"{action.help} (default: {' '.join(action.default)})"
        return action.help if action.default is None else super()._get_help_string(action)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.training",
        description="Train a translator, score it, and save it.",
        formatter_class=Formatter,
    )
    _add_corpus_options(parser.add_argument)
    _add_model_options(parser.add_argument)
    _add_training_options(parser.add_argument)
    return parser.parse_args(arguments)


def check_options(options: dict[str, Any]) -> None:
    """Raise ValueError for a number that model or training would refuse, before anything is read.

    The sentence is theirs.
    """
    for name, value in options.items():
        if name in LIMITS and value is not None:
            checked(name, value)
    Settings(options["epochs"], average=options["average"])


def _add_corpus_options(add: Callable[..., Any]) -> None:
    add("--corpus", default="mini", help="mini, multi30k, or a folder of your own")
    add(
        "--languages",
        nargs=2,
        metavar=("SOURCE", "TARGET"),
        default=GERMAN_ENGLISH,
        help="ends of the names of a folder's files: en fr reads train.en and train.fr",
    )
    add(
        "--in-memory",
        action=argparse.BooleanOptionalAction,
        help="hold a folder's pairs in memory, or read them as needed (if not given: by size)",
    )
    add("--min-freq", type=positive, default=1, help="words rarer than this become <unk>")
    add("--subwords", type=positive, help="split words into so many different pieces")


def _add_model_options(add: Callable[..., Any]) -> None:
    add("--attention", choices=ATTENTIONS, default="additive", help="how the decoder looks back")
    add("--embedding-size", type=whole, default=80, help="numbers in a word's embedding")
    add("--hidden-size", type=whole, default=128, help="numbers in the decoder's state")
    add("--memory-size", type=whole, help="numbers in an encoder state, if not --hidden-size")
    add("--dropout", type=decimal, default=0.0, help="share of numbers dropped in training")
    add("--tied", action="store_true", help="one matrix for both embeddings and the output")


def _add_training_options(add: Callable[..., Any]) -> None:
    add("--epochs", type=whole, default=Settings.epochs, help="passes over the training pairs")
    add("--batch-size", type=whole, default=Settings.batch_size, help="sentences in a batch")
    add("--learning-rate", type=decimal, default=Settings.learning_rate, help="its highest value")
    add("--label-smoothing", type=decimal, default=Settings.label_smoothing, help="0 is off")
    add("--clip", type=decimal, default=Settings.clip, help="largest norm of the gradient")
    add("--average", type=whole, default=Settings.average, help="epochs whose weights to average")
    add("--seed", type=whole, default=Settings.seed, help="initial weights, batch order, dropout")
    add("--device", default="auto", help="cpu, cuda, mps, or auto")
    add("--validation-bleu", action="store_true", help="score validation after each epoch")
    add(
        "--checkpoint",
        type=file_name,
        help="write it after each epoch; go on from it if it is there",
    )
    add("--score", choices=("valid", "test"), default="test", help="the sentences to score")
    add("--beam-size", type=positive, default=1, help="for the score; 1 is greedy search")
    add("--half", action="store_true", help="save 16-bit numbers, half the size")
    add("--output", type=file_name, default=Path("runs/translator.pt"), help="where to save")


def report(
    translator: Translator, split: str, pairs: Sequence[Pair], beam_size: int, examples: int = 5
) -> None:
    """Print BLEU on the sentences of a split and the first few translations.

    sacreBLEU takes `<unk>` apart into three tokens, `<`, `unk` and `>`: so it is also given the
    translations with a copied source word in its place.
    """
    translations = translator.translate([pair.source for pair in pairs], beam_size)
    sources = [translator.read(pair.source) for pair in pairs]
    copied = [copy_source_words(t, s) for t, s in zip(translations, sources, strict=True)]
    score = bleu([t.tokens for t in translations], [pair.target for pair in pairs])
    references = [detokenize(pair.target) for pair in pairs]
    print(f"{split} BLEU on {len(pairs)} sentences: {score:.1f} (words as tokenized here)")
    for name, texts in {"<unk> as it is": translations, "source words for <unk>": copied}.items():
        sacre_score, signature = sacrebleu_lowercase([str(t) for t in texts], references)
        print(f"{split} BLEU by sacreBLEU, {name}: {sacre_score:.1f} ({signature})")
    for pair, translation in zip(pairs[:examples], copied, strict=False):
        print(f"\n  source     {detokenize(pair.source)}\n  reference  {detokenize(pair.target)}")
        print(f"  model      {translation}")


def save(translator: Translator, options: argparse.Namespace, path: Path) -> OSError | None:
    """Save the translator at `path` or elsewhere; say where, and return what was wrong, if so."""

    def write(path: Path) -> None:
        translator.save(path, options.half)

    place, problem = save_somewhere(write, path, options.checkpoint)
    print(f"saved {place}")
    return problem and OSError(f"{problem}. The translator is in {place} instead.")


def finish(
    translator: Translator, history: History, pairs: Sequence[Pair], options: argparse.Namespace
) -> int:
    """Save what was learned, then score it; return the exit code of the command."""
    output = options.output
    if history.interrupted:
        if options.checkpoint is None:  # otherwise all of it would be lost
            stopped = output.with_name(f"{output.stem}-stopped{output.suffix}")
            save(translator, options, free_name(stopped))
        return INTERRUPTED
    problem = save(translator, options, output)
    print(f"trained for {history.seconds:.0f} s")
    report(translator, options.score, pairs, options.beam_size)
    if problem is not None:
        raise problem
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    check_options(vars(options))
    check_beam(options.beam_size)

    def chosen(names: tuple[str, ...]) -> dict[str, Any]:
        return {name: getattr(options, name) for name in names}

    with join_team(options.device) as (team, device):
        speaks = team.rank == 0
        team.ask_first(lambda: check_outputs(options.output, options.checkpoint))
        corpus = load_corpus(options.corpus, progress=speaks, **chosen(CORPUS_OPTIONS))
        fields = build_fields(corpus, options.min_freq, options.subwords)
        team.ask_first(lambda: check_lengths(corpus, (options.score,), fields))
        model = build_model(fields, **chosen(MODEL_OPTIONS)).to(device)
        weights = sum(parameter.numel() for parameter in model.parameters())
        team.ask_first(lambda: check_writable(options.output, 4 * weights))
        if speaks:
            print(f"{len(corpus.train)} training pairs, {weights:,} weights")
        history = fit(model, fields, corpus, **chosen(TRAINING_OPTIONS), team=team)
    if not speaks:
        return INTERRUPTED if history.interrupted else 0  # the rest is for one process
    pairs = getattr(corpus, options.score)
    return finish(Translator(model, fields), history, pairs, options)


if __name__ == "__main__":
    run(main, goes_on_unheard=True, speaks=is_first_here())
