"""The command line: translate sentences or a file, `python -m utils.translate "…"`."""

import argparse
import sys
from pathlib import Path

from matplotlib.figure import Figure

from utils.decoding import check_beam
from utils.failures import file_name, run, whole
from utils.labels import without_font
from utils.plots import attention_map, map_size
from utils.storage import check_writable, write_atomically
from utils.translator import Translation, Translator

DEFAULT = "multi30k-additive"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.translate",
        description="Translate sentences, one line each: German into English, or between the "
        "languages of another --translator.",
    )
    add = parser.add_argument
    add("sentences", nargs="*", metavar="sentence", help="what to translate, in quotes")
    add("--file", type=file_name, help="translate each line of this text file (UTF-8)")
    add("--translator", default=DEFAULT, help=f"a shipped name or a file (default: {DEFAULT})")
    add("--beam", type=whole, default=5, help="hypotheses kept; 1 is greedy search (default: 5)")
    add("--attention", type=file_name, help="draw where each word looked: a PNG, PDF or SVG")
    options = parser.parse_args(arguments)
    if bool(options.sentences) == (options.file is not None):
        parser.error('give either sentences in quotes or --file, as in: "Der Hund schläft."')
    if options.attention and len(options.sentences) != 1:
        parser.error("--attention draws one sentence: give exactly one, in quotes.")
    return options


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file; ValueError if it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text: save it as UTF-8.") from error


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
    figure = Figure(figsize=map_size(source, translation.tokens), layout="constrained")
    attention_map(translation.weights, source, translation.tokens, figure.subplots())
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
    sentences = options.sentences if options.file is None else read_lines(options.file)
    translations = translator.translate(sentences, options.beam, copy_unknown=True)
    for translation in translations:
        print(translation)
    if options.attention:
        draw_attention(translations[0], translator.read(sentences[0]), options.attention)
    return 0


if __name__ == "__main__":
    run(main)
