"""Text to words and back: one regular expression cuts, a few rules for spaces join."""

import re
import string
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from utils.system.sizes import MOST_LETTERS

SPECIALS = ("<unk>", "<pad>", "<sos>", "<eos>")  # marks of the vocabularies, never words
SPECIAL = re.compile("|".join(SPECIALS))

# What nobody sees: control characters that are no blanks, and what Unicode calls default ignorable
# (soft hyphen, zero-width space, byte-order mark, directions, variation selectors, tags, …).
# Joiners are spelling in Arabic and Indic scripts and in emoji: they stay between two such letters.
UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
JOINED = "\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u2600-\u27bf\U0001f000-\U0001faff"
INVISIBLE = re.compile(f"[{UNSEEN}]+")
PERHAPS = re.compile(f"[\u200c\u200d{UNSEEN}]")
VISIBLE = re.compile(rf"[^\s\u200c\u200d{UNSEEN}]")
JOINER = re.compile(f"(?<![{JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{JOINED}])")

# A mark is a token of its own; all else is a letter, the hyphen too: a t-shirt is one word.
MARKS = re.sub("[-']", "", string.punctuation) + "„“”‚‘«»‹›…–—¿¡、。，！？：；「」（）"
LETTER = rf"[^\s'’{re.escape(MARKS)}]"
CLITIC = rf"['’](?:s|re|ve|ll|d|m)(?!{LETTER})"
TOKEN = re.compile(
    rf"""
      &\#?[0-9A-Za-z]+;                      # an HTML entity, &amp;
    | {CLITIC}                               # the 's of man's
    | {LETTER}+                              # a word, going on after an inner ...
      (?: (?: (?<=[0-9])[.,](?=[0-9])        # ... point or comma: 10,000
            | (?!{CLITIC})['’]               # ... apostrophe: o'clock
          ) {LETTER}+ )*
      (?: (?<=[sßxz])['’](?!{LETTER}) )?     # the girls' team
    | \.{{2,}}                               # an ellipsis
    | \S                                     # any other mark, alone
    """,
    re.VERBOSE | re.IGNORECASE,
)
CLOSING = re.compile(rf"{CLITIC}|\.+|[,:;!?)\]}}%…/]", re.IGNORECASE)  # no space before
OPENING = frozenset("([{¿¡#$/")  # no space after
QUOTES = {mark: kind for kind in ('"„“”', "'‚‘’", "«»", "‹›") for mark in kind}


def normalize(text: str) -> str:
    """Return text in NFC without invisible characters: what looks the same is the same.

    Blanks stay, of whatever kind. Never raises.
    """
    if text.isascii() and text.isprintable():  # most text, and quick to check
        return text
    if PERHAPS.search(text):
        text = JOINER.sub("", INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def tokenize(text: str) -> tuple[str, ...]:
    """Split text into words and punctuation marks, as the regular expression `TOKEN` says.

    Case is kept; `normalize` brings all else to one form. Never raises; tokenizing its own tokens
    joined by spaces gives the same tokens. sacreBLEU's 13a reads `detokenize(tokenize(text))` like
    `normalize(text)`.
    """
    split = _split if len(text) <= MOST_LETTERS else _split.__wrapped__  # nothing long is kept
    return tuple(chain.from_iterable(map(split, text.split())))


@lru_cache(maxsize=32_768)  # the same words come again and again
def _split(chunk: str) -> tuple[str, ...]:
    """Split what stands between two spaces; a token never reaches beyond."""
    return tuple(TOKEN.findall(normalize(chunk)))


def detokenize(tokens: Iterable[str]) -> str:
    """Join tokens to text as people write it: `the`, `man`, `'s`, `hat`, `.` to `the man's hat.`

    A quotation mark opens if none of its kind is open, otherwise it closes. Never raises.
    """
    pieces: list[str] = []
    glued, quoted = True, set[str]()
    for token in tokens:
        opens, closes = token in OPENING, CLOSING.fullmatch(token) is not None
        if token in QUOTES:
            opens = QUOTES[token] not in quoted
            closes = not opens
            quoted ^= {QUOTES[token]}
        pieces.append(token if glued or closes else f" {token}")
        glued = opens
    return "".join(pieces)
