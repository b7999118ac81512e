"""The explorers: controls on top, a picture and its finding in words below.

Each explorer is a class with two kinds of functions beside it: one turns settings into data, one
turns data into a picture. Pictures are SVG text, so they are quick to draw and can be saved.
"""

from utils.widgets.beam import BeamExplorer
from utils.widgets.calculator import ScoreCalculator
from utils.widgets.editor import AttentionEditor
from utils.widgets.length import LengthExplorer
from utils.widgets.playground import Playground
from utils.widgets.quiz import QuickQuestions
from utils.widgets.stepper import AttentionStepper
from utils.widgets.training_viewer import TrainingRecorder, TrainingViewer

__all__ = [
    "AttentionEditor",
    "AttentionStepper",
    "BeamExplorer",
    "LengthExplorer",
    "Playground",
    "QuickQuestions",
    "ScoreCalculator",
    "TrainingRecorder",
    "TrainingViewer",
]
