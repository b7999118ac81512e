"""Training: `fit` for notebooks, `python -m utils.training` for the command line.

launch       what a launcher of several processes says to each of them
processes    several processes that train one model together
lengths      sentences that are too long, found before the first step
loss         what is minimized and reported
identity     what a run is known by
run          one run: its settings, its steps, its epochs
checkpoints  how a run goes on after a stop
outputs      where the result goes: tried first, and never lost
loop         fit
"""

from utils.training.loop import fit
from utils.training.loss import validation_loss, word_loss
from utils.training.run import Epoch, History, Settings

__all__ = ["Epoch", "History", "Settings", "fit", "validation_loss", "word_loss"]
