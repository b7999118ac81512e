"""Text that people type, paste and bring: invisible characters, non-text files, odd files."""

import gzip
import io
import os
import socket
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from toy import REPOSITORY, number_pairs, toy_corpus, toy_translator, write_toy_corpus

from utils import translate
from utils.batches import make_batches
from utils.corpora import Corpus, CorpusError, detokenize, load_corpus, load_split, tokenize
from utils.corpora.on_disk import PairsOnDisk
from utils.corpora.pairs import Pair
from utils.corpora.plain import SIGNATURES, read_sentences
from utils.corpora.words import SPECIALS, normalize
from utils.text import build_fields, encode_sources, unknown_words
from utils.text.subwords import Subwords
from utils.trace import trace

# Invisible characters ---------------------------------------------------------------------------

UNSEEN = {
    "soft hyphen": "\xad",
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "zero-width joiner": "\u200d",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "embedding": "\u202a",
    "isolate": "\u2068",
    "word joiner": "\u2060",
    "byte-order mark": "\ufeff",
    "variation selector": "\ufe0f",
    "variation selector of an ideograph": "\U000e0100",
    "tag": "\U000e0041",
    "combining grapheme joiner": "\u034f",
    "Arabic letter mark": "\u061c",
    "Mongolian vowel separator": "\u180e",
    "Hangul filler": "\u3164",
    "invisible plus": "\u2064",
    "annotation anchor": "\ufff9",
    "musical beam": "\U0001d173",
    "NUL": "\0",
    "bell": "\a",
    "escape": "\x1b",
    "delete": "\x7f",
    "C1 control": "\x96",
}
unseen = pytest.mark.parametrize("character", UNSEEN.values(), ids=UNSEEN)


@unseen
@pytest.mark.parametrize("place", ["{}Mädchen liest.", "Mäd{}chen liest.", "Mädchen{} liest{}.{}"])
def test_invisible_characters_change_no_token(character, place):
    text = place.replace("{}", character)
    assert tokenize(text) == ("Mädchen", "liest", ".")
    assert tokenize(unicodedata.normalize("NFD", text)) == ("Mädchen", "liest", ".")


@unseen
def test_invisible_characters_alone_are_not_a_sentence(character, tmp_path):
    assert tokenize(f" {character}{character} ") == ()
    (tmp_path / "test.de").write_text(f"eins\n{character} \n", "utf-8", newline="\n")
    (tmp_path / "test.en").write_text("one\ntwo\n", "utf-8")
    wanted = "NUL characters" if character == "\0" else "is empty"
    for in_memory in (True, False):
        with pytest.raises(CorpusError, match=f"test.de, line 2: .*{wanted}"):
            load_split(tmp_path, "test", in_memory)


@pytest.mark.parametrize(
    "text",
    [
        "Do\xadnau\u200bdampfer\ufeff, 10\u2060,000!",
        "„\u200eGut\u200f“ (\ufe0fsagt\xad er)…",
        "a\u0308\xad\u0308",
    ],
)
def test_sacrebleu_reads_a_text_with_invisible_characters_as_we_do(text):
    read = Tokenizer13a()
    assert read(detokenize(tokenize(text))) == read(normalize(text))


@pytest.mark.parametrize(
    "text", ["🐕\u200d🦺", "👩\u200d👩\u200d👧", "می\u200cخواهم", "क\u094d\u200dष", "❤\u200d🔥"]
)
def test_joiners_stay_where_they_are_spelling(text):
    assert tokenize(text) == (text,)


@pytest.mark.parametrize("blank", ["\xa0", "\u202f", "\u2007", "\u3000", "\u2028", "\x85", "\x0c"])
def test_every_kind_of_space_separates_words(blank):
    assert tokenize(f"Der{blank}Hund{blank}{blank}schläft.") == ("Der", "Hund", "schläft", ".")


def test_tokens_of_mini_stay_as_they_are():
    for pair in load_corpus("mini").train[:3000]:
        assert all(word == normalize(word) for word in pair.source + pair.target)


