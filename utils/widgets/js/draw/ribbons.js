// Weights as widths: bars that sum to one, ribbons as wide as the weight, and what they add up to.

import { shortNumber, svgElement } from "./svg.js";

export const RIBBON_OPACITY = 0.4; // so that ink can be read on it, in both themes

/**
 * Return the centers of bars that stand as near as they can to where they want to, side by side.
 *
 * `wanted` are the centers they want, from left to right, `widths` the bars' widths in pixels. All
 * stay between `left` and `right`, `gap` apart, in their order.
 */
export function placeBars(wanted, widths, left, right, gap = 0) {
  // Neighbors in each other's way share a block; a block stands where its members want on average.
  const blocks = [];
  for (let j = 0; j < widths.length; j += 1) {
    let block = { first: j, width: widths[j], wish: wanted[j] - widths[j] / 2, count: 1 };
    while (blocks.length > 0) {
      const last = blocks[blocks.length - 1];
      if (blockStart(last, left, right) + last.width + gap <= blockStart(block, left, right)) break;
      blocks.pop();
      block = joinBlocks(last, block, gap);
    }
    blocks.push(block);
  }
  return barCentersOf(blocks, widths, left, right, gap);
}

/**
 * Return the centers of bars with a number above each, side by side like those of `placeBars`.
 *
 * Each bar has as much room as its number, where there is room for all; `numbers` are their widths
 * in pixels. Elsewhere the bars are at most `gap` apart, and a number may not be above its own.
 */
export function placeNumberedBars(wanted, widths, numbers, left, right, gap) {
  const slots = widths.map((width, j) => Math.max(width + 4, numbers[j]));
  const sum = slots.reduce((whole, slot) => whole + slot, 0);
  return sum <= right - left
    ? placeBars(wanted, slots, left, right)
    : placeBars(wanted, widths, left, right, gap);
}

/** Join two blocks; `wish` is the mean of the starts that the members want for the whole block. */
function joinBlocks(a, b, gap) {
  const shift = a.width + gap; // of b's members within the block
  const count = a.count + b.count;
  const wish = (a.wish * a.count + (b.wish - shift) * b.count) / count;
  return { first: a.first, width: shift + b.width, wish, count };
}

function blockStart(block, left, right) {
  return Math.max(Math.min(block.wish, right - block.width), left);
}

function barCentersOf(blocks, widths, left, right, gap) {
  const centers = [];
  for (const block of blocks) {
    let x = blockStart(block, left, right);
    for (let j = block.first; j < block.first + block.count; j += 1) {
      centers.push(x + widths[j] / 2);
      x += widths[j] + gap;
    }
  }
  return centers;
}

/** Return where each weight's share of a bar begins: its left edge, in units of the whole. */
export function shareStarts(weights) {
  const starts = [];
  let sum = 0;
  for (const weight of weights) {
    starts.push(sum);
    sum += weight;
  }
  return starts;
}

/**
 * Draw a ribbon from a bar centered at `from` to one centered at `to`, both [x, y] and `width`
 * wide. It keeps its width all the way.
 */
export function drawRibbon(from, to, width, color, data = {}) {
  const [half, middle] = [width / 2, (from[1] + to[1]) / 2];
  const n = shortNumber;
  const up = (side) => `${n(from[0] + side)} ${n(middle)} ${n(to[0] + side)} ${n(middle)} `;
  const down = (side) => `${n(to[0] + side)} ${n(middle)} ${n(from[0] + side)} ${n(middle)} `;
  const d = `M${n(from[0] - half)} ${n(from[1])}C${up(-half)}${n(to[0] - half)} ${n(to[1])}`
    + `H${n(to[0] + half)}C${down(half)}${n(from[0] + half)} ${n(from[1])}Z`;
  const named = { "data-width": width.toFixed(3), ...data };
  return svgElement("path", { d, fill: color, "fill-opacity": RIBBON_OPACITY, ...named });
}

/** Draw how a thread opens into a bar; both are { at: [x, y], width }. */
export function drawFunnel(thread, bar, color, data = {}) {
  const [[x0, y0], [x1, y1]] = [thread.at, bar.at];
  const [a, b] = [Math.min(thread.width, Math.max(bar.width, 1)) / 2, bar.width / 2];
  const n = shortNumber;
  const middle = n((y0 + y1) / 2);
  const d = `M${n(x0 - a)} ${n(y0)}`
    + `C${n(x0 - a)} ${middle} ${n(x1 - b)} ${middle} ${n(x1 - b)} ${n(y1)}H${n(x1 + b)}`
    + `C${n(x1 + b)} ${middle} ${n(x0 + a)} ${middle} ${n(x0 + a)} ${n(y0)}Z`;
  return svgElement("path", { d, fill: color, ...data });
}

/**
 * Draw a mixture: a bar from `left`, split into the colors of its shares.
 *
 * `shares` are objects { share, color, data }; they sum to one, and `length` is the whole.
 */
export function drawMixture(left, top, length, height, shares) {
  const starts = shareStarts(shares.map(({ share }) => share));
  return shares.map(({ share, color, data }, i) => svgElement("rect", {
    x: left + starts[i] * length,
    y: top,
    width: (share * length).toFixed(3),
    height,
    fill: color,
    ...data,
  }));
}

/** Draw bars as wide as the weights, centered at `centers`; without weight, `top` is lower. */
export function drawWeightBars(centers, y, unit, height, bars) {
  return bars.map(({ weight, color, data, top = y }, i) => svgElement("rect", {
    x: centers[i] - (weight * unit) / 2,
    y: top,
    width: (weight * unit).toFixed(3),
    height: top === y ? height : height / 4,
    fill: color,
    ...data,
  }));
}
