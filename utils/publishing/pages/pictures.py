"""Figures as files of their own, which a page loads when the reader comes near them."""

import base64
import hashlib
import re
from functools import cache
from io import BytesIO

from PIL import Image

from utils.widgets.png import with_few_colors

FOLDER = "figures"  # beside the pages
EMBEDDED = re.compile(r'<img\b[^>]*? src="data:image/png;base64,(?P<png>[^"]*)"[^>]*>')
ALT, WIDTH = re.compile(r"""alt=("[^"]*"|'[^']*')"""), re.compile(r'width="(\d+)"')
WHITE = b"\xff\xff\xff"
COLORS = 96  # of a chart: what its areas, lines, letters and their soft edges need


@cache
def small_picture(png: bytes) -> bytes:
    """Return a drawing as WebP: the same pixels, with no more colors than the eye can tell."""
    picture = Image.open(BytesIO(png))
    flat = Image.new("RGB", picture.size, "white")
    colored = picture.convert("RGBA")
    flat.paste(colored, mask=colored.getchannel("A"))
    file = BytesIO()
    with_few_colors(flat, COLORS).convert("RGB").save(file, "WEBP", lossless=True, quality=100)
    return file.getvalue()


def take_pictures_out(article: str, name: str) -> tuple[str, dict[str, bytes]]:
    """Return an article with addresses in place of its pictures, and their files by address.

    `name` is the page's. Width and height keep their room while they load. A picture with a
    ground of its own has the class "whole".
    """
    files: dict[str, bytes] = {}

    def take(found: re.Match) -> str:
        png = base64.b64decode(found["png"])
        alt, asked = ALT.search(found[0]), WIDTH.search(found[0])
        picture = Image.open(BytesIO(png)).convert("RGBA")
        width = int(asked[1]) if asked else picture.width
        height = round(picture.height * width / picture.width)
        edge = picture.crop((picture.width // 2, 1, picture.width // 2 + 1, 2)).tobytes()[:3]
        look = "" if edge == WHITE else ' class="whole"'
        address = f"{FOLDER}/{name[:2]}-{hashlib.sha256(png).hexdigest()[:8]}.webp"
        files[address] = small_picture(png)
        return (
            f'<img src="{address}"{look} width="{width}" height="{height}" loading="lazy" '
            f'decoding="async" {alt[0] if alt else ""}>'
        )

    return EMBEDDED.sub(take, article), files
