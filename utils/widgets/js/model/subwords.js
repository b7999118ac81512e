// Words in pieces: byte-pair encoding, equal to utils/text/subwords.py and to sentencepiece.

export const WORD_START = "▁"; // the first piece of each word begins with it

/** Byte-pair encoding: pieces by their rank, the one that was learned first having rank 0. */
export class Subwords {
  /** @param {string[]} pieces in the order in which they were learned */
  constructor(pieces) {
    this.ranks = new Map(pieces.map((piece, rank) => [piece, rank]));
  }

  /**
   * Split each word on its own: ["ein", "karateanzug"] -> ["▁ein", "▁kar", "ate", …].
   * @param {string[]} words
   * @returns {string[]} for each word one piece or more, of which only the first begins with ▁
   */
  split(words) {
    return words.flatMap((word) => this.splitWord(word));
  }

  /** Split a word: begin with letters, and merge the neighbors that were learned first. */
  splitWord(word) {
    if (word === "") return [WORD_START];
    const marked = word.replace(/[▁ ]/gu, "_"); // only the first piece has the mark
    const letters = [...(WORD_START + marked).replace(/[\ud800-\udfff]/gu, "?")]; // half letters
    return this.joinUnknown(this.merge(letters));
  }

  /** Merge neighbors until no two of them are a piece; of equals, the leftmost. */
  merge(pieces) {
    const ranks = pieces.map((_, i) => this.rankOfPair(pieces, i));
    for (;;) {
      let best = 0;
      for (let i = 1; i < ranks.length; i += 1) if (ranks[i] < ranks[best]) best = i;
      if (ranks[best] === Infinity) return pieces;
      pieces.splice(best, 2, pieces[best] + pieces[best + 1]);
      ranks.splice(best, 1);
      ranks[best] = this.rankOfPair(pieces, best);
      if (best > 0) ranks[best - 1] = this.rankOfPair(pieces, best - 1);
    }
  }

  /** Return the rank of the piece that two neighbors make, or Infinity if they make none. */
  rankOfPair(pieces, i) {
    if (i + 1 === pieces.length) return Infinity;
    return this.ranks.get(pieces[i] + pieces[i + 1]) ?? Infinity;
  }

  /** Join letters that are no pieces, where they stand side by side: as sentencepiece does. */
  joinUnknown(pieces) {
    const joined = [];
    let wasKnown = true;
    for (const piece of pieces) {
      const known = this.ranks.has(piece);
      if (known || wasKnown) joined.push(piece);
      else joined[joined.length - 1] += piece;
      wasKnown = known;
    }
    return joined;
  }
}

/** Return the position of the word that each piece belongs to: ["▁kar", "ate"] -> [0, 0]. */
export function wordNumbers(pieces) {
  let number = -1;
  return pieces.map((piece, i) => {
    if (i === 0 || piece.startsWith(WORD_START)) number += 1;
    return number;
  });
}

/** Join pieces to words: the reverse of `split`. */
export function joinPieces(pieces) {
  const words = [];
  wordNumbers(pieces).forEach((number, i) => {
    const beginning = pieces[i].startsWith(WORD_START) ? WORD_START.length : 0;
    words[number] = (words[number] ?? "") + pieces[i].slice(beginning);
  });
  return words;
}

/**
 * Turn weights between pieces (T', S') into weights between words (T, S).
 *
 * How much a word is looked at is the sum over its pieces; how much a word of several pieces looks
 * is the mean over them. So each row still sums to 1.
 * @param {ArrayLike<number>[]} weights T' rows (S')
 * @param {string[]} target T' pieces
 * @param {string[]} source S' pieces
 * @returns {Float32Array[]} T rows (S)
 */
export function weightsOfWords(weights, target, source) {
  const columns = wordNumbers(source);
  const rows = wordNumbers(target);
  const counts = [];
  const sums = [];
  rows.forEach((row, t) => {
    sums[row] ??= new Float64Array((columns.at(-1) ?? -1) + 1);
    counts[row] = (counts[row] ?? 0) + 1;
    columns.forEach((column, j) => {
      sums[row][column] += weights[t][j];
    });
  });
  return sums.map((row, t) => Float32Array.from(row, (sum) => sum / counts[t]));
}
