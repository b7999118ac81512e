"""Corpora: tokens, files with mistakes, and the download of Multi30k from a server on this host."""

import gzip
import hashlib
import os
import sys
import threading
import unicodedata
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from utils.corpora import CorpusError, Pair, detokenize, load_corpus, load_split, tokenize
from utils.corpora.words import TOKEN, normalize
from utils.system.paths import DATA, ROOT

SHARED = ROOT.parent / "shared" / "multi30k"
with_multi30k = pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the Multi30k files in ../shared/multi30k, not in this clone"
)


# Words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The man's hat.", "The man 's hat ."),
        ("It’s what we've said, I'LL go.", "It ’s what we 've said , I 'LL go ."),
        ("She doesn't see o'clock", "She doesn't see o'clock"),
        ("the girls' team in a t-shirt", "the girls' team in a t-shirt"),
        ("a sign 'Free' here", "a sign ' Free ' here"),
        ("10,000 at 2.50, not 3.", "10,000 at 2.50 , not 3 ."),
        ("Ein Obst- und Gemüsestand, größer!", "Ein Obst- und Gemüsestand , größer !"),
        ("„Guten Tag“ (sagt er) …", "„ Guten Tag “ ( sagt er ) …"),
        ("Wait... what?!", "Wait ... what ? !"),
        ("Smith &amp; Sons, A&M", "Smith &amp; Sons , A & M"),
        ("<b>bold</b>", "< b > bold < / b >"),
        ("Ein Hund 🐕\u200d🦺 läuft", "Ein Hund 🐕\u200d🦺 läuft"),
        ("שלום, עולם", "שלום , עולם"),
        ("知识就是力量。", "知识就是力量 。"),
        (" \t\n\u2028\x85 ", ""),
    ],
)
def test_text_is_split_into_words_and_marks(text, tokens):
    assert tokenize(text) == tuple(tokens.split())


def test_both_spellings_of_an_umlaut_give_the_same_word():
    assert tokenize(unicodedata.normalize("NFD", "Mädchen")) == ("Mädchen",)


@pytest.mark.parametrize(
    "text",
    [
        "The man's hat, (red) is here.",
        'He says "hello there" and "bye".',
        "Er sagt „Guten Tag“ und geht.",
        "The girls' team isn't 10,000 strong; it's #2!",
        "A 'free' thing costs $5, that is 50% off...",
    ],
)
def test_detokenizing_restores_ordinary_text(text):
    assert detokenize(tokenize(text)) == text


def test_detokenizing_nothing_gives_nothing():
    assert detokenize([]) == ""


tricky = st.text(st.sampled_from("aßs5 -'’.,\"„&;<\n\u2028\u0308é🐕"), max_size=12)


@settings(deadline=None)
@given(st.text() | tricky)
def test_any_text_can_be_tokenized_and_joined_tokens_stay_as_they_are(text):
    tokens = tokenize(text)
    assert tokenize(" ".join(tokens)) == tokens
    assert not any(character.isspace() for token in tokens for character in token)
    assert "".join(tokens) == "".join(normalize(text).split())


@settings(deadline=None)
@given(st.text() | tricky)
def test_no_token_depends_on_what_stands_beyond_a_space(text):
    assert tokenize(text) == tuple(TOKEN.findall(normalize(text)))


@settings(deadline=None)
@given(st.lists(st.text() | tricky))
def test_any_tokens_can_be_joined_and_none_is_lost(tokens):
    assert detokenize(tokens).replace(" ", "") == "".join(tokens).replace(" ", "")


# Folders


@pytest.fixture
def folder(tmp_path):
    """A valid corpus of two sentences per split, with `train` aligned."""
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.de").write_bytes("Ein Mädchen liest .\nDas Buch .\n".encode())
        (tmp_path / f"{split}.en").write_bytes(b"a girl reads .\nthe book .\n")
    (tmp_path / "train.align").write_bytes(b"0-0 1-1 2-2 3-3\n0-0 1-1 2-2\n")
    return tmp_path


def message_of(name_or_folder) -> str:
    """The error message about a corpus: one line, and the same for pairs on disk."""
    messages = []
    for in_memory in (True, False):
        with pytest.raises(CorpusError) as caught:
            load_corpus(name_or_folder, in_memory=in_memory)
        messages.append(str(caught.value))
    message, from_disk = messages
    assert from_disk == message
    assert "\n" not in message and len(message) - len(str(name_or_folder)) < 400
    return message


def test_own_folder_gives_its_pairs_with_case_and_alignment(folder):
    corpus = load_corpus(folder)
    assert corpus.name == folder.name
    assert corpus.train[1] == Pair(
        ("Das", "Buch", "."), ("the", "book", "."), frozenset({(0, 0), (1, 1), (2, 2)})
    )
    assert corpus.test[0] == Pair(
        ("Ein", "Mädchen", "liest", "."), ("a", "girl", "reads", "."), None
    )
    assert len(corpus.train) == len(corpus.valid) == len(corpus.test) == 2
    assert corpus.long == ()
    assert load_corpus(str(folder)) == corpus


