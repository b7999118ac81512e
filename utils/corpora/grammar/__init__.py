"""A miniature German–English grammar: sentence pairs of any length, with gold word alignment.

    schema       what the file may say
    lexicon      the words, read from data/lexicon.toml when one is first needed, and checked
    phrases      nouns, articles, adjectives, prepositions; agreement, and the links between words
    clauses      what a clause says, and word order in both languages
    rules        what nobody would say
    choices      random clauses that make sense
    sentences    random sentences: clauses joined
    generate     generate_pairs, and the splits of the shipped corpus
    conventions  which of the gold links are sure, and which others would be as good

`generate_pairs` is for any experiment of your own; `python -m utils.corpora.grammar` writes the
shipped corpus, data/mini. The words, and which go together, are in data/lexicon.toml.
"""

from utils.corpora.grammar.generate import generate_pairs, make_splits, write_splits

__all__ = ["generate_pairs", "make_splits", "write_splits"]
