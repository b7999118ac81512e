"""Adam, with a learning rate that rises for a tenth of the steps, then falls to zero."""

from torch import nn
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from utils.models.attention import Attention
from utils.training.settings import Settings

WARM_UP = 0.1  # share of the steps in which the learning rate rises


def parameter_groups(model: nn.Module) -> list[tuple[float, list[nn.Parameter]]]:
    """Return each attention's parameters with its learning-rate factor, then the rest with 1.

    See `Attention.learning_rate_factor`.
    """
    attentions = [module for module in model.modules() if isinstance(module, Attention)]
    groups = [(each.learning_rate_factor, list(each.parameters())) for each in attentions]
    special = {id(parameter) for _, group in groups for parameter in group}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in special]
    return [*groups, (1.0, rest)]


def build_optimizer(model: nn.Module, settings: Settings) -> Adam:
    """Return Adam with a group per attention, and one for the rest; see `parameter_groups`.

    A group's peak learning rate is `group["max_lr"]`.
    """
    rate = settings.learning_rate
    groups = [{"params": group, "max_lr": rate * f} for f, group in parameter_groups(model)]
    return Adam(groups, lr=rate, betas=(0.9, 0.98))


def build_schedule(optimizer: Optimizer, steps: int, done: int = 0) -> OneCycleLR:
    """Return the one-cycle schedule over `steps`, after `done` of them; Smith & Topin (2019)."""
    peaks = [group["max_lr"] for group in optimizer.param_groups]
    # With 10 steps, the rise would last a single one, and OneCycleLR divides by that minus one.
    rise = WARM_UP if steps != 10 else 2 * WARM_UP
    return OneCycleLR(optimizer, peaks, total_steps=steps, pct_start=rise, last_epoch=done - 1)
