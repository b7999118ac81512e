"""The networks.

attention    FixedContext, DotAttention, GeneralAttention, AdditiveAttention
contract     what search and training ask of a model: protocols, and the base of the networks
config       what a model is built from: sizes that fit, words that are there
building     initial weights, the same for the same seed
seq2seq      Encoder, Decoder, Seq2Seq, build_model
layers       the layers of a Transformer
transformer  the same interface without recurrence: self-attention and cross-attention
table        a toy translator whose next-word probabilities you write in a table
contents     what a file with a model holds: written, checked, read
"""

from utils.models.attention import ATTENTIONS
from utils.models.contract import count_parameters
from utils.models.seq2seq import build_model
from utils.models.transformer import build_transformer

__all__ = ["ATTENTIONS", "build_model", "build_transformer", "count_parameters"]
