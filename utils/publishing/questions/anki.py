"""Questions as a package of flash cards for Anki: pictures and decks come along in one file.

Anki also reads tables, but then pictures have to be copied by hand. `genanki` writes the package.
"""

import json
import sqlite3
import time
import zlib
from collections.abc import Sequence
from contextlib import closing
from io import BytesIO
from itertools import count, groupby
from zipfile import ZIP_DEFLATED, ZipFile

import genanki

from utils.publishing.questions.cards import Card, to_html

FIELDS = ("Name", "Question", "Picture", "Options", "Answer", "Reasons", "Reread")
FRONT = "<h3>{{Question}}</h3>{{Picture}}{{Options}}"
BACK = "{{FrontSide}}<hr id=answer><h3>{{Answer}}</h3>{{Reasons}}<p><small>{{Reread}}</small></p>"
STYLE = """.card { font: 18px/1.45 sans-serif; max-width: 40em; margin: 1em auto; }
h3 { font-size: 1.05em; } img { max-width: 100%; background: white; } li { margin: .35em 0; }"""


def anki_package(cards: Sequence[Card], name: str) -> bytes:
    """Return a package with a deck for each notebook below the deck `name`.

    Importing a later package changes the cards that are there and keeps what was learned.
    """
    model = genanki.Model(
        _number(f"{name} model"),
        name,
        fields=[{"name": field} for field in FIELDS],
        templates=[{"name": "Question", "qfmt": FRONT, "afmt": BACK}],
        css=STYLE,
    )
    decks = []
    for title, group in groupby(cards, key=lambda card: card.title):
        deck = genanki.Deck(_number(f"{name} {title}"), f"{name}::{title}")
        for card in group:
            deck.add_note(_note(card, model))
        decks.append(deck)
    return _packed(decks, cards)


def _number(name: str) -> int:
    """Return the number by which Anki knows something again: the same for the same name."""
    return zlib.crc32(name.encode())


def _note(card: Card, model: genanki.Model) -> genanki.Note:
    question = card.question
    options = "".join(f"<li>{to_html(option.text)}</li>" for option in question.options)
    reasons = "".join(f"<li>{to_html(option.why)}</li>" for option in question.options)
    right = question.options[question.answer].text
    picture = "" if card.picture is None else card.picture.html("")
    fields = [question.name, to_html(question.text), picture]
    fields += [f'<ol type="a">{options}</ol>', f"{card.letter}: {to_html(right)}"]
    fields += [f'<ol type="a">{reasons}</ol>', card.reread]
    tags = [*question.objectives, f"difficulty-{question.difficulty}"]
    guid = genanki.guid_for(question.name)
    return genanki.Note(model=model, fields=fields, tags=tags, guid=guid)


def _packed(decks: Sequence[genanki.Deck], cards: Sequence[Card]) -> bytes:
    """Return the decks and the cards' pictures as one file, as `Package.write_to_file` would."""
    now = time.time()  # Anki takes a card anew if it is younger than the one that it has
    pictures = [card.picture for card in cards if card.picture is not None]
    packed = BytesIO()
    with closing(sqlite3.connect(":memory:")) as connection, ZipFile(packed, "w") as archive:
        genanki.Package(decks).write_to_db(connection.cursor(), now, count(int(now * 1000)))
        connection.commit()
        archive.writestr("collection.anki2", connection.serialize(), ZIP_DEFLATED)
        names = {str(i): picture.file for i, picture in enumerate(pictures)}
        archive.writestr("media", json.dumps(names))
        for number, picture in zip(names, pictures, strict=True):
            archive.writestr(number, picture.png)
    return packed.getvalue()