def test_corpus_shows_sizes_instead_of_sentences(folder):
    assert repr(load_corpus(folder)) == f"<Corpus {folder.name}: 2 train, 2 valid, 2 test, 0 long>"


def test_long_sentences_are_read_where_present_but_not_by_halves(folder):
    (folder / "long.de").write_text("Ein Hund .\n", "utf-8")
    assert "long.en is missing" in message_of(folder)
    (folder / "long.en").write_text("a dog .\n", "utf-8")
    assert len(load_corpus(folder).long) == 1


def test_only_text_without_alignment_is_tokenized(folder):
    (folder / "train.en").write_text("a girl reads.\nthe book.\n", "utf-8")
    (folder / "train.align").write_text("0-0 2-2\n1-1\n", "utf-8")
    (folder / "test.en").write_text("a girl reads.\nthe book.\n", "utf-8")
    corpus = load_corpus(folder)
    assert corpus.train[0].target == ("a", "girl", "reads.")
    assert corpus.test[0].target == ("a", "girl", "reads", ".")


def test_a_file_may_end_without_a_newline(folder):
    (folder / "train.en").write_bytes(b"a girl reads .\nthe book .")
    (folder / "train.align").write_bytes(b"0-0\n0-0")
    assert len(load_corpus(folder).train) == 2


def test_only_newlines_end_a_line(folder):
    (folder / "test.de").write_bytes("Ein\u2028Hund\x0b.\nDas\x85Buch\x1c.\n".encode())
    assert [pair.source[-2] for pair in load_corpus(folder).test] == ["Hund", "Buch"]


