// Quick questions, one at a time: the options are the browser's own radio buttons. See host.js for
// root and host.

import { changeButton, makeButton, makeElement } from "./elements.js";
import { Frame } from "./frame.js";
import { makeIcon } from "./icons.js";
import { drawQuizPicture } from "./quizpicture.js";
import { answerQuestion, drawQuizPaper, isFirstTry, nextQuestion } from "./quizview.js";
import { optionLetter, optionNote, questionState, quizFinding } from "./quizview.js";
import { quizScore, retryMissed, takeChoices, unfinishedQuestion } from "./quizview.js";

const LARGER_PICTURE = 1.3; // where letters are large

/** Show quick questions in `root`; returns a function that takes them away. */
export function mountQuiz(root, host) {
  const quiz = new QuizExplorer(root, host);
  return () => quiz.end();
}

class QuizExplorer {
  constructor(root, host) {
    this.root = root;
    this.host = host;
    this.pending = null; // an option that the arrow keys reached, not chosen yet
    this.isPassing = false; // an arrow key is down
    this.frame = new Frame(root, { paint: () => this.paint(), reset: () => this.reset() });
    root.classList.add("at-quiz");
    this.build(host.get("questions"));
    this.ends = ["chosen", "question"].map((name) => host.onChange(name, () => this.hearCell()));
    this.readHost();
    this.frame.paintSoon();
  }

  build(questions) {
    this.group = `at-${Math.random().toString(36).slice(2)}`; // radio buttons know their group
    this.quiz = { questions, chosen: questions.map(() => null), first: questions.map(() => null) };
    this.numbers = [...questions, null].map((question, i) => this.makeNumber(question, i));
    const row = makeElement("nav", { "aria-label": "Questions" }, ...this.numbers);
    this.frame.controls.append(row);
    this.back = makeButton("back", "Back", () => this.goTo(this.at - 1));
    this.go = makeButton("next", "Next question", () => this.goOn());
    this.frame.below.append(makeElement("div", { class: "at-row" }, this.back, this.go));
    const paper = makeElement("div", { class: "at-paper" });
    paper.innerHTML = drawQuizPaper(questions); // escaped there
    this.root.append(paper);
  }

  makeNumber(question, i) {
    const text = question ? String(i + 1) : "Score";
    const button = makeElement("button", { type: "button", "data-question": i + 1 }, text);
    button.addEventListener("click", () => this.goTo(i));
    return button;
  }

  readHost() {
    const { host, quiz } = this;
    const { length } = quiz.questions;
    this.at = Math.min(Math.max((host.get("question") ?? 1) - 1, 0), length);
    const first = host.get("first");
    if (first?.length === length) this.quiz = { ...quiz, first };
    const chosen = host.get("chosen");
    if (chosen?.length === length) this.quiz = takeChoices(this.quiz, chosen);
  }

  /** Take what a cell set; this is called for what the reader did, too. */
  hearCell() {
    const [chosen, question] = [this.host.get("chosen"), this.host.get("question")];
    if (String(chosen) === String(this.quiz.chosen) && question === this.at + 1) return;
    this.readHost();
    this.pending = null;
    this.host.set("first", this.quiz.first);
    this.frame.paintSoon();
  }

  reset() {
    this.take(takeChoices(this.quiz, this.quiz.questions.map(() => null)));
    this.goTo(0);
  }

  take(quiz) {
    this.quiz = quiz;
    this.pending = null;
    this.host.set("first", quiz.first);
    this.host.set("chosen", quiz.chosen);
    this.tell();
    this.frame.paintSoon();
  }

  /** Tell the page around it which first answers were right, for the reader's own record. */
  tell() {
    const { questions, first } = this.quiz;
    const right = first.map((option, i) => (option === null ? null : questions[i].options[option].right));
    this.root.dispatchEvent(new CustomEvent("at-answered", { bubbles: true, detail: right }));
  }

  choose(option) {
    this.take(answerQuestion(this.quiz, this.at, option));
  }

  /** Mark an option that the arrow keys reached. */
  pass(option) {
    this.pending = option;
    this.frame.paintSoon();
  }

