"""Figures as files of their own, which a page loads when the reader comes near them."""

import base64
import hashlib
import re
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from utils.publishing.pages.dark import in_dark
from utils.widgets.png import with_few_colors

FOLDER = "figures"  # beside the pages
DARK = "screen and (prefers-color-scheme: dark)"
EMBEDDED = re.compile(r'<img\b[^>]*? src="data:image/png;base64,(?P<png>[^"]*)"[^>]*>')
ALT, WIDTH = re.compile(r"""alt=("[^"]*"|'[^']*')"""), re.compile(r'width="(\d+)"')
WHITE = b"\xff\xff\xff"
NIGHT = "-dark.webp"  # the end of the names of pictures for dark pages
COLORS = 96  # of a chart: what its areas, lines, letters and their soft edges need


@cache
def page_pictures(png: bytes) -> tuple[bytes, bytes]:
    """Return a drawing for light and for dark pages, as WebP with no more colors than needed."""
    picture = Image.open(BytesIO(png)).convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    few = with_few_colors(flat, COLORS)
    colors = np.array(few.getpalette("RGB"), np.uint8).reshape(-1, 3)
    return _as_webp(np.asarray(few), colors), _as_webp(np.asarray(few), in_dark(colors))


def _as_webp(places: np.ndarray, colors: np.ndarray) -> bytes:
    """Return a picture, (H, W) places in a palette (K, 3), as a file."""
    file = BytesIO()
    Image.fromarray(colors[places]).save(file, "WEBP", lossless=True, quality=100)
    return file.getvalue()


def is_light(address: str) -> bool:
    """Tell whether a picture's file is for light pages, and for paper."""
    return not address.endswith(NIGHT)


def take_pictures_out(article: str, name: str) -> tuple[str, dict[str, bytes]]:
    """Return an article with addresses in place of its pictures, and their files by address.

    `name` is the page's. Width and height keep their room while they load. A picture with a
    ground of its own has the class "whole". Dark pages show another file, with "-dark" in its
    name: what the reader's system prefers, unless the page's button says otherwise.
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
        dark = address.replace(".webp", NIGHT)
        files[address], files[dark] = page_pictures(png)
        size = f'width="{width}" height="{height}" loading="lazy" decoding="async"'
        image = f'<img src="{address}"{look} {size} {alt[0] if alt else ""}>'
        return f'<picture><source srcset="{dark}" media="{DARK}">{image}</picture>'

    return EMBEDDED.sub(take, article), files
