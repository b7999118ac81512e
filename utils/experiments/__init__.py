"""The measurements behind notebooks 08 and 10 and data/README.md, by `make experiments`.

The parts, in order:

    tables       results in data/results/*.csv, one run after another, so that a stop loses nothing
    variants     the four models, and models that differ from one of them in exactly one thing
    seeds        what five seeds say: means and differences, each with an interval
    all_at_once  the Luong variant without a loop, for speed
    quality      BLEU, exact matches and alignment errors by sentence length
    adversary    weights far from the learned ones that leave a step's output as it is
    survival     which words and which translations survive other weights
    speed        training and decoding speed, memory; time and memory against length
    captions     the shipped translator of captions: how to search, and longer inputs
    ladder       what each step brings on real captions, from plain words to a good translator
    memory       how much a corpus takes that is 10, 100 or 1,000 times as large as mini
    studies      which runs there are of each, and how to run what is missing
"""