# Languages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "wanted", "advised"),
    [
        (("de", "en"), ("de", "fr"), ("de", "en")),
        (("de", "en"), ("fr", "de"), ("en", "de")),
        (("de", "en"), ("fr", "it"), ("de", "en")),
        (("en", "fr"), ("de", "en"), ("fr", "en")),
        (("ga", "gd"), ("de", "en"), ("ga", "gd")),
    ],
    ids="-".join,
)
def test_the_suggested_languages_are_available(tmp_path, there, wanted, advised):
    folder = write_toy_corpus(tmp_path / "texts", there)
    source, target = advised
    said = rf'--languages {source} {target}, or in Python languages=\("{source}", "{target}"\)'
    with pytest.raises(CorpusError, match=said):
        load_corpus(folder, languages=wanted)
    assert load_corpus(folder, languages=advised).languages == advised


@pytest.mark.parametrize("languages", [("en", "de"), ("de", "fr"), ("en", "fr"), ["cs", "de"]])
def test_mini_in_another_direction_is_refused_with_a_remedy(languages):
    said = f"mini .* not from {' to '.join(languages)}: leave --languages out, or name multi30k or"
    with pytest.raises(CorpusError, match=said):
        load_corpus("mini", languages=languages)


# Words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "min_freq", "said"),
    [
        (["a b", "a"], ["x x", "x"], 3, "at most 2, .* German word .* not 3"),
        (["a a", "a"], ["x y", "x"], 3, "at most 2, .* English word .* not 3"),
        (["a"], ["x"], 2, "at most 1, .* German word .* not 2"),
        (["a a"], ["x"], 10**6, "at most 2, .* German word .* not 1,000,000"),
    ],
    ids=["source", "target", "one pair", "a million"],
)
def test_a_min_freq_that_drops_every_word_is_refused(source, target, min_freq, said):
    pairs = [Pair(*map(tuple, map(str.split, texts))) for texts in zip(source, target, strict=True)]
    with pytest.raises(ValueError, match=f"min_freq must be {said}: all words would be <unk>"):
        build_fields(Corpus(pairs, pairs, pairs), min_freq)
    assert "x" in build_fields(Corpus(pairs, pairs, pairs), 1).target.vocab.itos


# Lines -----------------------------------------------------------------------------------------

LINES = {
    "line separator": ("eins\u2028zwei\ndrei\n", 2),
    "paragraph separator": ("eins\u2029zwei\n", 1),
    "form feed": ("eins\x0czwei\ndrei\x0c\n", 2),
    "next line": ("eins\x85zwei\n", 1),
    "vertical tab": ("eins\x0bzwei\n", 1),
    "file separator": ("eins\x1czwei\n", 1),
    "group and unit separator": ("eins\x1dzwei\x1f\n", 1),
    "CRLF": ("eins\r\n\r\nzwei\r\n", 3),
    "BOM": ("\ufeffeins\nzwei\n", 2),
    "BOM inside": ("eins\n\ufeffzwei\n\ufeff\n", 3),
    "no end": ("eins\nzwei", 2),
    "empty": ("", 0),
    "empty lines": ("\n\n\n", 3),
    "only invisible": ("\u200b\xad\neins\n", 2),
}


@pytest.fixture
def translated(tmp_path, capsys):
    """Translate a file of some bytes with a toy translator; return exit code, output, errors."""
    toy_translator().save(tmp_path / "toy.pt")

    def run(content: bytes, *options: str) -> tuple:
        (tmp_path / "lines.txt").write_bytes(content)
        file = f"--file={tmp_path / 'lines.txt'}"
        code = translate.main([file, f"--translator={tmp_path / 'toy.pt'}", *options])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize(("text", "count"), LINES.values(), ids=LINES)
def test_a_file_has_as_many_translations_as_lines(translated, text, count):
    code, out, error = translated(text.encode())
    assert (code, error, out.count("\n")) == (0, "", count)
    lines = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")] if text else []
    expected = toy_translator().translate(lines, 5, copy_unknown=True)
    assert out == "".join(f"{translation}\n" for translation in expected)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("in_memory", [True, False])
