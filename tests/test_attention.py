"""Equations (2) to (5), for each attention."""

import pytest
import torch
from torch import nn
from toy import same_weights

from utils.experiments.variants import FOUR
from utils.models.attention import ATTENTIONS, DotAttention, FixedContext, lengths_to_mask

LENGTHS = [5, 2, 1]
MASK = lengths_to_mask(LENGTHS)
QUERY_SIZE = MEMORY_SIZE = 4
SCORED = [name for name in ATTENTIONS if name != "fixed"]

# The score of each class, written after its equation, for one s_{t-1} and one h_j at position j.
EQUATIONS = {
    "dot": lambda a, s, h, j: s @ h,
    "general": lambda a, s, h, j: s @ (a.W.weight @ h),
    "additive": lambda a, s, h, j: (
        a.v.weight[0] @ torch.tanh(a.W1.weight @ h + a.W2.weight @ s + a.W2.bias)
    ),
}


def build(name, query_size=QUERY_SIZE, memory_size=MEMORY_SIZE):
    torch.manual_seed(0)
    return ATTENTIONS[name](query_size, memory_size).double()


def draw(seed=0, query_size=QUERY_SIZE, memory_size=MEMORY_SIZE, lengths=LENGTHS):
    generator = torch.Generator().manual_seed(seed)
    options = {"generator": generator, "dtype": torch.float64}
    query = torch.randn(len(lengths), query_size, **options)
    return query, torch.randn(len(lengths), max(lengths), memory_size, **options)


@pytest.fixture(params=ATTENTIONS)
def attention(request):
    return build(request.param)


def test_mask_marks_the_real_words():
    expected = [[True, True, True], [True, False, False]]
    assert lengths_to_mask([3, 1]).tolist() == expected
    assert lengths_to_mask(torch.tensor([3, 1]), size=4)[:, :3].tolist() == expected
    assert not lengths_to_mask([3, 1], size=4)[:, 3].any()


def test_the_first_four_are_those_of_the_notebooks():
    assert list(ATTENTIONS)[:4] == list(FOUR) == ["fixed", "dot", "general", "additive"]


def test_context_and_weights_have_the_right_shapes(attention):
    context, weights = attention(*draw(), MASK)
    assert context.shape == (3, MEMORY_SIZE)
    assert weights.shape == (3, 5)


def test_padding_gets_no_weight_and_real_words_share_one(attention):
    _, weights = attention(*draw(), MASK)
    assert weights[~MASK].eq(0).all()
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(3, dtype=torch.float64))


def test_the_content_of_padding_changes_nothing(attention):
    query, memory = draw()
    overwritten = memory.masked_fill(~MASK.unsqueeze(-1), 1e6)
    for before, after in zip(
        attention(query, memory, MASK), attention(query, overwritten, MASK), strict=True
    ):
        assert torch.equal(before, after)


@pytest.mark.parametrize("factor", [1e6, -1e6])
def test_padding_gets_no_weight_however_low_the_scores(attention, factor):
    query, memory = draw()
    memory = (factor * query).unsqueeze(1).expand_as(memory)
    _, weights = attention(query, memory, MASK)
    assert weights[~MASK].eq(0).all()


def test_a_word_alone_gets_all_the_weight(attention):
    query, memory = draw()
    context, weights = attention(query, memory, MASK)
    assert weights[2].tolist() == [1, 0, 0, 0, 0]
    torch.testing.assert_close(context[2], memory[2, 0])


@pytest.mark.parametrize("name", SCORED)
def test_attention_equals_a_loop_over_words(name):
    attention, (query, memory) = build(name), draw()
    context, weights = attention(query, memory, MASK)
    for b, length in enumerate(LENGTHS):
        scores = [EQUATIONS[name](attention, query[b], memory[b, j], j) for j in range(length)]
        total = sum(score.exp() for score in scores)
        alphas = [score.exp() / total for score in scores]
        torch.testing.assert_close(weights[b, :length], torch.stack(alphas))
        expected = sum(alpha * memory[b, j] for j, alpha in enumerate(alphas))
        torch.testing.assert_close(context[b], expected)


