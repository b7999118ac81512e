"""Every kind of explorer, by the name that its script and its pages know it by."""

from utils.widgets.beam import BeamExplorer
from utils.widgets.calculator import ScoreCalculator
from utils.widgets.editor import AttentionEditor
from utils.widgets.head import HeadViewer
from utils.widgets.length import LengthExplorer
from utils.widgets.live import LiveExplorer
from utils.widgets.playground import Playground
from utils.widgets.quiz import QuickQuestions
from utils.widgets.stepper import AttentionStepper
from utils.widgets.training_viewer import TrainingViewer

KINDS: tuple[type[LiveExplorer], ...] = (
    Playground,
    ScoreCalculator,
    AttentionStepper,
    LengthExplorer,
    AttentionEditor,
    BeamExplorer,
    TrainingViewer,
    HeadViewer,
    QuickQuestions,
)
EXPLORERS = {kind.name: kind for kind in KINDS}
