"""Figures in dark colors: the same drawing with each color of the light theme exchanged.

What a figure says in a color of the light theme, it says in the dark one's, to the last digit; so
do the theme's tints, and the explorers around it agree. Colors between two of those, such as the
soft edges of letters, come to lie between theirs; a heat map's turn their lightness around.
"""

from functools import cache

import numpy as np

from utils.plots.colors import THEMES

TINTS = np.linspace(0, 1, 11)[1:, None]  # shares of a color over the ground
NEAR = 6  # the power with which the influence of a known color falls with the distance
FLOOR = 17  # of 255: black as white becomes it, the dark theme's ground
# Turns a color's hue by half a circle, as the CSS filter hue-rotate(180deg) does.
HALF_TURN = 2 * np.array([[0.213, 0.715, 0.072]]).repeat(3, axis=0) - np.eye(3)


def in_dark(colors: np.ndarray) -> np.ndarray:
    """Return colors of light figures, (K, 3) in 0 to 255, as a dark page shows them, as uint8."""
    light, change = known_colors()
    distance = ((colors[:, None].astype(float) - light) ** 2).sum(axis=2)  # (K, N)
    closeness = 1 / np.maximum(distance, 1e-6) ** (NEAR / 2)
    changes = closeness @ change / closeness.sum(axis=1, keepdims=True)
    return np.clip(np.rint(turned(colors) + changes), 0, 255).astype(np.uint8)


@cache
def known_colors() -> tuple[np.ndarray, np.ndarray]:
    """Return N light colors, (N, 3), and by how much their dark ones differ from `turned` ones."""
    names = [name for name in THEMES["light"] if name != "ground"]
    light, dark = (_with_tints(theme, names) for theme in ("light", "dark"))
    light, places = np.unique(light, axis=0, return_index=True)
    return light, dark[places] - turned(light)


def _with_tints(theme: str, names: list[str]) -> np.ndarray:
    """Return a theme's ground, and its other colors in tints over it, full ones first."""
    ground = _numbers(theme, "ground")
    full = np.array([_numbers(theme, name) for name in names])
    tints = [share * full + (1 - share) * ground for share in TINTS[::-1]]
    return np.vstack([ground[None], *tints])


def _numbers(theme: str, name: str) -> np.ndarray:
    color = str(THEMES[theme][name]).lstrip("#")
    return np.array([int(color[i : i + 2], 16) for i in (0, 2, 4)], float)


def turned(colors: np.ndarray) -> np.ndarray:
    """Return colors, (K, 3), with their lightness turned around and their hues kept."""
    inverse = FLOOR + (255 - FLOOR) * (1 - colors / 255)
    return np.clip(inverse @ HALF_TURN.T, 0, 255)