def test_a_corpus_from_another_editor_is_the_same(tmp_path, monkeypatch, end, bom, in_memory):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    for suffix, lines in {"de": ("ein Hund", "die Äpfel"), "en": ("a dog", "the apples")}.items():
        text = bom + "".join(line + end for line in lines)
        (tmp_path / f"test.{suffix}").write_bytes(text.encode())
    (tmp_path / "test.align").write_bytes(f"0-0 1-1{end}1-1{end}".encode())
    first, second = load_split(tmp_path, "test", in_memory)
    assert first == Pair(("ein", "Hund"), ("a", "dog"), frozenset({(0, 0), (1, 1)}))
    assert second.source == ("die", "Äpfel")


# Unknown words ---------------------------------------------------------------------------------

NOTE = "note: unknown words, read as <unk>: "
UNKNOWNS = {
    "all known": (["eins zwei", "Drei"], ""),
    "no word": (["", " "], ""),
    "one": (["eins xyz"], f"{NOTE}xyz\n"),
    "twice, in two sentences": (["xyz eins", "Hund xyz"], f"{NOTE}xyz, Hund\n"),
    "a mark": (["eins <pad>"], f"{NOTE}<, pad, >\n"),
    "a long one": (["x" * 99], f"{NOTE}{'x' * 40}\n"),
    "ten": (
        [" ".join(f"a{i}" for i in range(10))],
        f"{NOTE}a0, a1, a2, a3, a4, a5, a6, a7, a8, a9\n",
    ),
    "more": (
        [" ".join(f"a{i}" for i in range(11))],
        f"{NOTE}a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, …\n",
    ),
}


@pytest.mark.parametrize(("sentences", "said"), UNKNOWNS.values(), ids=UNKNOWNS)
def test_unknown_words_are_named_on_standard_error(tmp_path, capsys, sentences, said):
    toy_translator().save(tmp_path / "toy.pt")
    code = translate.main([*sentences, f"--translator={tmp_path / 'toy.pt'}"])
    expected = toy_translator().translate(sentences, 5, copy_unknown=True)
    assert code == 0
    assert capsys.readouterr() == ("".join(f"{line}\n" for line in expected), said)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("eins\nzwei\n", ""),
        ("xyz\n\nHund xyz eins\n", "note: unknown words, read as <unk>: 3 in all\n"),
        ("xyz\n" * 300, "note: unknown words, read as <unk>: 300 in all\n"),
    ],
    ids=["none", "three", "in two windows"],
)
def test_unknown_words_of_a_file_are_counted_at_its_end(translated, lines, said):
    code, out, error = translated(lines.encode())
    assert (code, error, out.count("\n")) == (0, said, lines.count("\n"))


@pytest.mark.parametrize(
    ("word", "unknown"), [("eins", []), ("sieins", []), ("Ω", ["Ω"]), ("einsΩ", ["einsΩ"])]
)
def test_a_word_in_pieces_is_unknown_where_a_letter_is(word, unknown):
    fields = build_fields(toy_corpus(), subwords=60)
    assert unknown_words(("zwei", word), fields.source) == unknown


# Not text --------------------------------------------------------------------------------------


def zipped() -> bytes:
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as file:
        file.writestr("word/document.xml", "<w:t>eins</w:t>")
    return packed.getvalue()


