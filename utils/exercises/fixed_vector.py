"""The exercises of notebook 02, on the fixed-vector encoder–decoder."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from utils.exercises.verdicts import Design, Mistake, Open, Predict, Write
from utils.models.attention import last_states, lengths_to_mask
from utils.models.seq2seq import Decoder, ModelConfig

PADDING, START, END = 1, 2, 3  # the numbers of special words
WORDS = 100  # that the cell of 02.4 reads
MOVED = 0.05  # how far its state may move
LOSSES = [math.log(2), math.log(8)]  # of the two real words in 02.1


def count_gru(input_size: int, state_size: int) -> int:
    """Return the number of parameters in a GRU cell: three times W, U and two biases."""
    return 3 * state_size * (input_size + state_size + 2)


def sizes(seed: int) -> tuple[int, int]:
    """Return the sizes of a cell's input and of its state."""
    return 3 + 2 * seed, 4 + 5 * seed


def padded_states(seed: int) -> tuple[Tensor, Tensor]:
    """Return states (3, 7, 6) of a batch with padding, and its lengths (3,)."""
    chance = torch.Generator().manual_seed(seed)
    lengths = torch.tensor([4, 7, 2 + seed % 4])
    states = torch.randn(3, 7, 6, generator=chance)
    return states * lengths_to_mask(lengths).unsqueeze(2) + 0.1, lengths


def _first(lengths: Tensor) -> Tensor:
    """Return the position of each row's first word."""
    return torch.zeros_like(lengths)


def _last(lengths: Tensor) -> Tensor:
    """Return the position of each row's last real word."""
    return lengths - 1


Places = Callable[[Tensor], Tensor]  # from the lengths (B,) to a position in each row (B,)


def _halves(left: Places, right: Places, swap: bool = False) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a summary that takes its two halves from other positions, or swaps them."""

    def summarize(states: Tensor, lengths: Tensor) -> Tensor:
        rows, half = torch.arange(len(states)), states.shape[2] // 2
        going_right, going_left = states[rows, left(lengths)], states[rows, right(lengths)]
        if swap:
            going_right, going_left = going_right.roll(half, 1), going_left.roll(half, 1)
        return torch.cat([going_right[:, :half], going_left[:, half:]], dim=1)

    return summarize


def find_fault_of_cell(cell: nn.GRUCell) -> str | None:
    """Find out why the state of a GRU cell does not survive 100 words."""
    if not isinstance(cell, nn.GRUCell) or (cell.input_size, cell.hidden_size) != (3, 2):
        return "Hand over the cell itself, an nn.GRUCell(3, 2): three numbers in, two kept."
    chance = torch.Generator().manual_seed(0)
    start = torch.tensor([[0.9, -0.7], [0.2, 0.4], [-0.5, 0.0]])  # (3, 2)
    state, words = start, torch.rand(WORDS, 3, 3, generator=chance)
    with torch.no_grad():
        from_input = words[0] @ cell.weight_ih.T + cell.bias_ih  # (3, 6)
        from_state = start @ cell.weight_hh.T + cell.bias_hh
        r, z, _ = (part.mean().item() for part in (from_input + from_state).sigmoid().chunk(3, 1))
        for word in words:
            state = cell(word, state)
    moved = (state - start).abs().max().item()
    if moved < MOVED:
        return None
    if z > 0.9:
        left = f"{z:.4f} to the power of {WORDS} is {z**WORDS:.2f}"
        return f"Nearly: z is {z:.4f} on average. But {left}, and no more of the state is left."
    if z < 0.1:
        return "z is near 0, so each word overwrites the state. Read the formula of h_j once more."
    if r > 0.9 or r < 0.1:
        return "You moved the reset gate r. It decides what the proposal sees, not what survives."
    return f"After {WORDS} words the state has moved by up to {moved:.2f}. Which gate keeps it?"


def cell_with(gate: int, bias: float) -> nn.GRUCell:
    """Return a GRU cell with this bias on one gate: 0 for r, 1 for z."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        cell = nn.GRUCell(3, 2)
        cell.bias_ih[2 * gate : 2 * gate + 2] = bias
    return cell


