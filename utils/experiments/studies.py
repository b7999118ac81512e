"""The studies, and how to run what is missing of one."""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

import torch
from tqdm import tqdm

from utils.experiments.alignment import ALIGNERS, PASSES, measure_agreement, measure_alignment
from utils.experiments.captions import RUNS, measure_both, measure_captions
from utils.experiments.coverage import JOINED, measure_coverage
from utils.experiments.dates import measure_dates
from utils.experiments.detector import measure_conventions, measure_detector
from utils.experiments.detector_captions import SEARCHES, measure_detector_captions
from utils.experiments.lengths import JOINED as IN_ONE_INPUT
from utils.experiments.lengths import measure_lengths
from utils.experiments.memory import SIZES, measure_memory
from utils.experiments.quality import (
    SCALES,
    measure_best,
    measure_cause,
    measure_fewer,
    measure_forcing,
    measure_form,
    measure_once,
    measure_quality,
    measure_rate,
    measure_start,
)
from utils.experiments.reach import measure_reach
from utils.experiments.recipes import TRIED, measure_pairs, measure_recipe
from utils.experiments.seeds import SEEDS
from utils.experiments.speed import LENGTHS, measure_cost, measure_pace, measure_speed
from utils.experiments.survival import measure_survival
from utils.experiments.tables import Table
from utils.experiments.transformers import measure_shift, measure_transformer
from utils.experiments.variants import (
    AT_RATES,
    CAUSES,
    CELLS,
    FEWER,
    FORMS,
    FOUR,
    ONCE,
    SCORES,
    STARTS,
    TAUGHT,
    VARIANTS,
)
from utils.system.paths import RESULTS
from utils.system.storage import check_writable


class Study(NamedTuple):
    """A table: the columns that name a run, the runs there are, and how to measure one.

    A study that is timed runs alone, with all cores, or with as many `threads` as it takes by
    itself; the others run side by side, one core each.
    """

    key: tuple[str, ...]
    runs: Sequence[tuple]
    measure: Callable[..., list[dict[str, Any]]]
    timed: bool
    threads: int | None = None


CHOOSING = (100, 101)  # seeds that choose a learning rate, and that no comparison has
BEST_OTHER = ("dot", 3e-3)  # what rates.csv chose; the other two keep the rate that they had

# Seeds vary slowest: after a stop each variant has about as many runs as any other.
STUDIES = {
    "quality": Study(
        ("seed", "scale", "variant"),
        list(product(range(SEEDS), reversed(SCALES), VARIANTS)),
        measure_quality,
        timed=False,
    ),
    "speed": Study(
        ("seed", "attention"),
        list(product(range(SEEDS), FOUR)),
        measure_speed,
        timed=True,
        threads=1,
    ),
    "cost": Study(
        ("seed", "length", "attention"),
        list(product(range(SEEDS), LENGTHS, FOUR)),
        measure_cost,
        timed=True,
    ),
    "captions": Study(
        ("translator", "split", "joined", "beam_size", "length_normalization"),
        RUNS,
        measure_captions,
        timed=False,
    ),
    "lengths": Study(("joined",), IN_ONE_INPUT, measure_lengths, timed=False),
    "coverage": Study(("joined",), JOINED, measure_coverage, timed=False),
    "both": Study(("split",), [("valid",), ("test",)], measure_both, timed=False),
    "recipes": Study(("seed", "recipe"), TRIED, measure_recipe, timed=False),
    "pairs": Study(("seed", "recipe"), TRIED, measure_pairs, timed=False),
    "pace": Study(("seed",), [(seed,) for seed in range(3)], measure_pace, timed=True),
    "memory": Study(("times", "in_memory"), SIZES, measure_memory, timed=True),
    "causes": Study(
        ("seed", "cause"), list(product(range(SEEDS), CAUSES)), measure_cause, timed=False
    ),
    "reach": Study(
        ("seed", "cell"), list(product(range(SEEDS), CELLS)), measure_reach, timed=False
    ),
    "starts": Study(
        ("seed", "start"), list(product(range(SEEDS), STARTS)), measure_start, timed=False
    ),
    "rates": Study(
        ("seed", "score", "rate"),
        [(seed, *key) for seed, key in product(CHOOSING, AT_RATES)],
        measure_rate,
        timed=False,
    ),
    "best": Study(
        ("seed", "score", "rate"),
        [(seed, *BEST_OTHER) for seed in range(SEEDS)],
        measure_best,
        timed=False,
    ),
    "transformer": Study(
        ("seed",), [(seed,) for seed in range(SEEDS)], measure_transformer, timed=False
    ),
    "shift": Study(("seed",), [(seed,) for seed in range(SEEDS)], measure_shift, timed=False),
    "forms": Study(("seed", "form"), list(product(range(SEEDS), FORMS)), measure_form, timed=False),
    "once": Study(("seed", "enters"), list(product(range(SEEDS), ONCE)), measure_once, timed=False),
    "fewer": Study(
        ("seed", "score", "pairs"),
        [(seed, *key) for seed, key in product(range(SEEDS), FEWER)],
        measure_fewer,
        timed=False,
    ),
    "forcing": Study(
        ("seed", "ratio"),
        list(product(range(SEEDS), TAUGHT)),
        measure_forcing,
        timed=False,
    ),
    "agreement": Study(("first", "second"), PASSES, measure_agreement, timed=False),
    "alignment": Study(
        ("aligner",), [(aligner,) for aligner in ALIGNERS], measure_alignment, timed=False
    ),
    "adversary": Study(
        ("seed", "attention"),
        list(product(range(SEEDS), SCORES)),
        measure_survival,
        timed=False,
    ),
    "detector": Study(
        ("seed", "attention"), list(product(range(SEEDS), SCORES)), measure_detector, timed=False
    ),
    "conventions": Study(
        ("seed", "attention"), list(product(range(SEEDS), SCORES)), measure_conventions, timed=False
    ),
    "dates": Study(("seed",), [(seed,) for seed in range(SEEDS)], measure_dates, timed=False),
    "detector_captions": Study(("beam_size",), SEARCHES, measure_detector_captions, timed=False),
}


def run_study(name: str, workers: int) -> None:
    """Run what is missing of a study."""
    study = STUDIES[name]
    threads = study.threads or (torch.get_num_threads() if study.timed else 1)
    circumstances = f"python -m utils.experiments {name}; threads in use: {threads}"
    table = Table(RESULTS / f"{name}.csv", study.key, circumstances)
    done = table.done()
    missing = [(study, run) for run in study.runs if run not in done]
    if missing:
        check_writable(table.path)  # a run may take hours
    with tqdm(total=len(study.runs), initial=len(study.runs) - len(missing), desc=name) as bar:
        if study.timed:
            for rows in map(_measure, missing):
                _note(table, rows, bar)
        else:
            with multiprocessing.get_context("spawn").Pool(workers, _prepare) as pool:
                for rows in pool.imap_unordered(_measure, missing):
                    _note(table, rows, bar)
    table.write()


def _note(table: Table, rows: list[dict[str, Any]], bar: tqdm) -> None:
    """Add a run; where it cannot be written, say so and go on: the next one writes both."""
    try:
        table.add(rows)
    except OSError as error:
        bar.write(f"{error}. The study goes on, and tries again after the next run.")
    bar.update()


def _prepare() -> None:
    """Set up a process for runs: one core is its share, and Ctrl-C is for the one that leads."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measure(task: tuple[Study, tuple]) -> list[dict[str, Any]]:
    study, run = task
    return study.measure(**dict(zip(study.key, run, strict=True)))
