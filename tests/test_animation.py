"""The animation in the README: the stepper's own pictures, small, each step and the way to it."""

from itertools import pairwise

import numpy as np
from PIL import Image

from utils.publishing import animation
from utils.trace import trace
from utils.translator import Translator

LARGEST = 1_500_000  # bytes


def step_count():
    translator = Translator.load(animation.TRANSLATOR)
    return len(trace(translator, translator.read(animation.SENTENCE)).steps)


def test_the_picture_in_the_readme_moves_and_is_small():
    with Image.open(animation.TARGET) as moving:
        assert moving.is_animated and moving.n_frames >= step_count()
    assert animation.TARGET.stat().st_size <= LARGEST


def test_the_command_draws_each_step_and_the_way_to_it(tmp_path, monkeypatch):
    target = tmp_path / "stepper.gif"
    monkeypatch.setattr(animation, "TARGET", target)
    monkeypatch.setattr(animation, "SENTENCE", "Felix ruft die Eltern an .")
    monkeypatch.setattr(animation, "BETWEEN", 2)
    assert animation.main() == 0
    with Image.open(target) as moving:
        steps = step_count()
        assert moving.n_frames == steps + 2 * (steps - 1)
        frames, times = [], []
        for number in range(moving.n_frames):
            moving.seek(number)
            times.append(moving.info["duration"])
            frames.append(np.asarray(moving.convert("L"), dtype=float))
    at_rest = [number for number, time in enumerate(times) if time > animation.MOVE]
    assert at_rest == list(range(0, len(frames), 3))
    for before, after in pairwise(at_rest):
        whole = np.abs(frames[after] - frames[before]).sum()
        first = np.abs(frames[before + 1] - frames[before]).sum()
        assert 0 < first < whole  # on the way, not there yet
    cells = [frame[120:, 800:] for frame in (frames[0], frames[-1])]  # of the heat map
    colored = [(part < 200).sum() for part in cells]
    assert colored[1] > 3 * colored[0]  # it has gained rows
