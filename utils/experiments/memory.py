"""How much memory a corpus takes that is 10, 100 or 1,000 times as large as mini.

Counted apart, as Linux does in /proc/self/status: private memory, which only this process has and
which must fit, and the mapped pages of files, which the system drops when memory is short. Sizes
are in megabytes of 10⁶ bytes; it runs on Linux only.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any

from utils.batches import make_batches
from utils.corpora import load_corpus
from utils.experiments.speed import BATCH_SIZE, time_updates
from utils.models import build_model
from utils.system.paths import DATA
from utils.text import build_fields

SIZES = [(10, False), (100, False), (1000, False), (10, True), (100, True)]  # times, in memory
BATCHES, UPDATES = 200, 20
STATUS = Path("/proc/self/status")
KINDS = {"private": "RssAnon", "mapped": "RssFile"}


def measure_memory(times: int, in_memory: bool) -> list[dict[str, Any]]:
    """Return one row: memory and seconds for a corpus of `times` as many training pairs as mini.

    The files are written for this, without alignments, and deleted. A new process reads them.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repeat_mini(folder, times)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            row = pool.submit(read_corpus, folder, in_memory).result()
        text = sum((folder / f"train.{end}").stat().st_size for end in ("de", "en"))
        index = sum(path.stat().st_size for path in folder.glob("index/train*"))
    sizes = {"text_megabytes": text / 1e6, "index_megabytes": index / 1e6}
    return [{"times": times, "in_memory": in_memory} | sizes | row]


def repeat_mini(folder: Path, times: int) -> None:
    """Write a corpus with mini's training sentences `times` over, and its other splits as is."""
    for path in [*(DATA / "mini").glob("*.de"), *(DATA / "mini").glob("*.en")]:
        with (folder / path.name).open("wb") as file:
            for _ in range(times if path.stem == "train" else 1):
                with path.open("rb") as text:
                    shutil.copyfileobj(text, file)


def read_corpus(folder: Path, in_memory: bool) -> dict[str, Any]:
    """Load a corpus, count its words, make batches and train with a few: seconds and memory.

    before is the private memory with all packages imported; the other sizes are the most that was
    seen until then. The seconds are of the processor: other programs do not count.
    """
    row = {"before": _megabytes("private")}
    with _watched() as most:
        started = time.process_time()
        corpus = load_corpus(folder, in_memory=in_memory)
        row["load_seconds"] = time.process_time() - started
        fields = build_fields(corpus)
        row["vocabulary_seconds"] = time.process_time() - started - row["load_seconds"]
        started = time.process_time()
        batches = make_batches(corpus.train, fields, BATCH_SIZE, shuffle=True)
        some = list(islice(batches, BATCHES))[:UPDATES]
        row["batches_seconds"] = time.process_time() - started
        row |= most
        model = build_model(fields)
        time_updates(model, some, fields.padding)
    return row | {"pairs": len(corpus.train), "private_with_updates": most["private"]}


@contextmanager
def _watched(pause: float = 0.02) -> Iterator[dict[str, float]]:
    """Give a dictionary that holds the most memory of each kind, seen every `pause` seconds."""
    most, stop = dict.fromkeys(KINDS, 0.0), Event()

    def watch() -> None:
        while not stop.wait(pause):
            most.update({kind: max(value, _megabytes(kind)) for kind, value in most.items()})

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        stop.set()
        watcher.join()


def _megabytes(kind: str) -> float:
    """Return this process' memory of a kind."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text("utf-8").splitlines())
    return int(lines[KINDS[kind]].split()[0]) * 1024 / 1e6