def test_keys_projected_once_give_the_same(attention):
    query, memory = draw()
    keys = attention.project(memory)
    for given, made in zip(
        attention(query, memory, MASK, keys), attention(query, memory, MASK), strict=True
    ):
        assert torch.equal(given, made)


@pytest.mark.parametrize("name", SCORED)
def test_scores_come_from_the_keys_that_are_passed(name):
    attention, (query, memory) = build(name), draw()
    _, weights = attention(query, memory, MASK, attention.project(-memory))
    _, expected = attention(query, -memory, MASK)
    torch.testing.assert_close(weights, expected)


def test_no_state_is_kept(attention):
    first, second = draw(seed=1), draw(seed=2, lengths=[2, 3])
    short = lengths_to_mask([2, 3])
    attributes = set(vars(attention))
    weights = {name: weight.clone() for name, weight in attention.state_dict().items()}
    before = attention(*first, MASK), attention(*second, short)
    after = attention(*first, MASK), attention(*second, short)
    for one, other in zip(sum(before, ()), sum(after, ()), strict=True):
        assert torch.equal(one, other)
    assert set(vars(attention)) == attributes
    assert same_weights(attention.state_dict(), weights)


def test_fixed_context_ignores_the_query():
    attention, (query, memory) = build("fixed"), draw()
    for one, other in zip(
        attention(query, memory, MASK), attention(query + 1, memory, MASK), strict=True
    ):
        assert torch.equal(one, other)


def test_fixed_context_is_the_encoders_summary_at_every_length():
    """The last states are those that PyTorch itself hands out for a sentence without padding."""
    gru = nn.GRU(6, 4, bidirectional=True, batch_first=True)
    for length in (1, 2, 5):
        memory, last = gru(torch.randn(1, length, 6))  # (1, S, 8), (2, 1, 4)
        padded = torch.cat([memory, torch.randn(1, 3, 8)], dim=1)
        mask = lengths_to_mask([length], length + 3)
        context, _ = FixedContext(8, 8)(torch.zeros(1, 8), padded, mask)
        torch.testing.assert_close(context, torch.cat([last[0], last[1]], dim=-1))


def test_fixed_weights_are_on_the_first_and_last_real_word():
    _, weights = build("fixed")(*draw(), MASK)
    assert weights.tolist() == [[0.5, 0, 0, 0, 0.5], [0.5, 0.5, 0, 0, 0], [1, 0, 0, 0, 0]]


def test_dot_refuses_states_of_two_sizes():
    with pytest.raises(ValueError, match=r"dot attention .* 4 .* 6 numbers: use general or add"):
        ATTENTIONS["dot"](4, 6)


@pytest.mark.parametrize(
    "name", [n for n, kind in ATTENTIONS.items() if not issubclass(kind, DotAttention)]
)
def test_the_others_take_states_of_two_sizes(name):
    attention = build(name, memory_size=6)
    context, weights = attention(*draw(memory_size=6), MASK)
    assert (context.shape, weights.shape) == ((3, 6), (3, 5))


def test_additive_takes_a_hidden_size():
    attention = ATTENTIONS["additive"](4, 6, hidden_size=3)
    assert attention.project(torch.zeros(2, 5, 6)).shape == (2, 5, 3)
    assert attention.v.weight.shape == (1, 3)


@pytest.mark.parametrize("name", [name for name in ATTENTIONS if list(build(name).parameters())])
def test_gradients_reach_every_parameter(name):
    attention = build(name)
    attention(*draw(), MASK)[0].pow(2).sum().backward()
    assert all(parameter.grad.abs().max() > 1e-6 for parameter in attention.parameters())


def test_gradients_are_right(attention):
    query, memory = draw()
    inputs = query.requires_grad_(), memory.requires_grad_()
    assert torch.autograd.gradcheck(lambda q, m: attention(q, m, MASK)[0], inputs)


@pytest.mark.parametrize("name", SCORED)
def test_padding_gets_no_gradient(name):
    query, memory = draw()
    build(name)(query, memory.requires_grad_(), MASK)[0].sum().backward()
    assert memory.grad[~MASK].eq(0).all()
    assert memory.grad[MASK].ne(0).all()