  goTo(number) {
    this.at = Math.min(Math.max(number, 0), this.quiz.questions.length);
    this.pending = null;
    this.host.set("question", this.at + 1);
    this.isMoving = true; // the focus goes along
    this.frame.paintSoon();
  }

  goOn() {
    if (this.pending !== null) this.choose(this.pending);
    else if (this.at < this.quiz.questions.length) this.goTo(nextQuestion(this.quiz, this.at));
    else if (unfinishedQuestion(this.quiz) !== null) this.goTo(unfinishedQuestion(this.quiz));
    else this.tryAgain();
  }

  tryAgain() {
    const [first] = quizScore(this.quiz).missed;
    this.take(retryMissed(this.quiz));
    this.goTo(first);
  }

  paint() {
    const { at, frame, quiz } = this;
    if (this.shown !== at || at === quiz.questions.length) this.showPage();
    if (at < quiz.questions.length) this.showNotes();
    this.showPicture();
    this.numbers.forEach((button, i) => this.showNumber(button, i));
    this.showButtons();
    frame.say(quizFinding(quiz, at));
    if (this.isMoving) this.moveFocus();
  }

  /** Put the question in place, or the score. */
  showPage() {
    const { at, quiz } = this;
    this.shown = at;
    const page = at < quiz.questions.length ? this.makeQuestion(at) : makeScore(this);
    this.frame.picture.replaceChildren(page);
  }

  makeQuestion(number) {
    const { text, options, picture } = this.quiz.questions[number];
    this.options = options.map((option, i) => makeOption(this, option, i));
    const legend = makeElement("legend", {}, text);
    this.figure = picture ? makeElement("figure") : null;
    this.drawnWidth = null;
    const parts = makeElement("div", { class: "at-parts" }, ...(picture ? [this.figure] : []),
      makeElement("div", { class: "at-options" }, ...this.options.map(({ element }) => element)));
    return makeElement("fieldset", { class: "at-question" }, legend, parts);
  }

  /** Draw the question's picture as wide as its place, again only when that changes. */
  showPicture() {
    const { at, figure, frame, quiz } = this;
    const picture = quiz.questions[at]?.picture;
    if (!picture || !figure.clientWidth) return;
    const width = figure.clientWidth / (frame.isLarge ? LARGER_PICTURE : 1);
    if (width === this.drawnWidth) return;
    this.drawnWidth = width;
    figure.innerHTML = drawQuizPicture(picture, width); // escaped there
  }

  showNotes() {
    const { at, options, pending, quiz } = this;
    options.forEach(({ element, input, mark, note }, i) => {
      const { verdict, why } = optionNote(quiz, at, i);
      input.checked = (pending ?? quiz.chosen[at]) === i;
      input.disabled = questionState(quiz, at) === "right" && !input.checked;
      if (note.textContent !== `${verdict} ${why}`.trim()) {
        note.replaceChildren(...(verdict ? [makeElement("b", {}, verdict), ` ${why}`] : []));
      }
      const isChosen = quiz.chosen[at] === i;
      const state = isChosen ? questionState(quiz, at) : ""; // others stay neutral
      element.dataset.told = String(why !== "");
      if (element.dataset.verdict === state) return;
      element.dataset.verdict = state;
      mark.replaceChildren(state === "" ? optionLetter(i) : makeIcon(state));
    });
  }

  showNumber(button, number) {
    const { at, quiz } = this;
    if (number === at) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    if (number === quiz.questions.length) return;
    const state = questionState(quiz, number);
    const first = isFirstTry(quiz, number) ? " at the first try" : "";
    const says = state === "open" ? "" : `, ${state}${state === "right" ? first : ""}`;
    button.setAttribute("aria-label", `Question ${number + 1}${says}`);
    button.dataset.later = String(state === "right" && !first);
    if (button.dataset.state === state) return;
    button.dataset.state = state;
    button.replaceChildren(state === "open" ? String(number + 1) : makeIcon(state));
  }

