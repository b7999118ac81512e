// What the score calculator shows, as drawings: no element of a page is touched in here.

import { planeIn } from "../draw/plane.js";
import { svgRoot, wrapWords } from "../draw/svg.js";
import { PLANE_END } from "./calculatormath.js";
import { drawFlow, layoutFlow, tokenPlace } from "./calculatorflow.js";
import { placeCalculatorNames } from "./calculatornames.js";
import { SMALL, captionOf, drawPlaneSide } from "./calculatorplane.js";
import { calculatorScene, wordInFocus } from "./calculatorscene.js";
import { placeTips } from "./calculatortips.js";
import { calculatorFinding, writeNumber } from "./calculatorwords.js";

const FLOW_BESIDE_FROM = 600; // pixels of width from which the numbers stand beside the plane
const WIDEST_FLOW = 620;
const LARGEST_PLANE = 560;
const LEAST_PLANE = 200;
const EDGE = 12; // pixels around everything
const TICKS = 20; // pixels for the numbers left of the plane and below it

/** Return the view that a state begins with. */
export function calculatorView(state) {
  return { state, scene: calculatorScene(state), focus: null, hasArithmetic: false };
}

/** Return the layout for a picture of `width` pixels, at most `tall` high. */
export function layoutCalculator({ width, tall }, view) {
  const isBeside = width >= FLOW_BESIDE_FROM;
  const share = isBeside ? width * 0.47 : width;
  const room = share - 2 * EDGE - TICKS;
  const caption = wrapCaption(view, Math.min(room, LARGEST_PLANE));
  const head = SMALL * 1.35 * caption.length + 6;
  const roomBelow = Math.max(tall - 2 * EDGE - head - TICKS, LEAST_PLANE);
  const side = Math.min(room, LARGEST_PLANE, roomBelow);
  const planeTall = head + side + TICKS;
  const left = EDGE + TICKS;
  const flowWidth = isBeside
    ? Math.min(width - left - side - 3 * EDGE - TICKS, WIDEST_FLOW)
    : width - 2 * EDGE - TICKS;
  const spare = isBeside ? Math.max(width - left - side - 3 * EDGE - TICKS - flowWidth, 0) / 2 : 0;
  const plane = planeIn(left + spare, EDGE + head, side, PLANE_END);
  const flowLeft = isBeside ? plane.left + side + 2 * EDGE + TICKS : EDGE + TICKS;
  const flowTop = isBeside ? EDGE : EDGE * 2 + planeTall;
  const flow = layoutFlow(flowLeft, flowTop, flowWidth, isBeside ? planeTall : 0, view);
  const height = Math.max(EDGE + planeTall, flowTop + flow.tall) + EDGE;
  return { width, height, plane, caption, flow };
}

/** Return the caption in lines: as many with c pointed at as without, for the plane keeps still. */
function wrapCaption(view, room) {
  const [asked, usual] = [view, { ...view, isMixing: false }].map((each) =>
    captionOf(each).flatMap((line) => wrapWords(line.split(" "), room, SMALL)));
  return asked.length === usual.length ? asked : usual;
}

/** Draw the calculator: {svg, handles, plane, names}. */
export function drawCalculator({ focus, ...asked }, room) {
  const shown = { ...asked, focus: wordInFocus({ ...asked, focus }), pointed: focus };
  const layout = layoutCalculator(room, shown);
  const placed = { ...shown, places: placeTips(shown, layout.plane) };
  const names = placeCalculatorNames(placed, layout.plane);
  const view = { ...placed, names };
  const svg = svgRoot(
    layout.width, layout.height, calculatorFinding(view.state),
    drawPlaneSide(view, layout),
    drawFlow(view, layout.flow),
  );
  return { svg, handles: handlesOf(view, layout), plane: layout.plane, names };
}

/** Draw the still picture, `width` pixels wide. */
export function drawCalculatorStill(state, width) {
  return drawCalculator({ ...calculatorView(state), isStill: true }, { width, tall: 480 }).svg;
}

/** Return what can be grabbed, pointed at and pressed: c, below all else, the tips, the tokens. */
function handlesOf(view, { flow }) {
  const { state, scene, places } = view;
  const { words, mask } = state;
  const [x, y] = places.context.grip;
  const label = "context c, the weighted mix";
  const mix = { id: "c", kind: "toggle", isOn: view.isPinned, label, x, y };
  const context = scene.weights.some(Boolean) ? [mix] : [];
  const tips = [
    { id: "s", label: "query s", place: places.query, number: state.query },
    ...words.map((word, j) => ({
      id: `h${j + 1}`, label: `${word}, h ${j + 1}`, place: places.words[j],
      number: state.memory[j],
    })),
  ].map(({ id, label, place, number }) => {
    const [x, y] = place.grip;
    return { id, label, x, y, value: number.map((part) => writeNumber(part)).join(" and ") };
  });
  const tokens = words.map((word, j) => ({
    id: `mask${j + 1}`, kind: "toggle", isOn: !mask[j], label: `mask ${word}`,
    height: flow.size * 1.7, ...tokenPlace(flow, words, j),
  }));
  return [...context, ...tips, ...tokens];
}