@pytest.mark.parametrize(
    ("file", "content", "place", "reason"),
    [
        ("test.en", b"", "line 1", "file is empty"),
        ("test.en", b"\n", "line 1", "is empty"),
        ("test.en", b"a girl .\n\n", "line 2", "is empty"),
        ("test.en", b"a girl .\n \t\xc2\xa0\n", "line 2", "is empty"),
        ("test.en", b"a girl .\nthe \xff book .\n", "line 2", "not UTF-8"),
        ("test.de", "größer\nübel\n".encode("latin-1"), "line 1", "not UTF-8"),
        ("test.en", b"a girl .\n", "test.de, line 2", "test.en has no such line"),
        ("test.en", b"a\nb\nc\nd\n", "line 3", "test.de has no such line"),
        ("train.de", b"Ein  Hund .\nDas Buch .\n", "line 1", "a space too many"),
        ("train.de", b"Ein Hund liest .\nDas Buch . \n", "line 2", "a space too many"),
        ("train.de", b"Ein Hund liest .\nDas\tBuch .\n", "line 2", "another blank"),
        ("train.align", b"0-0\n0-0 1:1\n", "line 2", "'1:1' is no link"),
        ("train.align", b"0-0\n0-0 -1-1\n", "line 2", "'-1-1' is no link"),
        ("train.align", b"0-\n0-0\n", "line 1", "'0-' is no link"),
        ("train.align", b"0-" + b"9" * 9999 + b"\n0-0\n", "line 1", "is no link"),
        ("train.align", b"0-0\n3-0\n", "line 2", "3-0 points outside"),
        ("train.align", b"0-4\n0-0\n", "line 1", "0-4 points outside"),
        ("train.align", b"0-0\n\n", "line 2", "is empty"),
        ("train.align", b"0-0\n", "train.de, line 2", "train.align has no such line"),
        ("train.align", b"0-0\n0-0\n0-0\n", "line 3", "train.de has no such line"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(folder, file, content, place, reason):
    (folder / file).write_bytes(content)
    message = message_of(folder)
    assert message.startswith(str(folder))
    assert f"{place}: " in message and reason in message
    assert file in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Ein Hund .\nDas Buch . \n", "a space too many"),
        (b"Ein Hund .\nDas\tBuch .\n", "another blank"),
    ],
)
def test_of_two_mistakes_the_first_file_or_on_disk_the_first_line_is_named(folder, content, reason):
    """A link in line 1 points beyond the three words left there."""
    (folder / "train.de").write_bytes(content)
    with pytest.raises(CorpusError, match=rf"train\.de, line 2: .*{reason}"):
        load_corpus(folder, in_memory=True)
    with pytest.raises(CorpusError, match=r"train\.align, line 1: 3-3 points outside"):
        load_corpus(folder, in_memory=False)


@pytest.mark.parametrize("file", ["train.de", "valid.en", "test.de"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    assert f"{file} is missing; add it" in message_of(folder)


def test_a_folder_in_place_of_a_file_is_named(folder):
    (folder / "test.de").unlink()
    (folder / "test.de").mkdir()
    assert "test.de cannot be read" in message_of(folder)


def test_a_file_in_place_of_the_folder_is_named(folder):
    assert "train.de is a file; give the folder" in message_of(folder / "train.de")


@pytest.mark.parametrize("name", ["no/such/folder", "Mini", "", "a\0b", "x" * 5000])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(CorpusError, match=r"No corpus .*mini, multi30k, .*\.de and \.en"):
        load_corpus(name)


# The shipped corpus


def test_mini_has_its_sizes_and_alignments():
    corpus = load_corpus("mini")
    assert (corpus.name, len(corpus.train)) == ("mini", 12_000)
    assert len(corpus.valid) == len(corpus.test) == 6 * 200
    assert min(len(pair.source) for pair in corpus.long) > 30
    assert all(pair.alignment for split in (corpus.test, corpus.long) for pair in split)


def test_our_own_captions_are_there():
    pairs = load_split(DATA / "captions", "test")
    assert len(pairs) == 50
    assert all(4 <= len(pair.source) <= 20 and pair.source[-1] == "." for pair in pairs)
    assert all(pair.alignment is None for pair in pairs)


def test_mini_sentences_are_tokens_already():
    for pair in load_corpus("mini").test:
        assert tokenize(" ".join(pair.source)) == pair.source
        assert tokenize(detokenize(pair.target)) == pair.target


# The download


class Site:
    """What a server holds, how it misbehaves, and what it was asked for."""

    def __init__(self, files: dict[str, bytes]):
        self.files, self.cut, self.requests = files, set(), []

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Send a file; for a `cut` one, send only half and hang up."""
        name = handler.path.strip("/")
        self.requests.append(name)
        if name not in self.files:
            return handler.send_error(404)
        content = self.files[name]
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2] if name in self.cut else content)


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """Start a server for the given files; point the environment at it and at an empty cache."""
    servers = []

    def start(files: dict[str, bytes]) -> Site:
        site = Site(files)
        methods = {"do_GET": lambda self: site.answer(self), "log_message": lambda *_: None}
        handler = type("Handler", (BaseHTTPRequestHandler,), methods)
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("MULTI30K_URL", f"http://127.0.0.1:{servers[-1].server_port}/")
        return site

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("MULTI30K_CACHE", str(tmp_path / "cache"))
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(serve, monkeypatch, tmp_path):
    """Six small files of two lines, with matching checksums."""
    files, text = {}, {"de": "Ein Mann.\nZWEI Frauen.\n", "en": "A man's hat.\nTWO women.\n"}
    for stem in ("train", "val", "test_2016_flickr"):
        files |= {f"{stem}.{end}.gz": gzip.compress(text[end].encode()) for end in text}
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    (tmp_path / "sums").write_text("".join(lines), "utf-8")
    monkeypatch.setattr("utils.corpora.load.CHECKSUMS", tmp_path / "sums")
    return serve(files)


def cached(tmp_path) -> set[str]:
    return {path.name for path in tmp_path.glob("cache/*")}


def test_download_gives_lower_cased_tokens_and_says_nothing(site, capfd):
    corpus = load_corpus("multi30k")
    assert corpus.train[0] == Pair(("ein", "mann", "."), ("a", "man", "'s", "hat", "."), None)
    assert (corpus.name, len(corpus.valid), len(corpus.test)) == ("multi30k", 2, 2)
    assert capfd.readouterr() == ("", "")


def test_the_source_may_be_english(site):
    corpus, reverse = load_corpus("multi30k"), load_corpus("multi30k", languages=("en", "de"))
    assert reverse.languages == ("en", "de")
    assert [(p.target, p.source) for p in reverse.train] == [
        (p.source, p.target) for p in corpus.train
    ]
    assert len(site.requests) == 6


def test_a_language_with_checksums_can_be_downloaded(site, tmp_path):
    with (tmp_path / "sums").open("a", encoding="utf-8") as sums:
        for stem in ("train", "val", "test_2016_flickr"):
            content = gzip.compress(b"Un homme.\nDEUX femmes.\n")
            site.files[f"{stem}.fr.gz"] = content
            sums.write(f"{hashlib.sha256(content).hexdigest()}  {stem}.fr.gz\n")
    corpus = load_corpus("multi30k", languages=("en", "fr"))
    assert corpus.test[1] == Pair(("two", "women", "."), ("deux", "femmes", "."), None)
    assert cached(tmp_path) == {name for name in site.files if ".de." not in name}


def test_a_language_without_checksums_is_refused(site, tmp_path):
    with pytest.raises(CorpusError, match=r"known in de and en, not in en and fr; add its files"):
        load_corpus("multi30k", languages=("en", "fr"))
    assert cached(tmp_path) == set()


def test_download_shows_progress_when_asked(site, capfd):
    load_corpus("multi30k", progress=True)
    assert "100%" in capfd.readouterr().err


def test_second_load_asks_the_server_for_nothing(site):
    first = load_corpus("multi30k")
    assert len(site.requests) == 6
    assert load_corpus("multi30k") == first
    assert len(site.requests) == 6


def test_cached_files_can_be_read_by_the_whole_class(site, tmp_path):
    load_corpus("multi30k")
    umask = os.umask(0o077)
    os.umask(umask)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "cache").iterdir()}
    assert modes == {0o666 & ~umask}


def test_complete_cache_needs_no_server(site, monkeypatch):
    load_corpus("multi30k")
    monkeypatch.setenv("MULTI30K_URL", "http://127.0.0.1:9/")
    assert len(load_corpus("multi30k").train) == 2


def test_interrupted_download_resumes_where_it_stopped(site, tmp_path):
    third, fourth = list(site.files)[2:4]
    kept = site.files.pop(fourth)
    assert f"{fourth} cannot be downloaded (404)" in message_of("multi30k")
    assert cached(tmp_path) == set(list(site.files)[:2]) | {third}
    site.files[fourth] = kept
    site.requests.clear()
    assert len(load_corpus("multi30k").train) == 2
    assert len(site.requests) == 3


def test_damaged_file_in_the_cache_is_fetched_again(site, tmp_path):
    load_corpus("multi30k")
    (tmp_path / "cache" / "val.de.gz").write_bytes(b"half")
    site.requests.clear()
    assert len(load_corpus("multi30k").valid) == 2
    assert site.requests == ["val.de.gz"]


def assert_clear_and_nothing_left(reason: str, tmp_path: Path) -> None:
    message = message_of("multi30k")
    assert message.startswith("Multi30k: ") and reason in message
    assert message.endswith('load_corpus("mini") needs no network')
    assert cached(tmp_path) == set()


def test_corrupted_file_is_refused(site, tmp_path):
    site.files["train.de.gz"] = gzip.compress(b"something else\n")
    assert_clear_and_nothing_left("train.de.gz is not the file as published", tmp_path)


def test_half_a_file_is_refused(site, tmp_path):
    site.cut.add("train.de.gz")
    assert_clear_and_nothing_left("train.de.gz cannot be downloaded", tmp_path)


def test_refused_connection_points_to_mini(site, monkeypatch, tmp_path):
    monkeypatch.setenv("MULTI30K_URL", "http://127.0.0.1:9")
    assert_clear_and_nothing_left("cannot be downloaded (ConnectionError)", tmp_path)


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://", "http://[::1/"])
def test_unusable_address_is_refused(site, monkeypatch, tmp_path, url):
    monkeypatch.setenv("MULTI30K_URL", url)
    assert_clear_and_nothing_left("cannot be downloaded", tmp_path)


def test_cache_that_is_a_file_is_refused(site, tmp_path):
    (tmp_path / "cache").write_text("not a folder", "utf-8")
    assert_clear_and_nothing_left("cannot be written: ", tmp_path)
    assert (tmp_path / "cache").read_text("utf-8") == "not a folder"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_cache_without_permission_is_refused(site, tmp_path):
    (tmp_path / "cache").mkdir(mode=0o500)
    assert_clear_and_nothing_left("name it in MULTI30K_CACHE", tmp_path)


def test_cache_on_a_read_only_disk_is_refused(site, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pooch.core.make_local_storage", refuse)
    assert_clear_and_nothing_left(
        "cannot be written: the disk is read-only; choose another location, and name", tmp_path
    )


@pytest.mark.slow
def test_the_downloader_is_imported_only_to_download():
    code = "import sys, utils.corpora; sys.exit('pooch' in sys.modules)"
    assert os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", code) == 0


# The real Multi30k


@pytest.fixture
def multi30k(serve):
    """The real files on a server, checked against the pinned checksums."""
    return serve({path.name: path.read_bytes() for path in SHARED.glob("*.gz")})


@with_multi30k
def test_multi30k_downloads_whole_and_only_once(multi30k):
    corpus = load_corpus("multi30k")
    assert repr(corpus) == "<Corpus multi30k: 29,000 train, 1,014 valid, 1,000 test, 0 long>"
    assert load_corpus("multi30k") == corpus
    assert len(multi30k.requests) == 6


@with_multi30k
def test_scoring_against_detokenized_references_equals_scoring_against_the_raw_text():
    raw = gzip.decompress((SHARED / "test_2016_flickr.en.gz").read_bytes()).decode()
    lines = raw.removesuffix("\n").split("\n")
    joined = [detokenize(tokenize(line.lower())) for line in lines]
    assert BLEU(tokenize="13a", lowercase=True).corpus_score(joined, [lines]).score >= 99.9
