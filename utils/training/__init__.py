"""Training: `fit` for notebooks, `python -m utils.training` for the command line.

settings     a run's options, besides model and data
launch       what torchrun tells each process
processes    training in one process, or in several
joining      how several processes find each other, each with its own device
lengths      finds sentences that are too long before the first step
loss         what training minimizes and reports
optimizer    Adam and its learning-rate schedule
identity     what tells one run from another
run          one run: the model, its optimizer, its history
checkpoints  how a run resumes after a stop
loop         the training step, and fit
outputs      where the result goes: checked first, and never lost
options      command-line options, generated from the settings
"""

from utils.training.loop import fit
from utils.training.loss import validation_loss, word_loss
from utils.training.run import Epoch, History
from utils.training.settings import Settings

__all__ = ["Epoch", "History", "Settings", "fit", "validation_loss", "word_loss"]
