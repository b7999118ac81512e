"""The command line: train on a corpus, score the test sentences, save a translator."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from utils.attention import ATTENTIONS
from utils.corpora import GERMAN_ENGLISH, detokenize, load_corpus
from utils.evaluation import bleu, sacrebleu_lowercase
from utils.model import build_model
from utils.pairs import Pair
from utils.text import build_fields
from utils.training import Settings, fit
from utils.training.parallel import is_first_here, join_team
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


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


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
    add("--embedding-size", type=positive, default=80, help="numbers in a word's embedding")
    add("--hidden-size", type=positive, default=128, help="numbers in the decoder's state")
    add("--memory-size", type=positive, help="numbers in an encoder state, if not --hidden-size")
    add("--dropout", type=float, default=0.0, help="share of numbers dropped in training")
    add("--tied", action="store_true", help="one matrix for both embeddings and the output")


def _add_training_options(add: Callable[..., Any]) -> None:
    add("--epochs", type=positive, default=Settings.epochs, help="passes over the training pairs")
    add("--batch-size", type=positive, default=Settings.batch_size, help="sentences in a batch")
    add("--learning-rate", type=float, default=Settings.learning_rate, help="its highest value")
    add("--label-smoothing", type=float, default=Settings.label_smoothing, help="0 is off")
    add("--clip", type=float, default=Settings.clip, help="largest norm of the gradient")
    add(
        "--average", type=positive, default=Settings.average, help="epochs whose weights to average"
    )
    add("--seed", type=int, default=Settings.seed, help="initial weights, batch order, dropout")
    add("--device", default="auto", help="cpu, cuda, mps, or auto")
    add("--validation-bleu", action="store_true", help="score validation after each epoch")
    add("--checkpoint", type=Path, help="write it after each epoch; go on from it if it is there")
    add("--score", choices=("valid", "test"), default="test", help="the sentences to score")
    add("--beam-size", type=positive, default=1, help="for the score; 1 is greedy search")
    add("--half", action="store_true", help="save 16-bit numbers, half the size")
    add("--output", type=Path, default=Path("runs/translator.pt"), help="where to save")


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


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)

    def chosen(names: tuple[str, ...]) -> dict[str, Any]:
        return {name: getattr(options, name) for name in names}

    with join_team(options.device) as (team, device):
        speaks = team.rank == 0
        corpus = load_corpus(options.corpus, progress=speaks, **chosen(CORPUS_OPTIONS))
        fields = build_fields(corpus, options.min_freq, options.subwords)
        model = build_model(fields, **chosen(MODEL_OPTIONS)).to(device)
        if speaks:
            weights = sum(parameter.numel() for parameter in model.parameters())
            print(f"{len(corpus.train)} training pairs, {weights:,} weights")
        history = fit(model, fields, corpus, **chosen(TRAINING_OPTIONS), team=team)
    if history.interrupted:
        return 130
    if team.rank > 0:
        return 0  # the rest is for one process
    print(f"trained for {history.seconds:.0f} s")
    translator = Translator(model, fields)
    report(translator, options.score, getattr(corpus, options.score), options.beam_size)
    translator.save(options.output, options.half)
    print(f"\nsaved {options.output}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before or after the training
        sys.exit(130)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}" if is_first_here() else 1)
