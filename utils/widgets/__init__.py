"""The explorers: pictures to be grabbed, computed and drawn by the browser.

A class here hands words, settings and weights to a script in `js/explorers`, and cells set and
read its traits. The same scripts live in pages and slides, without a kernel.
"""

from utils.widgets.beam import BeamExplorer
from utils.widgets.calculator import ScoreCalculator
from utils.widgets.editor import AttentionEditor
from utils.widgets.head import HeadViewer
from utils.widgets.length import LengthExplorer
from utils.widgets.playground import Playground
from utils.widgets.quiz import QuickQuestions
from utils.widgets.stepper import AttentionStepper
from utils.widgets.training_viewer import TrainingRecorder, TrainingViewer

__all__ = [
    "AttentionEditor",
    "AttentionStepper",
    "BeamExplorer",
    "HeadViewer",
    "LengthExplorer",
    "Playground",
    "QuickQuestions",
    "ScoreCalculator",
    "TrainingRecorder",
    "TrainingViewer",
]
