"""The Transformer: its parts follow the attention equations, and it can replace a `Seq2Seq`."""

import pytest
import torch
from torch.nn import functional as F
from toy import fit_with, mixed_batch, number_pairs, same_weights, stopped, toy_corpus, toy_fields

from utils.corpora import Corpus
from utils.decoding import beam_search, greedy
from utils.evaluation import exact_match
from utils.models.attention import DotAttention, lengths_to_mask
from utils.models.contract import count_parameters
from utils.models.layers import DecoderLayer, attend, causal_mask, positions, project
from utils.models.transformer import Transformer, build_transformer
from utils.text import END, START, build_fields, encode_sources
from utils.training import Settings
from utils.training.optimizer import build_optimizer
from utils.translator import Translator


def toy_transformer(**options):
    """Build an untrained Transformer, the same each time, in evaluation mode."""
    settings = {"size": 8, "heads": 2, "hidden_size": 12, "seed": 1} | options
    return build_transformer(toy_fields(), **settings).eval()


def decided_transformer(seed=1):
    """Build an untrained Transformer that clearly prefers some words to others."""
    model = toy_transformer(seed=seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


@pytest.fixture(scope="module")
def model():
    return toy_transformer()


def marks():
    """Return the numbers of `<sos>` and `<eos>`."""
    return [toy_fields().target.vocab.stoi[word] for word in (START, END)]


# --- the formula ---


def test_dot_attention_divided_by_the_root_of_d_is_pytorchs():
    torch.manual_seed(0)
    queries, memory = torch.randn(3, 4, 6), torch.randn(3, 5, 6)  # (B, T, d), (B, S, d)
    mask = lengths_to_mask([5, 2, 4])
    theirs = F.scaled_dot_product_attention(queries, memory, memory, attn_mask=mask.unsqueeze(1))
    attention = DotAttention(6, 6)
    for t, query in enumerate(queries.unbind(1)):
        ours, _ = attention(query / 6**0.5, memory, mask)
        torch.testing.assert_close(ours, theirs[:, t], atol=1e-6, rtol=0)


def test_positions_follow_the_formula():
    table = positions(7, 6)
    assert table.shape == (7, 6)
    for j, k in [(0, 0), (3, 1), (6, 2)]:
        angle = torch.tensor(j / 10_000 ** (2 * k / 6))
        torch.testing.assert_close(table[j, 2 * k], angle.sin())
        torch.testing.assert_close(table[j, 2 * k + 1], angle.cos())
    assert len(positions(100, 8).unique(dim=0)) == 100


def test_a_word_may_look_at_itself_and_at_those_before_it():
    assert causal_mask(3).tolist() == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_the_decoders_layer_computes_what_pytorchs_does(model):
    layer = model.decoder.layers[0]
    words, memory, mask = torch.randn(2, 4, 8), torch.randn(2, 5, 8), lengths_to_mask([5, 3])
    own_mask = causal_mask(4)
    own, source = (
        project(layer.self_attn, layer.norm1(words)),
        project(layer.multihead_attn, memory),
    )
    ours, weights = layer.read(words, own, source, own_mask, mask.unsqueeze(1))
    # In PyTorch's layers, True means the opposite: masked out.
    theirs = layer(words, memory, tgt_mask=~own_mask, memory_key_padding_mask=~mask)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4))
    assert weights[1, :, 3:].eq(0).all()


def test_looking_with_projected_keys_is_multi_head_attention(model):
    attention = model.decoder.layers[0].multihead_attn
    words, memory, mask = torch.randn(2, 4, 8), torch.randn(2, 5, 8), lengths_to_mask([5, 3])
    theirs = attention(words, memory, memory, key_padding_mask=~mask)
    ours = attend(attention, words, project(attention, memory), mask.unsqueeze(1))
    torch.testing.assert_close(ours, theirs)


def test_the_layers_start_from_different_weights(model):
    first, second = (layer.linear1.weight for layer in model.encoder.layers)
    assert not torch.equal(first, second)
    assert isinstance(model.decoder.layers[0], DecoderLayer)


