"""Training: `fit` for notebooks, `python -m utils.training` for the command line.

settings     what a run depends on besides model and data
launch       what a launcher of several processes says to each of them
processes    one process that trains a model, or several
joining      how several find each other, each with a device of its own
lengths      sentences that are too long, found before the first step
loss         what is minimized and reported
optimizer    Adam, and its learning rate over the steps
identity     what a run is known by
run          one run: the model, what trains it, what it has learned so far
checkpoints  how a run goes on after a stop
loop         the training step, and fit
outputs      where the result goes: tried first, and never lost
options      the command line, made from the settings
"""

from utils.training.loop import fit
from utils.training.loss import validation_loss, word_loss
from utils.training.run import Epoch, History
from utils.training.settings import Settings

__all__ = ["Epoch", "History", "Settings", "fit", "validation_loss", "word_loss"]