class Writer:
    """A decoder with the methods of the notebook's: its steps return logits and the next state."""

    def __init__(self, decoder: Decoder):
        self.decoder = decoder

    def start(self, c: Tensor) -> Tensor:  # (B, M) -> (B, Q)
        """Return s_0."""
        return self.decoder.start(c)

    def step(self, word: Tensor, state: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Read y_{t-1} (B,) in s_{t-1} (B, Q): return the logits (B, V) and s_t (B, Q)."""
        embedded = self.decoder.embedding(word)
        state = self.decoder.cell(torch.cat([embedded, c], dim=1), state)
        return self.decoder.predict(embedded, state, c), state


def free_running_logits(decoder: Writer, target: Tensor, c: Tensor) -> Tensor:
    """Feed the best word back: target (B, T), c (B, M) -> logits (B, T-1, V)."""
    return _logits_if(_best_word)(decoder, target, c)


def _best_word(logits: Tensor, target: Tensor, t: int) -> Tensor:
    """Return the word with the largest logit in each row: (B, V) -> (B,)."""
    return logits.argmax(dim=1)


def _logits_if(
    feed: Callable[[Tensor, Tensor, int], Tensor], forget: bool = False
) -> Callable[[Writer, Tensor, Tensor], Tensor]:
    """Return a decoding loop that feeds `feed(logits, target, t)` (B,), or that loses its state."""

    def run(decoder: Writer, target: Tensor, c: Tensor) -> Tensor:
        first = state = decoder.start(c)  # (B, Q)
        word, steps = target[:, 0], []  # (B,)
        for t in range(1, target.shape[1]):
            logits, state = decoder.step(word, first if forget else state, c)
            steps.append(logits)
            word = feed(logits, target, t)
        return torch.stack(steps, dim=1)

    return run


def writer_and_target(seed: int) -> tuple[Writer, Tensor, Tensor]:
    """Return a small decoder with large random parameters, two target rows, and their c (2, 8)."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        config = ModelConfig(20, 20, PADDING, PADDING, False, "fixed", 6, 8, 8, 0.0)
        decoder = Decoder(config).eval()
        for parameters in decoder.parameters():
            parameters.mul_(4.0)
        target, c = torch.randint(4, 20, (2, 7)), torch.rand(2, 8) * 2 - 1
    target[:, 0], target[0, 6], target[1, 4], target[1, 5:] = START, END, END, PADDING
    return Writer(decoder), target, c


EXERCISES = {
    "02.1": Predict(
        solution=math.exp(sum(LOSSES) / 2),
        mistakes=(
            Mistake(
                math.exp(sum(LOSSES) / 3),
                "You divide by three positions, but one of them is padding, and padding is not a "
                "word.",
            ),
            Mistake(
                sum(LOSSES) / 2,
                "That is the mean loss, in nats. Perplexity is its exponential.",
            ),
            Mistake(
                math.exp(sum(LOSSES)),
                "You take the exponential of the sum. Perplexity belongs to the mean loss per "
                "word.",
            ),
            Mistake(
                (2 + 8) / 2,
                "You average 2 and 8. Average the losses instead, and take the exponential "
                "afterward.",
            ),
            Mistake(
                2 / (1 / 2 + 1 / 8),
                "You average the probabilities first. Take the loss of each word, then the mean.",
            ),
        ),
        hint="Write down −ln p for each real word, take the mean, then the exponential.",
        praise="Right. The model is as unsure as someone who picks blindly among 4 words at each "
        "step.",
    ),
    "02.2": Write(
        solution=count_gru,
        inputs=sizes,
        mistakes=(
            Mistake(
                lambda input_size, state_size: 3 * state_size * (input_size + state_size + 1),
                "You count one bias for each gate. How many does PyTorch keep?",
            ),
            Mistake(
                lambda input_size, state_size: 3 * state_size * (input_size + state_size),
                "The biases are missing. They are learned as well.",
            ),
            Mistake(
                lambda input_size, state_size: state_size * (input_size + state_size + 2),
                "You count a single gate. How many matrices W are stacked in weight_ih?",
            ),
            Mistake(
                lambda input_size, state_size: 2 * state_size * (input_size + state_size + 2),
                "You count two gates. The proposal has its own W, U and biases.",
            ),
        ),
        hint="Add up weight_ih (3H, E), weight_hh (3H, H), bias_ih (3H) and bias_hh (3H).",
        praise="Right. Double E, and the Ws double; double H, and the Us grow fourfold.",
    ),
    "02.3": Write(
        solution=last_states,
        inputs=padded_states,
        mistakes=(
            Mistake(
                lambda states, lengths: states[:, -1],
                "That is the fault. In a short sentence, position −1 is padding. And at which "
                "position has the right-to-left GRU read everything?",
            ),
            Mistake(
                _halves(_last, _last),
                "Your right-to-left half has read only one word. Where does that GRU stop?",
            ),
            Mistake(
                _halves(lambda lengths: _first(lengths) - 1, _first),
                "In short sentences, your left-to-right half comes from padding. Use the lengths.",
            ),
            Mistake(
                _halves(_first, _first),
                "Your left-to-right half has read only the first word. Where does that GRU stop?",
            ),
            Mistake(
                _halves(_last, _first, swap=True),
                "The positions are right, but the halves are swapped: left-to-right comes first.",
            ),
        ),
        hint="First half: row b at its own last real word. Second half: each row at position 0.",
        praise="Right. Each row needs a position of its own, so the lengths are part of the input.",
    ),
    "02.4": Design(
        solution=cell_with(1, 20.0),
        find_fault=find_fault_of_cell,
        praise="Right. But now no word leaves a trace: training has to learn when to keep and when "
        "to write.",
    ),
    "02.5": Write(
        solution=free_running_logits,
        inputs=writer_and_target,
        mistakes=(
            Mistake(
                _logits_if(lambda logits, target, t: target[:, t]),
                "You feed the reference words: that is teacher forcing. Which word did the model "
                "itself find best?",
            ),
            Mistake(
                _logits_if(lambda logits, target, t: target[:, 0]),
                "You feed <sos> at every step, so the decoder never sees what it has written.",
            ),
            Mistake(
                _logits_if(_best_word, forget=True),
                "Each of your steps starts from s₀. Keep the state that the last step returned.",
            ),
            Mistake(
                _logits_if(lambda logits, target, t: logits.argmin(dim=1)),
                "You feed the least probable word.",
            ),
        ),
        hint="Feed <sos>, the first column of the target; after that, the argmax of the last "
        "logits. Return the logits of all T − 1 steps.",
        praise="Right. After its first wrong word, the model continues a sentence that is no "
        "longer the reference.",
    ),
    "02.6": Open(
        rubric="2 points for an expectation with a reason, 3 for a measurement in which one thing "
        "changes, 3 for the numbers and what they say, 2 for another explanation."
    ),
}
