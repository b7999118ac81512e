"""The measurements behind notebooks 03 and 06 to 13 and data/README.md, by `make experiments`.

The parts, in order:

    tables       results in data/results/*.csv, one run after another, so that a stop loses nothing
    parts        encoders and decoders that take the place of a model's
    looks        attentions that do
    variants     the four models, and models that differ from one of them in exactly one thing
    seeds        what five seeds say: means and differences, each with an interval
    signals      what a model shows while it writes, and how well that finds errors
    all_at_once  the Luong variant without a loop, for speed
    quality      BLEU, exact matches and alignment errors by sentence length
    adversary    weights far from the learned ones that leave a step's output as it is
    survival     which words and which translations survive other weights
    reach        how much gradient reaches each source word
    transformers  the Transformer with five seeds
    detector     entropy and missing links against wrong words, by both conventions of gold links
    speed        training and decoding speed, memory; time and memory against length
    texts        translations as text: BLEU, chrF, and sacreBLEU's paired bootstrap
    captions     the shipped translators of captions: how to search, and longer inputs
    lengths      long captions beside joined ones of the same length
    coverage     captions joined to one input, ranked with a penalty for what was skipped
    detector_captions  entropy and probability against the quality of a caption's translation
    recipes      what each part of the recipe for captions brings
    memory       how much a corpus takes that is 10, 100 or 1,000 times as large as mini
    ibm1         IBM model 1, the aligner of words that came before attention
    alignment    our own captions, linked by hand: how well attention aligns real sentences
    dates        notebook 13's page with five seeds: what they agree on
    studies      which runs there are of each, and how to run what is missing
"""
