"""One polarity for masks everywhere: True = may be attended to."""

import pytest
import torch
from toy import toy_fields, toy_model

from utils.experiments.all_at_once import AllAtOnceDecoder
from utils.models import build_transformer
from utils.models.attention import ATTENTIONS, Encoded, lengths_to_mask
from utils.models.layers import attend, causal_mask, project
from utils.models.table import TableModel
from utils.widgets import ScoreCalculator

MASK = torch.tensor([[True, True, True, False], [True, False, False, False]])  # (B, S)


def encoded(size, keys=None):
    memory = torch.randn(2, 4, size)
    return Encoded(memory, memory if keys is None else keys(memory), MASK)


def by_an_attention(name):
    query, memory = torch.randn(2, 8), torch.randn(2, 4, 8)
    return ATTENTIONS[name](8, 8)(query, memory, MASK)[1]


def transformer():
    return build_transformer(toy_fields(), 8, 2, 1, 12, seed=1).eval()


def by_heads():
    attention, memory = transformer().decoder.layers[0].multihead_attn, torch.randn(2, 4, 8)
    return attend(attention, torch.randn(2, 3, 8), project(attention, memory), MASK[:, None])[1]


def by_a_transformer():
    decoder = transformer().decoder
    source = encoded(8, decoder.project)
    return decoder.step(torch.randn(2, 8), decoder.start(source.memory), source)[2]


def all_at_once():
    decoder = AllAtOnceDecoder(toy_model("dot").config)
    return decoder.unroll(torch.randn(2, 3, 6), torch.randn(2, 8), encoded(8))[2]


def by_a_table():
    model = TableModel({(): {"a": 1.0}})
    return model.step(torch.zeros(2, 1), torch.zeros(2, 0), encoded(1))[2]


def in_the_calculator():
    memory = torch.randn(4, 2).tolist()
    calculators = [ScoreCalculator("abcd", memory, (1, -1), mask=mask.tolist()) for mask in MASK]
    return torch.tensor([calculator.weights for calculator in calculators])


LOOKING = {
    **{name: lambda name=name: by_an_attention(name) for name in ATTENTIONS},
    "heads": by_heads,
    "transformer": by_a_transformer,
    "all at once": all_at_once,
    "table": by_a_table,
    "calculator": in_the_calculator,
}


@pytest.mark.parametrize("name", LOOKING)
def test_there_is_no_weight_where_a_mask_is_false(name):
    with torch.no_grad():
        weights = LOOKING[name]()  # (B, S) or (B, N, S)
    for rows, mask in zip(weights.unsqueeze(1).flatten(1, -2), MASK, strict=True):
        assert rows[:, ~mask].eq(0).all()
        if name != "fixed":  # which attends only to the first and last word
            assert rows[:, mask].gt(0).all()
        torch.testing.assert_close(rows.sum(dim=1), torch.ones(len(rows)))


def test_a_transformers_encoder_reads_only_where_its_mask_is_true():
    encoder, source = transformer().encoder, torch.randint(4, 12, (2, 4))
    changed = torch.where(MASK, source, 5)
    with torch.no_grad():
        before, after = encoder(source, MASK), encoder(changed, MASK)
    torch.testing.assert_close(before[MASK], after[MASK])
    assert not torch.allclose(encoder(changed, torch.ones_like(MASK))[MASK], before[MASK])


def test_the_causal_mask_is_true_for_a_word_and_those_before_it():
    for length in (1, 2, 5):
        mask = causal_mask(length)
        assert mask.dtype == torch.bool
        assert all(mask[t].tolist() == [j <= t for j in range(length)] for t in range(length))


def test_lengths_mark_the_real_words():
    assert torch.equal(lengths_to_mask([3, 1], 4), MASK)
