"""What five trainings of notebook 13's page agree on, and what is the seed's."""

import json
import random
import re
from collections import Counter
from typing import Any

import torch

from utils.system.paths import NOTEBOOKS

PART = re.compile(r"  # page \d:")


def the_page() -> dict[str, Any]:
    """Run the cells that notebook 13 marks as parts of its page; return what they define."""
    text = (NOTEBOOKS / "13_your_own.ipynb").read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    exec("\n".join(source for source in sources if PART.search(source)), names)
    return names


def measure_dates(seed: int) -> list[dict[str, Any]]:
    """Train the page; return rows of measure, kind, at and count.

    `measure` is "right" (test dates), or "looks" (test dates of a kind of year, by the character of
    the year, from 1, that the first digit looks hardest at).
    """
    page = the_page()
    torch.manual_seed(seed), random.seed(seed)
    model = page["Translator"]()
    page["fit"](model, page["train"])
    test, translate = page["test"], page["translate"]
    counts = Counter({("right", "test", 0): page["exact"](model, test)})
    _, weights = translate(model, [text for text, _ in test])
    for (text, answer), row in zip(test, weights[:, 0], strict=True):
        start = len(text) - (3 if "'" in text else 4)
        kind = "'" * ("'" in text) + answer[:2]
        counts["looks", kind, int(row.argmax()) - start + 1] += 1
    names = ("measure", "kind", "at")
    return [
        {"seed": seed} | dict(zip(names, key, strict=True)) | {"count": count}
        for key, count in sorted(counts.items())
    ]
