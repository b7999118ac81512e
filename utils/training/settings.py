"""Settings: everything besides model and data that a training run depends on."""

from dataclasses import dataclass

from utils.system.limits import COUNT, POSITIVE, SEED, SHARE, Limit, Limited, option

RATE = Limit(float, lambda x: 0 < x <= 10, "a number above 0 and at most 10")


@dataclass(frozen=True)
class Settings(Limited):
    """Everything besides model and data that a training run depends on.

    Each option, with its default, help and limit, is written only here: the command line is
    generated from it, and checkpoints record it. Raises ValueError for a number outside its limit,
    and for an average over more epochs than there are.
    """

    epochs: int = option("passes over the training pairs", COUNT, default=6)
    batch_size: int = option("sentence pairs per batch", COUNT, default=64)
    learning_rate: float = option("its peak: it rises, then falls to zero", RATE, default=6e-3)
    label_smoothing: float = option("share spread over all words; 0 is off", SHARE, default=0.1)
    clip: float = option("maximum gradient norm", POSITIVE, default=1.0)
    average: int = option("number of last epochs whose weights to average", COUNT, default=1)
    seed: int = option("for initial weights, batch order and dropout", SEED, default=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.average > self.epochs:
            raise ValueError(
                f"average must be at most the number of epochs, {self.epochs}, not {self.average}."
            )
