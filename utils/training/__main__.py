"""The command line: train on a corpus, score the test sentences, save a translator."""

import argparse
import inspect
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import torch

from utils.corpora import GERMAN_ENGLISH, Corpus, detokenize, load_corpus
from utils.corpora.pairs import Pair
from utils.decoding import check_beam
from utils.evaluation import bleu, sacrebleu_lowercase
from utils.models.config import ModelConfig
from utils.models.contract import Network, NetworkConfig, count_parameters
from utils.models.seq2seq import build_model
from utils.models.transformer import TransformerConfig, build_transformer
from utils.system.failures import INTERRUPTED, file_name, positive, run
from utils.system.storage import check_writable
from utils.text import Fields, build_fields
from utils.training import History, Settings, fit
from utils.training.joining import join_processes
from utils.training.launch import is_first_here
from utils.training.lengths import check_lengths
from utils.training.options import add_options, chosen
from utils.training.outputs import check_outputs, free_name, save_somewhere
from utils.training.processes import Processes
from utils.training.run import Interrupted
from utils.translator import Translator, copy_source_words


class Kind(NamedTuple):
    """A kind of network: what its options are made from, and what builds it."""

    title: str
    config: type[NetworkConfig]
    build: Callable[..., Network]

    @property
    def defaults(self) -> dict[str, Any]:
        """The default of each option."""
        parameters = inspect.signature(self.build).parameters.items()
        return {name: parameter.default for name, parameter in parameters}


RECURRENT = Kind("the model", ModelConfig, build_model)
TRANSFORMER = Kind("the model, a Transformer", TransformerConfig, build_transformer)


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
    _add_corpus_options(parser.add_argument_group("the corpus").add_argument)
    kind = _add_kind(parser, arguments)
    add_options(parser, kind.title, kind.config, kind.defaults)
    add_options(parser, "the training", Settings, asdict(Settings()))
    _add_output_options(parser.add_argument_group("what to save and show").add_argument)
    return parser.parse_args(arguments)


def kind_of(options: argparse.Namespace) -> Kind:
    """Return the kind of network that the options choose."""
    return TRANSFORMER if options.transformer else RECURRENT


def _add_kind(parser: argparse.ArgumentParser, arguments: list[str] | None) -> Kind:
    """Add the option that decides which options a model has; return the kind it chooses."""
    first = argparse.ArgumentParser(add_help=False)
    for each in (first, parser):
        each.add_argument(
            "--transformer",
            action="store_true",
            help="train a Transformer; --transformer --help shows its options",
        )
    return kind_of(first.parse_known_args(arguments)[0])


def check_options(options: argparse.Namespace) -> None:
    """Raise ValueError for a number that would be rejected later, before reading any data."""
    chosen(options, kind_of(options).config)
    Settings(**chosen(options, Settings))
    check_beam(options.beam_size)


def _add_corpus_options(add: Callable[..., Any]) -> None:
    add("--corpus", default="mini", help="mini, multi30k, or a folder of your own")
    add(
        "--languages",
        nargs=2,
        metavar=("SOURCE", "TARGET"),
        default=GERMAN_ENGLISH,
        help="file extensions in your folder: en fr reads train.en and train.fr",
    )
    add(
        "--in-memory",
        action=argparse.BooleanOptionalAction,
        help="keep a folder's pairs in memory, or read them from disk (default: depends on size)",
    )
    add("--min-freq", type=positive, default=1, help="words rarer than this become <unk>")
    add("--subwords", type=positive, help="split words into pieces, this many different ones")


def _add_output_options(add: Callable[..., Any]) -> None:
    add("--device", default="auto", help="cpu, cuda, mps, or auto")
    add("--validation-bleu", action="store_true", help="compute validation BLEU after each epoch")
    add(
        "--checkpoint",
        type=file_name,
        help="file to write after each epoch, and to resume from if it exists",
    )
    add("--score", choices=("valid", "test"), default="test", help="which sentences to score")
    add("--beam-size", type=positive, default=1, help="for the score; 1 is greedy search")
    add("--half", action="store_true", help="save 16-bit weights, half the size")
    add("--output", type=file_name, default=Path("runs/translator.pt"), help="where to save")


def report(
    translator: Translator, split: str, pairs: Sequence[Pair], beam_size: int, examples: int = 5
) -> None:
    """Print BLEU on a split, and its first few translations.

    sacreBLEU splits `<unk>` into three tokens, `<`, `unk` and `>`, so it also scores the
    translations with each `<unk>` replaced by a source word.
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
    """Save the translator at `path`, or elsewhere if that fails; print where, return the error."""

    def write(path: Path) -> None:
        translator.save(path, options.half)

    place, problem = save_somewhere(write, path, options.checkpoint)
    print(f"saved {place}")
    return problem and OSError(f"{problem}. The translator is in {place} instead.")


def save_stopped(translator: Translator, options: argparse.Namespace) -> None:
    """Save what an interrupted run without a checkpoint has learned, beside its output."""
    if options.checkpoint is None:
        output = options.output
        save(translator, options, free_name(output.with_stem(f"{output.stem}-stopped")))


def finish(
    translator: Translator, history: History, pairs: Sequence[Pair], options: argparse.Namespace
) -> None:
    """Save the translator, then score it; OSError if it had to be saved elsewhere."""
    problem = save(translator, options, options.output)
    print(f"trained for {history.seconds:.0f} s")
    report(translator, options.score, pairs, options.beam_size)
    if problem is not None:
        raise problem


def build(options: argparse.Namespace, fields: Fields) -> Network:
    """Build the network that the options describe."""
    kind = kind_of(options)
    return kind.build(fields, **chosen(options, kind.config), seed=options.seed)


def train(
    options: argparse.Namespace, processes: Processes, device: torch.device
) -> tuple[Translator, Corpus, History | None]:
    """Train as the options say; the history is None if training was interrupted."""
    settings = Settings(**chosen(options, Settings))
    speaks = processes.rank == 0
    processes.ask_first(lambda: check_outputs(options.output, options.checkpoint))
    corpus = load_corpus(
        options.corpus, speaks, in_memory=options.in_memory, languages=options.languages
    )
    fields = build_fields(corpus, options.min_freq, options.subwords)
    processes.ask_first(lambda: check_lengths(corpus, (options.score,), fields))
    model = build(options, fields).to(device)
    weights = count_parameters(model)
    processes.ask_first(lambda: check_writable(options.output, 4 * weights))
    if speaks:
        print(f"{len(corpus.train)} training pairs, {weights:,} weights")
    history = None
    with suppress(Interrupted):
        history = fit(
            model,
            fields,
            corpus,
            settings,
            options.checkpoint,
            validation_bleu=options.validation_bleu,
            processes=processes,
        )
    return Translator(model, fields), corpus, history


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    check_options(options)
    with join_processes(options.device) as (processes, device):
        translator, corpus, history = train(options, processes, device)
    if processes.rank == 0:  # only one process saves and scores
        if history is None:
            save_stopped(translator, options)
        else:
            finish(translator, history, getattr(corpus, options.score), options)
    return INTERRUPTED if history is None else 0


if __name__ == "__main__":
    run(main, goes_on_unheard=True, speaks=is_first_here())
