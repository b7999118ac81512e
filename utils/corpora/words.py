"""Text to words and back: one regular expression cuts, a few rules for spaces join."""

import re
import string
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

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


def tokenize(text: str) -> tuple[str, ...]:
    """Split text into words and punctuation marks, as the regular expression `TOKEN` says.

    Case is kept, Unicode is brought to NFC. Never raises; tokenizing its own tokens joined by
    spaces gives the same tokens. sacreBLEU's 13a reads `detokenize(tokenize(text))` like `text`.
    """
    return tuple(chain.from_iterable(map(_split, unicodedata.normalize("NFC", text).split())))


@lru_cache(maxsize=32_768)  # the same words come again and again
def _split(chunk: str) -> tuple[str, ...]:
    """Split what stands between two spaces; a token never reaches beyond."""
    return tuple(TOKEN.findall(chunk))


def detokenize(tokens: Iterable[str]) -> str:
    """Join tokens to text as people write it: `the`, `man`, `'s`, `hat`, `.` to `the man's hat.`

    A quotation mark opens if none of its kind is open, otherwise it closes. Never raises.
    """
    pieces, glued, quoted = [], True, set()
    for token in tokens:
        opens, closes = token in OPENING, CLOSING.fullmatch(token) is not None
        if token in QUOTES:
            opens = QUOTES[token] not in quoted
            closes = not opens
            quoted ^= {QUOTES[token]}
        pieces.append(token if glued or closes else f" {token}")
        glued = opens
    return "".join(pieces)