def test_in_training_some_weights_are_dropped_and_whole_ones_returned():
    model = toy_transformer(dropout=0.5).train()
    attention = model.decoder.layers[0].multihead_attn
    words, memory, mask = torch.randn(2, 4, 8), torch.randn(2, 5, 8), lengths_to_mask([5, 3])
    outputs, weights = zip(
        *(attend(attention, words, project(attention, memory), mask[:, None]) for _ in range(2)),
        strict=True,
    )
    assert not torch.allclose(*outputs)
    torch.testing.assert_close(*weights)
    torch.testing.assert_close(weights[0].sum(dim=2), torch.ones(2, 4))


# --- the model ---


def test_a_tied_model_has_one_matrix_of_words():
    fields = build_fields(toy_corpus(), subwords=40)
    sizes = {"size": 8, "heads": 2, "hidden_size": 12, "seed": 1}
    tied, free = (build_transformer(fields, **sizes, tied=tied) for tied in (True, False))
    words = len(fields.target.vocab)
    assert count_parameters(free) - count_parameters(tied) == 2 * 8 * words
    assert tied.decoder.output.weight is tied.encoder.embedding.weight
    spread = float(tied.encoder.embedding.weight[4:].detach().std())
    assert spread * tied.config.embedding_factor == pytest.approx(1, abs=0.25)  # as √½ waves are


def test_a_tied_model_needs_one_vocabulary():
    with pytest.raises(ValueError, match="one vocabulary for both languages: use subwords"):
        toy_transformer(tied=True)


def test_a_batch_of_one_equals_its_row(model):
    batch = mixed_batch()
    logits, weights = model(*batch)
    assert logits.shape == (4, 6, len(toy_fields().target.vocab)) and weights.shape == (4, 6, 5)
    for b, length in enumerate(batch.source_lengths.tolist()):
        source, target = batch.source[b : b + 1, :length], batch.target[b : b + 1]
        alone = model(source, torch.tensor([length]), target)
        torch.testing.assert_close(logits[b : b + 1], alone[0])
        torch.testing.assert_close(weights[b : b + 1, :, :length], alone[1])
        assert weights[b, :, length:].eq(0).all()


def test_later_target_words_do_not_change_earlier_logits(model):
    source, lengths, target = mixed_batch()
    changed = target.clone()
    changed[:, 3] = torch.where(target[:, 3] == 4, 5, 4)
    before, after = model(source, lengths, target)[0], model(source, lengths, changed)[0]
    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3], after[:, 3])


def test_without_positions_shuffled_words_give_a_shuffled_memory(model, monkeypatch):
    source, lengths = encode_sources([("eins", "zwei", "drei", "vier")], toy_fields())
    order = [2, 0, 3, 1]
    _, here = model.encode(source, lengths)
    _, there = model.encode(source[:, order], lengths)
    assert not torch.allclose(here.memory[:, order], there.memory, atol=1e-3)
    monkeypatch.setattr(
        "utils.models.layers.positions", lambda length, size: torch.zeros(length, size)
    )
    _, here = model.encode(source, lengths)
    _, there = model.encode(source[:, order], lengths)
    torch.testing.assert_close(here.memory[:, order], there.memory)


def test_with_wanted_words_the_logits_are_theirs_alone(model):
    batch = mixed_batch()
    wanted = batch.target[:, 1:] != toy_fields().target.vocab.stoi["<pad>"]
    torch.testing.assert_close(model(*batch, wanted)[0], model(*batch)[0][wanted])


def test_the_seed_decides_the_weights():
    first = toy_transformer(seed=3).state_dict()
    state = torch.get_rng_state()
    assert same_weights(first, toy_transformer(seed=3).state_dict())
    assert torch.equal(state, torch.get_rng_state())
    assert not same_weights(first, toy_transformer(seed=4).state_dict())