NO_TEXT = {
    "UTF-16": ("eins\nzwei\n".encode("utf-16"), "no text but UTF-16; save it as plain text, UTF-8"),
    "UTF-16, big end first": (b"\xfe\xff\0e", "no text but UTF-16"),
    "UTF-16 without BOM": ("eins\nzwei\n".encode("utf-16-le"), "line 1: has NUL characters"),
    "UTF-32 without BOM": ("eins\n".encode("utf-32-be"), "line 1: has NUL characters"),
    "Latin-1": ("eins\nfünf\n".encode("latin-1"), "line 2: not UTF-8; save it"),
    "half a character": ("eins\nfünf".encode()[:-3] + b"\n", "line 2: not UTF-8"),
    "RTF": (rb"{\rtf1\ansi eins}", "no text but rich text"),
    "gzip": (gzip.compress(b"eins\n"), "no text but compressed by gzip; unpack it first"),
    "Word": (zipped(), "no text but a ZIP archive or an office document; unpack it, or save"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "no text but a PDF; copy its text"),
    "HTML": (b"<!DOCTYPE HTML><html>\n<p>eins</p>", "no text but a web page"),
    "HTML with BOM": (b"\xef\xbb\xbf<html>\n", "no text but a web page"),
    "XML": (b'<?xml version="1.0"?>\n', "no text but XML"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0", "no text but a picture"),
    "three columns": (b"Go.\tGeh.\tCC-BY 2.0\n", "line 1: has 3 columns between tabs; keep one"),
    "two columns": (b"Go.\tGeh.\n", "line 1: has 2 columns"),
    "three columns, later": (b"eins\nGo.\tGeh.\tCC\n", "line 2: has 3 columns"),
    "old Mac": (b"eins\rzwei\rdrei\r", "line 1: has a carriage return inside"),
    "a program": (b"eins\n\x7fELF\0\0", "line 2: has NUL"),
}


@pytest.mark.parametrize(("content", "said"), NO_TEXT.values(), ids=NO_TEXT)
def test_a_file_that_is_not_text_is_refused_by_its_kind(tmp_path, monkeypatch, content, said):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    path = tmp_path / "test.de"
    path.write_bytes(content)
    (tmp_path / "test.en").write_bytes(b"one\ntwo\n")
    messages = []
    for in_memory in (True, False):
        with pytest.raises(CorpusError) as caught:
            load_split(tmp_path, "test", in_memory)
        messages.append(str(caught.value))
    with pytest.raises(CorpusError) as caught:
        list(read_sentences(path))
    messages.append(str(caught.value))
    assert len(set(messages)) == 1
    assert messages[0].startswith(str(path)) and said in messages[0] and "\n" not in messages[0]


@pytest.mark.parametrize("beginning", SIGNATURES, ids=lambda b: ascii(b)[2:-1])
def test_every_kind_of_file_is_recognized_by_its_first_bytes(tmp_path, beginning):
    (tmp_path / "a.txt").write_bytes(beginning + b" and so on")
    with pytest.raises(CorpusError, match=r"a\.txt is no text but .*; "):
        list(read_sentences(tmp_path / "a.txt"))


@pytest.mark.parametrize(
    "text",
    ["PK ist\n", "drei\nein\tHund\n", "eins <html>\n", "{\\r", "\tdrei\t\n", "% PDF\n"],
)
def test_ordinary_text_is_text(tmp_path, text):
    (tmp_path / "a.txt").write_text(text, "utf-8")
    assert [line for _, line in read_sentences(tmp_path / "a.txt")] == text.splitlines()


@pytest.mark.parametrize("cut", [5, 20, -4])
def test_half_a_packed_file_is_refused(tmp_path, cut):
    (tmp_path / "a.gz").write_bytes(gzip.compress(os.urandom(99).hex().encode())[:cut])
    with pytest.raises(CorpusError, match=r"a\.gz is no whole \.gz file; pack it or download"):
        list(read_sentences(tmp_path / "a.gz"))


# Words that look like the vocabularies' marks ---------------------------------------------------


@pytest.mark.parametrize("special", SPECIALS)
@pytest.mark.parametrize("place", ["{} eins", "eins {} zwei", "x{}y zwei"])
def test_an_aligned_corpus_has_no_marks(tmp_path, monkeypatch, special, place):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    (tmp_path / "test.de").write_text(place.format(special) + "\n", "utf-8")
    (tmp_path / "test.en").write_text("one\n", "utf-8")
    (tmp_path / "test.align").write_text("0-0\n", "utf-8")
    for in_memory in (True, False):
        with pytest.raises(CorpusError, match=f"test.de, line 1: has {special}, a mark of the"):
            load_split(tmp_path, "test", in_memory)
    (tmp_path / "test.align").unlink()  # now it gets tokenized, which splits off < and >
    assert special not in load_split(tmp_path, "test")[0].source


def marked_corpus(special: str) -> Corpus:
    """A corpus in Python, with a word that looks like a mark in each sentence."""
    pairs = [
        Pair((*p.source, special), (special, *p.target, f"x{special}")) for p in toy_corpus().train
    ]
    return Corpus(pairs, pairs, pairs)


@pytest.mark.parametrize("special", SPECIALS)
@pytest.mark.parametrize("subwords", [None, 60])
def test_no_word_acts_as_a_mark(special, subwords):
    corpus = marked_corpus(special)
    fields = build_fields(corpus, subwords=subwords)
    words = fields.target.vocab.itos
    assert len(set(words)) == len(words) and words[:4].count(special) == 1
    assert [fields.target.vocab.stoi[word] for word in words] == list(range(len(words)))
    padding, start, end = (words.index(mark) for mark in SPECIALS[1:])
    for batch in make_batches(corpus.train, fields, 1, shuffle=False):
        (target,) = batch.target.tolist()
        assert (target[0], target[-1]) == (start, end)
        assert not {padding, start, end} & set(target[1:-1])
        assert not {*SPECIALS[1:]} & {fields.source.vocab.itos[n] for n in batch.source[0]}
    source, _ = encode_sources([("eins", special)], fields)
    assert not {*SPECIALS[1:]} & {fields.source.vocab.itos[number] for number in source[0]}


@pytest.mark.parametrize("special", SPECIALS)
def test_a_typed_mark_is_an_unknown_word(special):
    translator = toy_translator()
    typed, unknown = ((("eins", word, "zwei"),) for word in (special, "Zebra"))
    assert translator.translate(typed)[0].tokens == translator.translate(unknown)[0].tokens
    assert trace(translator, *typed).words == trace(translator, *unknown).words


# sentencepiece ----------------------------------------------------------------------------------

SENTENCES = [pair.source for pair in toy_corpus().train] + [p.target for p in toy_corpus().train]


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (3, r"do not give 3 subwords: ask for 2\d or more, for each letter is one"),
        (100_000, r"do not give 100000 subwords: ask for \d+ or fewer"),
        (3_000_000_000, "subwords must be a whole number from 1 to 10,000,000, not 3000000000"),
        (0, "subwords must be a whole number"),
        (-5, "subwords must be a whole number"),
        (2.5, "subwords must be a whole number"),
        (True, "subwords must be a whole number"),
    ],
)
def test_an_impossible_number_of_subwords_is_refused_with_the_limit(size, said):
    with pytest.raises(ValueError, match=said):
        Subwords.learn(SENTENCES, size)


