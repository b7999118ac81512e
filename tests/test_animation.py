"""The animation in the README: small, one frame per step, reproducible."""

import numpy as np
from PIL import Image

from utils.publishing import animation
from utils.trace import trace
from utils.translator import Translator

LARGEST = 1_500_000  # bytes


def traced():
    translator = Translator.load(f"mini-{animation.TRANSLATOR}")
    return trace(translator, translator.read(animation.SENTENCE))


def test_the_picture_in_the_readme_has_a_frame_for_each_step():
    with Image.open(animation.TARGET) as moving:
        assert moving.is_animated and moving.n_frames == len(traced().steps)
    assert animation.TARGET.stat().st_size <= LARGEST


def test_the_command_writes_it(tmp_path, monkeypatch):
    short = "Felix ruft die Eltern an ."
    target = tmp_path / "stepper.gif"
    monkeypatch.setattr(animation, "TARGET", target)
    monkeypatch.setattr(animation, "SENTENCE", short)
    assert animation.main() == 0
    with Image.open(target) as moving:
        assert moving.n_frames == len(traced().steps) == 6
        frames = []
        for number in range(moving.n_frames):
            moving.seek(number)
            frames.append(np.asarray(moving.convert("L"), dtype=float))
    dark = [(frame < 128).sum() for frame in frames]
    assert dark[-1] > dark[0]  # the heat map has gained rows
