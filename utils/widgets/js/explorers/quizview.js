// What the quick questions know and say; no element of a page is touched in here.
//
// A quiz is {questions, chosen, first}. questions: each {text, options, picture, reread}, an option
// being {text, right, why}; quizpicture.js draws the picture, `reread` is a section's heading.
// `chosen` and `first` hold for each question the option chosen now, and at the first try, or null.

import { escapeText } from "../draw/svg.js";
import { drawQuizPicture } from "./quizpicture.js";

const PAPER_WIDTH = 420; // pixels of a picture
const OPTION_LETTERS = "abcdefgh";

/** Return an option's letter, as it is called in class: "a". */
export function optionLetter(option) {
  return OPTION_LETTERS[option];
}

/** Return the quiz after a choice; only the first one of a question counts. */
export function answerQuestion(quiz, number, option) {
  const chosen = quiz.chosen.with(number, option);
  return takeChoices(quiz, chosen);
}

/** Return the quiz with other choices, such as a cell's; none at all starts it over. */
export function takeChoices(quiz, chosen) {
  const isNew = chosen.every((option) => option === null);
  const first = chosen.map((option, i) => (isNew ? null : (quiz.first[i] ?? option)));
  return { ...quiz, chosen, first };
}

/** Return the quiz with the questions that are not right, or were not at the first try, open. */
export function retryMissed(quiz) {
  const chosen = quiz.chosen.map((option, i) => (isFirstTry(quiz, i) ? option : null));
  return { ...quiz, chosen };
}

/** Return where a question stands: "open", "wrong" or "right". */
export function questionState({ questions, chosen }, number) {
  if (chosen[number] === null) return "open";
  return questions[number].options[chosen[number]].right ? "right" : "wrong";
}

/** Whether the first choice was the right one. */
export function isFirstTry({ questions, first }, number) {
  return first[number] !== null && questions[number].options[first[number]].right;
}

/** Return the next question that is not right yet; the number of questions if none is left. */
export function nextQuestion(quiz, number) {
  for (let next = number + 1; next < quiz.questions.length; next += 1) {
    if (questionState(quiz, next) !== "right") return next;
  }
  return quiz.questions.length;
}

/**
 * Return what to say about an option: {verdict, why}, both "" before it is asked for.
 *
 * The chosen one is explained. Once the right one is chosen, so are all others.
 */
export function optionNote(quiz, number, option) {
  const { right, why } = quiz.questions[number].options[option];
  const isChosen = quiz.chosen[number] === option;
  if (!isChosen && questionState(quiz, number) !== "right") return { verdict: "", why: "" };
  if (isChosen) return { verdict: right ? "Right." : "Not this one.", why };
  return { verdict: "Why not:", why };
}

/** Return which question is worth going on with from the score: not right yet; null if none. */
export function unfinishedQuestion(quiz) {
  const first = nextQuestion(quiz, -1);
  return first < quiz.questions.length ? first : null;
}

/** Return the score: {asked, answered, first, missed}; `missed` holds the questions' positions. */
export function quizScore(quiz) {
  const all = quiz.questions.map((_, i) => i);
  return {
    asked: all.length,
    answered: all.filter((i) => quiz.first[i] !== null).length,
    first: all.filter((i) => isFirstTry(quiz, i)).length,
    missed: all.filter((i) => !isFirstTry(quiz, i)),
  };
}

/** Say in a sentence or two where the reader stands; `number` past the last means the score. */
export function quizFinding(quiz, number) {
  const { asked, answered, first } = quizScore(quiz);
  if (number >= asked) return scoreFinding(quiz);
  const place = `Question ${number + 1} of ${asked}`;
  const state = questionState(quiz, number);
  const soFar = answered > 0 ? ` So far ${first} of ${answered} at the first try.` : "";
  if (state === "open") return `${place}: choose one answer.${soFar}`;
  if (state === "wrong") return `${place}: not this one. Read why, and choose again.`;
  return `${place}: right${isFirstTry(quiz, number) ? " at the first try" : ""}.${soFar}`;
}

function scoreFinding(quiz) {
  const { asked, first, missed } = quizScore(quiz);
  if (missed.length === 0) return `${first} of ${asked} at the first try. Nothing left to ask.`;
  const open = missed.filter((i) => questionState(quiz, i) === "open").length;
  const wrong = missed.filter((i) => questionState(quiz, i) === "wrong").length;
  const later = missed.length - open - wrong;
  const rest = [
    later > 0 && `${later} right later`, wrong > 0 && `${wrong} still wrong`,
    open > 0 && `${open} not answered`,
  ];
  return `${first} of ${asked} at the first try, ${rest.filter(Boolean).join(", ")}.`;
}

/**
 * Return the questions as HTML for paper, and for pages where no script runs.
 *
 * The answers are folded away: "Show the answers" needs no script. `images` are the pictures as
 * HTML, where SVG is of no use.
 */
export function drawQuizPaper(questions, images = null) {
  const asked = questions.map(({ text, options, picture }, i) => {
    const shown = images ? images[i] : picture && drawQuizPicture(picture, PAPER_WIDTH);
    const figure = shown ? `<figure>${shown}</figure>` : "";
    const choices = options.map((option) => `<li>${escapeText(option.text)}</li>`);
    return `<li><p>${escapeText(text)}</p>${figure}<ol type="a">${choices.join("")}</ol></li>`;
  });
  const answers = questions.map(({ options }) => {
    const whys = options.map(({ right, why }) =>
      `<li><b>${right ? "Right." : "Why not:"}</b> ${escapeText(why)}</li>`);
    return `<li><ol type="a">${whys.join("")}</ol></li>`;
  });
  return `<ol class="at-asked">${asked.join("")}</ol><details><summary>Show the answers</summary>`
    + `<ol class="at-answers">${answers.join("")}</ol></details>`;
}