@pytest.mark.parametrize("sizes", [{"size": 9}, {"size": 10, "heads": 4}, {"size": 9, "heads": 3}])
def test_sizes_that_do_not_fit_raise_a_clear_error(sizes):
    with pytest.raises(ValueError, match="size must be even and a multiple of"):
        toy_transformer(**sizes)


# --- in the place of a Seq2Seq ---


def test_greedy_decoding_writes_what_teacher_forcing_finds_most_probable():
    model, (start, end) = decided_transformer(), marks()
    source, lengths = encode_sources([pair.source for pair in number_pairs(5)], toy_fields())
    for b, found in enumerate(greedy(model, source, lengths, start, end)):
        assert len(found.words) > 1
        target = torch.tensor([[start, *found.words.tolist(), end]])
        length = int(lengths[b])
        logits, weights = model(source[b : b + 1, :length], lengths[b : b + 1], target)
        assert logits[0, : len(found.words)].argmax(-1).tolist() == found.words.tolist()
        torch.testing.assert_close(weights[0, : len(found.words)], found.weights, atol=1e-4, rtol=0)


def test_a_beam_of_one_finds_what_greedy_finds():
    model, (start, end) = decided_transformer(), marks()
    source, lengths = encode_sources([pair.source for pair in number_pairs(5)], toy_fields())
    beams = beam_search(model, source, lengths, start, end, beam_size=1)
    for (best,), found in zip(beams, greedy(model, source, lengths, start, end), strict=True):
        assert best.words.tolist() == found.words.tolist()
    larger = beam_search(model, source, lengths, start, end, beam_size=3)
    assert all(len(found) == 3 for found in larger)


def test_it_overfits_a_few_sentences():
    pairs = number_pairs(12, shortest=2, longest=5, seed=5)
    model = toy_transformer(size=16, hidden_size=32)
    corpus = Corpus(pairs, pairs, pairs)
    options = {"epochs": 60, "learning_rate": 1e-2, "label_smoothing": 0.0, "quiet": True}
    history = fit_with(model, toy_fields(), corpus, **options)
    translations = Translator(model, toy_fields()).translate([pair.source for pair in pairs])
    assert exact_match([t.tokens for t in translations], [p.target for p in pairs]) == 100
    assert history.best.valid_loss < 0.1


def test_all_its_weights_learn_at_one_rate(model):
    (group,) = build_optimizer(model, Settings(learning_rate=0.5)).param_groups
    assert group["max_lr"] == 0.5
    assert len(group["params"]) == len(list(model.parameters()))


def test_its_checkpoint_resumes_where_it_stopped(tmp_path):
    whole, halves = toy_transformer(), toy_transformer()
    options = {"epochs": 2, "batch_size": 8, "quiet": True}
    fit_with(whole, toy_fields(), toy_corpus(), **options)

    def stop(epoch):
        raise KeyboardInterrupt

    path = tmp_path / "run.pt"
    stopped(halves, toy_fields(), toy_corpus(), checkpoint=path, on_epoch=stop, **options)
    again = toy_transformer(seed=9)
    fit_with(again, toy_fields(), toy_corpus(), checkpoint=path, **options)
    assert same_weights(whole.state_dict(), again.state_dict())


def test_a_saved_translator_loads_and_translates_the_same(tmp_path):
    translator = Translator(decided_transformer(), toy_fields())
    translator.save(tmp_path / "toy.pt")
    loaded = Translator.load(tmp_path / "toy.pt")
    assert isinstance(loaded.model, Transformer) and loaded.model.config == translator.model.config
    assert same_weights(loaded.model.state_dict(), translator.model.state_dict())
    sentences = [pair.source for pair in number_pairs(4)]
    before, after = translator.translate(sentences), loaded.translate(sentences)
    assert [t.tokens for t in before] == [t.tokens for t in after]


def test_its_weights_can_be_read_as_an_alignment(model):
    pairs = number_pairs(3)
    for weights, pair in zip(Translator(model, toy_fields()).align(pairs), pairs, strict=True):
        assert weights.shape == (len(pair.target), len(pair.source))
