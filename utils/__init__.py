"""Translate with and without attention: the code behind the notebooks.

Data flows one way, and the modules are the stations, in this order. A module imports only from
those above it:

    environment  is everything there? standard library only
    start        the first cell of every notebook: this project's code, wherever it was opened
    failures     what the system refuses, in one sentence; how a command ends
    limits       numbers that a person chooses, checked
    sizes        how long a sentence may be, and how many are worked on together
    pairs        Pair: a sentence in two languages
    grammar      a miniature German–English grammar: sentence pairs with gold word alignment
    storage      files that are written whole or not at all
    editions     the notebooks read, and what is made of them written where people work
    corpora      load_corpus: the shipped corpus, Multi30k, or a folder of your own
    subwords     words in pieces, by sentencepiece
    text         words to numbers: vocabularies and bucketed batches (torchtext lives here)
    attention    FixedContext, DotAttention, GeneralAttention, AdditiveAttention
    config       what a model is built from: sizes that fit, words that are there
    model        Encoder, Decoder, Seq2Seq, build_model
    transformer  the same interface without recurrence: self-attention and cross-attention
    table_model  a toy translator whose next-word probabilities you write in a table
    contents     what a file with a model holds: written, checked, read
    decoding     greedy search and beam search, batched
    translator   Translator = model + vocabularies
    trace        one translation, with everything that is computed on the way
    evaluation   BLEU, exact match, alignment error rate
    training     fit, checkpoints, and `python -m utils.training`
    experiments  what takes longer than a notebook may: `make experiments`
    exercises    checkers: a hint for a wrong answer, "not attempted yet" for none
    labels       any word as a figure can show it
    plots        one function for each kind of picture
    widgets      the explorers: controls, a picture, its finding in words
    animation    the moving picture of the README: `make animation`
    translate    `python -m utils.translate "…"`: from the command line
    classroom    the edition without answers: `make classroom`
    pages        the series as web pages: `make html`; its figures on one: `make figures`
    slides       the series as slides: `make slides`
    notebooks    `make notebooks`: run the notebooks and save them with their outputs
    launch       the notebooks' first cell, and the project's address, written everywhere
"""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
if not (_ROOT / "data" / "mini").is_dir():
    raise ImportError(
        f"The data of attention-notebooks is not in {_ROOT}, since only an editable install leaves "
        "the code beside it: get the whole project, and run `make lab` in its folder.",
        name=__name__,
    )

if sys.argv[:1] == ["-m"]:  # `python -m utils.…` imports this, and for seconds what it needs
    from utils.failures import end_interrupted

    sys.excepthook = end_interrupted
