"""The explorers: classes that hand words and settings to scripts in `js`; and figures like them."""

from utils.widgets.beam import BeamExplorer
from utils.widgets.calculator import ScoreCalculator
from utils.widgets.editor import AttentionEditor
from utils.widgets.head import HeadViewer
from utils.widgets.length import LengthExplorer
from utils.widgets.playground import Playground
from utils.widgets.quiz import QuickQuestions
from utils.widgets.schematic import *  # noqa: F403
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