  showButtons() {
    const { at, back, go, pending, quiz } = this;
    const last = quiz.questions.length;
    const isAtScore = at === last;
    back.disabled = at === 0;
    go.hidden = isAtScore && quizScore(quiz).missed.length === 0;
    // Before a right answer, choosing is what matters: to go on is then no more than allowed.
    const isNext = isAtScore || pending !== null || questionState(quiz, at) === "right";
    go.classList.toggle("at-main", isNext);
    const unfinished = unfinishedQuestion(quiz);
    if (pending !== null) changeButton(go, "right", "Check");
    else if (isAtScore && unfinished === null) changeButton(go, "reset", "Try again");
    else if (isAtScore) changeButton(go, "next", `Go on with question ${unfinished + 1}`);
    else if (nextQuestion(quiz, at) === last) changeButton(go, "next", "See the score");
    else changeButton(go, "next", isNext ? "Next question" : "Skip");
  }

  moveFocus() {
    this.isMoving = false;
    if (!this.root.contains(document.activeElement)) return; // a cell moved on, not the reader
    const { picture } = this.frame;
    const chosen = picture.querySelector("input:checked, .at-score");
    (chosen || picture.querySelector("input")).focus({ preventScroll: true });
  }

  end() {
    this.ends.forEach((stop) => stop());
    this.frame.end();
  }
}

/**
 * Make an option: {element, input, mark, note}. A click chooses it. Arrow keys only move along the
 * options, because who passes one on the way has not chosen it: Enter or space does.
 */
function makeOption(view, { text }, option) {
  const id = `${view.group}-${option}`;
  const input = makeElement("input", {
    type: "radio", name: view.group, value: option, "aria-describedby": id,
  });
  const note = makeElement("p", { id, class: "at-why", "aria-live": "polite" });
  const mark = makeElement("span", { class: "at-mark" }, optionLetter(option));
  input.addEventListener("keydown", (event) => {
    view.isPassing = event.key.startsWith("Arrow");
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    view.choose(option);
  });
  input.addEventListener("keyup", () => {
    view.isPassing = false;
  });
  input.addEventListener("change", () => {
    if (view.isPassing) view.pass(option);
    else view.choose(option);
  });
  const label = makeElement("label", { class: "at-choice" },
    input, mark, makeElement("span", {}, text));
  const told = makeElement("div", { class: "at-told" }, note);
  const element = makeElement("div", { class: "at-option" }, label, told);
  return { element, input, mark, note };
}

/** Make the page at the end: each question behind its mark; a click leads back to it. */
function makeScore(view) {
  const rows = view.quiz.questions.map((_, i) => makeScoreRow(view, i));
  return makeElement("div", { class: "at-score", tabindex: "-1" }, makeElement("ul", {}, ...rows));
}

function makeScoreRow(view, number) {
  const { quiz } = view;
  const { text, options, reread } = quiz.questions[number];
  const state = questionState(quiz, number);
  const told = {
    right: isFirstTry(quiz, number) ? "right at the first try" : "right, but not at the first try",
    wrong: "not right yet",
    open: "not answered yet",
  }[state];
  const answer = state === "right" ? [`${options.find(({ right }) => right).text} · `] : [];
  const mark = makeElement("span", { class: "at-mark" });
  mark.append(state === "open" ? String(number + 1) : makeIcon(state));
  const words = makeElement("span", {}, text, makeElement("small", {}, ...answer, told));
  const button = makeElement("button", { type: "button" }, mark, words);
  button.addEventListener("click", () => view.goTo(number));
  const later = String(state === "right" && !isFirstTry(quiz, number));
  const hasErred = quiz.first[number] !== null && !isFirstTry(quiz, number);
  const again = reread && hasErred ? [makeReread(reread)] : [];
  return makeElement("li", { "data-state": state, "data-later": later }, button, ...again);
}

/** Name the section to reread; where the page has it, a link leads there. */
function makeReread(heading) {
  const headings = [...document.querySelectorAll("h2, h3")];
  const place = headings.find((each) => each.textContent.replace("¶", "").trim() === heading);
  if (!place) return makeElement("p", { class: "at-reread" }, "Reread: ", heading);
  const link = makeElement("a", { href: `#${place.id}` }, heading);
  link.addEventListener("click", (event) => {
    event.preventDefault(); // JupyterLab would take the address for one of its own
    place.scrollIntoView({ block: "start" });
  });
  return makeElement("p", { class: "at-reread" }, "Reread: ", link);
}
