"""The command line: translate sentences or a file, `python -m utils.translate "…"`."""

import argparse
import sys
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from utils.corpora.plain import read_sentences
from utils.decoding import check_beam
from utils.plots import attention_map, map_size
from utils.plots.labels import without_font
from utils.system.failures import file_name, run, typed, whole
from utils.system.sizes import MOST_LETTERS, MOST_READ, check_read
from utils.system.storage import check_writable, write_atomically
from utils.text import UNKNOWN, unknown_words
from utils.translator import Translation, Translator

DEFAULT = "multi30k-additive"
LINES, WORDS = 256, 8_192  # of a file: so much is translated together, whichever comes first
MOST_DRAWN = 100  # words on each side of a picture
MOST_NAMED = 10  # unknown words


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.translate",
        description="Translate sentences, one line each: German into English, or between the "
        f"languages of another --translator. A sentence may have {MOST_READ:,} words or pieces of "
        f"words, and {MOST_LETTERS:,} characters.",
    )
    add = parser.add_argument
    add("sentences", nargs="*", type=typed, metavar="sentence", help="what to translate, in quotes")
    add(
        "--file",
        type=file_name,
        help=f"translate each line of this text file (UTF-8), {LINES} at a time",
    )
    add("--translator", default=DEFAULT, help=f"a shipped name or a file (default: {DEFAULT})")
    add("--beam", type=whole, default=5, help="hypotheses kept; 1 is greedy search (default: 5)")
    add(
        "--attention", type=file_name, help=f"draw where {MOST_DRAWN} words looked: PNG, PDF or SVG"
    )
    options = parser.parse_args(arguments)
    if bool(options.sentences) == (options.file is not None):
        parser.error('give either sentences in quotes or --file, as in: "Der Hund schläft."')
    if options.attention and len(options.sentences) != 1:
        parser.error("--attention draws one sentence: give exactly one, in quotes.")
    return options


def translate_file(translator: Translator, path: Path, beam: int) -> int:
    """Print a translation of each line as soon as it is there, in order; return the exit code.

    A line that is too long is left empty, so that all others keep their numbers, and is named on
    standard error.
    """
    window: list[tuple[str, ...]] = []
    left_out = unknown = size = 0
    for number, line in read_sentences(path):
        try:
            words = translator.read(line)
            size += check_read(len(translator.fields.source.preprocess(words)))
        except ValueError as error:
            left_out, words = left_out + 1, ()
            print(f"{path}, line {number} is left empty: {error}.", file=sys.stderr)
        window.append(words)
        unknown += len(unknown_words(words, translator.fields.source))
        if len(window) == LINES or size >= WORDS:
            show(translator.translate(window, beam, copy_unknown=True))
            window, size = [], 0
    show(translator.translate(window, beam, copy_unknown=True))
    if unknown:
        print(f"note: unknown words, read as {UNKNOWN}: {unknown:,} in all", file=sys.stderr)
    return 1 if left_out else 0


def show(translations: list[Translation]) -> None:
    """Print translations, a line each, at once: another program may be waiting for them."""
    for translation in translations:
        print(translation)
    sys.stdout.flush()


def name_unknown(translator: Translator, sentences: list[str]) -> None:
    """Name on standard error the first words that the vocabulary does not have, if any."""
    words = [word for sentence in sentences for word in translator.read(sentence)]
    if unknown := dict.fromkeys(unknown_words(words, translator.fields.source)):
        named = [f"{word:.40}" for word in list(unknown)[:MOST_NAMED]]
        more = ", …" if len(unknown) > MOST_NAMED else ""
        print(f"note: unknown words, read as {UNKNOWN}: {', '.join(named)}{more}", file=sys.stderr)


def format_of(path: Path) -> str:
    """Return the format that the suffix of a picture stands for; ValueError if it is none."""
    suffix = path.suffix.removeprefix(".").lower()
    if suffix == "pgf":
        raise ValueError(f"{path} would need TeX, for which words can be commands: use .pdf.")
    if suffix not in Figure().canvas.get_supported_filetypes():
        raise ValueError(f"{path} has no suffix of a picture: use .png, .pdf or .svg.")
    return suffix


def draw_attention(translation: Translation, source: tuple[str, ...], path: Path) -> None:
    """Write a heat map of the weights; the suffix of the file says in which format."""
    if not translation.tokens:
        raise ValueError("there is no word to draw: give a sentence with words.")
    source_words, words = source[:MOST_DRAWN], translation.tokens[:MOST_DRAWN]
    figure = Figure(figsize=map_size(source_words, words), layout="constrained")
    FigureCanvasAgg(figure)  # or measuring each label would draw a whole picture
    weights = translation.weights[:MOST_DRAWN, :MOST_DRAWN]
    axes = attention_map(weights, source_words, words, figure.subplots())
    if max(len(source), len(translation.tokens)) > MOST_DRAWN:
        sizes = f"{len(source)} source and {len(translation.tokens)} target words"
        axes.set_xlabel(f"cut: the first {MOST_DRAWN} of {sizes}")
    write_atomically(path, lambda file: figure.savefig(file, format=format_of(path)))
    if missing := without_font([*source, *translation.tokens]):
        names = " ".join(missing)
        print(
            f"note: no font here has {names}: the picture has escapes in their place.",
            file=sys.stderr,
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    check_beam(options.beam)
    if options.attention:  # before the work, which may take long
        format_of(options.attention)
        check_writable(options.attention)
    translator = Translator.load(options.translator)
    if options.file is not None:
        return translate_file(translator, options.file, options.beam)
    translations = translator.translate(options.sentences, options.beam, copy_unknown=True)
    show(translations)
    name_unknown(translator, options.sentences)
    if options.attention:
        (source,) = map(translator.read, options.sentences)
        draw_attention(translations[0], source, options.attention)
    return 0


if __name__ == "__main__":
    run(main)
