"""Sentence pairs: the shipped mini corpus, Multi30k (downloaded), or a folder of your own.

pairs      Pair, Corpus
words      tokenize, detokenize
plain      what is text at all, and where its lines end
lines      lines of text files, checked, and the pairs that they make
links      links made by hand, sure and possible
languages  the pair of languages of a corpus
on_disk    pairs that stay on disk until they are asked for, for large files
download   Multi30k
load       load_corpus, load_split
grammar    a miniature German–English grammar, which wrote the mini corpus
"""

from utils.corpora.languages import language_name
from utils.corpora.load import load_corpus, load_split
from utils.corpora.pairs import GERMAN_ENGLISH, Corpus, CorpusError, Pair
from utils.corpora.words import detokenize, tokenize

__all__ = [
    "GERMAN_ENGLISH",
    "Corpus",
    "CorpusError",
    "Pair",
    "detokenize",
    "language_name",
    "load_corpus",
    "load_split",
    "tokenize",
]