@pytest.mark.parametrize("size", [3, 100_000])
def test_the_limit_in_the_message_can_be_reached(size):
    with pytest.raises(ValueError) as caught:
        Subwords.learn(SENTENCES, size)
    limit = int(str(caught.value).split("ask for ")[1].split()[0])
    assert len(Subwords.learn(SENTENCES, limit).pieces) == limit - 1  # and <unk>


def test_nothing_gives_no_subwords():
    with pytest.raises(ValueError, match="do not give 10 subwords: give sentences with words"):
        Subwords.learn([], 10)


@pytest.mark.parametrize("letters", [4_193, 50_000])
@pytest.mark.parametrize("word", ["langes ", "lang"])
def test_a_long_line_is_learned_from(word, letters):
    """By default, sentencepiece skips lines longer than 4,192 bytes."""
    line = tuple((word * (letters // len(word)) + " Ω").split())
    subwords = Subwords.learn([*SENTENCES, line], 60)
    assert "Ω" in "".join(subwords.split(["Ω"])) and "Ω" in "".join(subwords.pieces)


# Files of odd kinds ----------------------------------------------------------------------------


def odd_file(kind: str, path: Path) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    else:
        path.symlink_to(kind)


ODD = {
    "pipe": "is a pipe; write what comes out of it to a file first",
    "socket": "is a socket; name a file",
    "folder": "cannot be read: it is a folder; name a file",
    "loop": "cannot be read: its symbolic links form a loop",
    "/dev/zero": "is a device; name a file",
    "/dev/null": "is a device; name a file",
    "nowhere": "is missing",
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("file", ["test.de", "test.align"])
@pytest.mark.parametrize(("kind", "said"), ODD.items(), ids=ODD)
def test_an_odd_file_is_refused(tmp_path, monkeypatch, kind, said, file):
    monkeypatch.chdir(tmp_path)  # a socket's path is limited to about 100 characters
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    for name in {"test.de", "test.en"} - {file}:
        (tmp_path / name).write_bytes(b"eins\n")
    odd_file(kind, Path(file))
    for in_memory in (True, False, None):
        with pytest.raises(CorpusError, match=said):
            load_split(Path(), "test", in_memory)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ODD)
def test_an_odd_file_is_not_translated(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    odd_file(kind, Path("odd"))
    with pytest.raises((CorpusError, OSError)):
        list(read_sentences(Path("odd")))


def command(*arguments: str, **options) -> subprocess.CompletedProcess:
    call = [
        sys.executable,
        "-m",
        "utils.translate",
        "--translator=mini-dot",
        "--beam=1",
        *arguments,
    ]
    return subprocess.run(
        call, cwd=REPOSITORY, capture_output=True, encoding="utf-8", timeout=120, **options
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="no /dev/stdin here")
def test_standard_input_can_be_read_as_a_file():
    found = command("--file=/dev/stdin", input="das Buch ist alt .\n\nder Mann schläft .\n")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == "the book is old.\n\nthe man sleeps.\n"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_an_endless_line_takes_no_memory():
    with open("/dev/zero", "rb") as zero:
        found = command("--file=/dev/stdin", stdin=zero)
    assert found.returncode == 1
    assert found.stderr.startswith("error: /dev/stdin, line 1: has NUL characters")


def test_an_empty_name_is_not_a_file(capsys):
    with pytest.raises(SystemExit):
        translate.main(["--file", ""])
    assert "--file" in capsys.readouterr().err


def change(how: str, path: Path) -> None:
    if how == "emptied":
        path.write_bytes(b"")
    elif how == "cut short":
        os.truncate(path, 10)
    elif how == "longer":
        with path.open("ab") as file:
            file.write(b"eins\n")
    else:
        path.write_bytes(path.read_bytes().replace(b"eins", b"acht"))


@pytest.mark.parametrize("how", ["emptied", "cut short", "longer", "other words"])
def test_a_file_that_changes_in_use_causes_no_bus_error(tmp_path, monkeypatch, how):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    for end, words in (("de", "source"), ("en", "target")):
        lines = (" ".join(getattr(pair, words)) for pair in number_pairs(2000))
        (tmp_path / f"train.{end}").write_text("\n".join(lines) + "\n", "utf-8")
    pairs = load_split(tmp_path, "train", in_memory=False)
    assert isinstance(pairs, PairsOnDisk) and pairs[-1].source
    os.utime(tmp_path / "train.de", ns=(0, 0))
    pairs = load_split(tmp_path, "train", in_memory=False)
    change(how, tmp_path / "train.de")
    with pytest.raises(
        CorpusError, match=r"train\.de has changed while it was in use; start again"
    ):
        list(make_batches(pairs, toy_translator().fields, 64, shuffle=True))


def test_a_file_that_is_replaced_whole_stays_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("CORPUS_INDEX", str(tmp_path / "index"))
    for end in ("de", "en"):
        (tmp_path / f"train.{end}").write_bytes(b"eins zwei\ndrei\n")
    pairs = load_split(tmp_path, "train", in_memory=False)
    (tmp_path / "new").write_bytes(b"")
    os.replace(tmp_path / "new", tmp_path / "train.de")
    assert [pair.source for pair in pairs] == [("eins", "zwei"), ("drei",)]
