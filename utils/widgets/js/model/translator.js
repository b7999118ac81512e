// A translator: model, vocabularies, and everything between a typed sentence and its translation.
//
// Its weights come from utils/widgets/weights.py, as {header, data}: what the header says of the
// model, and its numbers as bytes or base 85. In a page they are in a script of their own, which
// leaves them in `attentionModels`.

import { decodeFloats, largest, toBytes } from "./numbers.js";
import { Seq2Seq } from "./seq2seq.js";
import { Transformer } from "./transformer.js";
import { beamTree, greedySearch, lengthLimit, rankFinished } from "./search.js";
import { Subwords, joinPieces, weightsOfWords } from "./subwords.js";
import { SPECIALS, detokenize, matchCase, tokenize } from "./words.js";

const NETWORKS = { ModelConfig: Seq2Seq, TransformerConfig: Transformer };
const [UNKNOWN, , START, END] = SPECIALS;
const BEST = 5;

/** Return the model that a header and its bytes describe: see utils/widgets/weights.py. */
function buildNetwork({ kind, config, type, shapes, tied }, data) {
  const numbers = decodeFloats(toBytes(data), type);
  const weights = {};
  let start = 0;
  for (const [name, shape] of shapes) {
    const size = shape.reduce((product, length) => product * length, 1);
    weights[name] = numbers.subarray(start, start + size);
    start += size;
  }
  for (const [name, source] of Object.entries(tied)) weights[name] = weights[source];
  if (start !== numbers.length) throw new Error("the weights are not those of this model.");
  return new NETWORKS[kind](config, weights);
}

/** Return the models that scripts of this page have left, by name. */
export function registeredModels() {
  return globalThis.attentionModels ?? {};
}

/** A model with the vocabularies it was trained with. */
export class Translator {
  /** @param {{header: Object, data: string | ArrayBuffer | ArrayBufferView}} packed */
  constructor({ header, data }) {
    this.model = buildNetwork(header, data);
    this.languages = header.languages; // such as ["de", "en"], and what to call them:
    this.languageNames = header.language_names; // ["German", "English"]
    this.sourceWords = header.source_words;
    this.targetWords = header.target_words ?? header.source_words;
    this.subwords = header.pieces && new Subwords(header.pieces);
    this.numbers = new Map(this.sourceWords.map((word, number) => [word, number]));
    this.ends = { start: this.targetWords.indexOf(START), end: this.targetWords.indexOf(END) };
  }

  /** What the model reads in a place: "words", or "pieces" of words. */
  get unit() {
    return this.subwords ? "pieces" : "words";
  }

  /** Return what the model reads for words, still as text: pieces, if it reads those. */
  piecesOf(words) {
    if (this.subwords) return this.subwords.split(words);
    return words.map((word) => (SPECIALS.includes(word) ? UNKNOWN : word));
  }

  /** Tell whether the model knows a word, or all of its pieces. */
  knows(word) {
    const unknown = this.numbers.get(UNKNOWN);
    return this.piecesOf([word]).every((piece) => (this.numbers.get(piece) ?? unknown) !== unknown);
  }

  /** Split text into the words that the model will see. Never throws. */
  read(text) {
    return matchCase(tokenize(text), (word) => this.knows(word));
  }

  /** Return the words that the model reads as `<unk>`, or in pieces of which one is `<unk>`. */
  unknownWords(words) {
    return words.filter((word) => !this.knows(word));
  }

  /** Return words as S numbers, those of their pieces if the model reads those. */
  encode(words) {
    const unknown = this.numbers.get(UNKNOWN);
    return this.piecesOf(words).map((piece) => this.numbers.get(piece) ?? unknown);
  }

  /**
   * Translate words greedily and keep all that is computed.
   * @param {string[]} words at least one, as `read` returns them
   * @param {?function(number, Float32Array, ?Object): ArrayLike<number>} overwrite: `greedySearch`
   * @param {?{encoded: Object, steps: Object[]}} known of an earlier trace of these words: its
   *   first steps, without the last, which stay as they are
   * @returns {{source: string[], words: string[], tokens: string[], score: number, encoded: Object,
   *   steps: Object[]}} what the model read and wrote, in its own words or pieces; the translation
   *   in words; its log-probability; and for each step what `step` returns, the `word` that was
   *   written, its `number`, and `best`, the five most probable next words, [word, probability]
   */
  trace(words, overwrite = null, known = null) {
    const encoded = known?.encoded ?? this.model.encode(this.encode(words));
    const limit = lengthLimit(encoded.memory.length);
    const before = (known?.steps ?? []).map((step) => ({ ...step, word: step.number }));
    const found = greedySearch(this.model, encoded, this.ends, limit, overwrite, before);
    const written = found.words.map((number) => this.targetWords[number]);
    return {
      source: this.piecesOf(words),
      words: written,
      tokens: this.subwords ? joinPieces(written) : written,
      score: found.score,
      encoded,
      steps: found.steps.map((step) => ({
        ...step,
        number: step.word,
        word: this.targetWords[step.word],
        best: step.best ?? this.bestWords(step.logProbabilities),
      })),
    };
  }

  /** Return the most probable words, each [word, probability]. */
  bestWords(logProbabilities, count = BEST) {
    return largest(logProbabilities, count).map((number) => [
      this.targetWords[number],
      Math.exp(logProbabilities[number]),
    ]);
  }

  /**
   * Search with a beam of K.
   * @param {string[]} words at least one, as `read` returns them
   * @returns {{source: string[], columns: Object[][], ended: Object[]}} what the model read, and
   *   the tree that `beamTree` returns, in which each beginning also has its last word as `text`
   */
  search(words, beamSize) {
    const encoded = this.model.encode(this.encode(words));
    const limit = lengthLimit(encoded.memory.length);
    const { columns, ended } = beamTree(this.model, encoded, this.ends, limit, beamSize);
    const named = columns.map((column) =>
      column.map((node) => ({ ...node, text: this.targetWords[node.word] })),
    );
    return { source: this.piecesOf(words), columns: named, ended };
  }

  /**
   * Rank what a search has found; another ρ needs no other search.
   * @param {Object} tree what `search` returned
   * @param {number} beamSize K
   * @param {number} rho the length normalization
   * @returns {Object[]} what `rankFinished` returns, best first: `words` in words or pieces of the
   *   model, `tokens` in words, the same as `text`, and `weights` between words (T, S)
   */
  rank(tree, beamSize, rho = 1) {
    return rankFinished(tree, beamSize, rho).map((found) => {
      const words = found.words.map((number) => this.targetWords[number]);
      const tokens = this.subwords ? joinPieces(words) : words;
      const weights = this.subwords
        ? weightsOfWords(found.weights, words, tree.source)
        : found.weights;
      return { ...found, words, tokens, text: detokenize(tokens), weights };
    });
  }

  /**
   * Return the 1 to K translations of a beam, best first; a beam of 1 is greedy search.
   * @param {string[]} words as `read` returns them
   * @returns {Object[]} as `rank`; a sentence without words has a translation without words
   */
  translate(words, beamSize = 1, rho = 1) {
    if (words.length === 0) return [{ tokens: [], text: "", weights: [], score: 0 }];
    return this.rank(this.search(words, beamSize), beamSize, rho);
  }
}
