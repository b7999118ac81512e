// Lines of the master picture: only a weight's ribbon has a width that says something.

import { svgArrow } from "./svg.js";

const MASTER_LINE = 0.12; // letters

/** Return the width of every line that is not a weight, in pixels. */
export function lineWidth(f) {
  return f * MASTER_LINE;
}

/** Draw an arrow like `svgArrow`, as wide as every line that is not a weight. */
export function flowArrow(f, points, style) {
  return svgArrow(points, { ...style, width: lineWidth(f) });
}
