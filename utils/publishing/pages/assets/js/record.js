// The reader's own record: which quick questions were answered right at the first try. It stays in
// this browser, and is what utils/exercises/record.py keeps for the notebooks.

const KEY = "attention-progress";
const FILE = "progress.json";

/** Return the record; an empty one if there is none, or none that can be read. */
export function readRecord() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept?.format === 1 && kept.questions) return kept;
  } catch {
    // no storage, or not ours
  }
  return { format: 1, exercises: {}, questions: {} };
}

function keep(record) {
  try {
    localStorage.setItem(KEY, JSON.stringify(record));
  } catch {
    // a browser that keeps nothing
  }
}

/** Return the record with a notebook's first answers; those given before stay. */
export function withAnswers(record, notebook, first) {
  const before = record.questions[notebook] ?? [];
  const isSame = before.length === first.length;
  const answers = first.map((answer, i) => (isSame ? before[i] ?? answer : answer));
  return { ...record, questions: { ...record.questions, [notebook]: answers } };
}

/** Return how a notebook's questions went, such as "4 of 5". */
export function standing(first) {
  return `${first.filter((answer) => answer === true).length} of ${first.length}`;
}

/** Note what is answered on this page, and show the whole on the front page. */
export function startRecord() {
  document.addEventListener("at-answered", ({ detail }) => {
    const notebook = location.pathname.split("/").pop().slice(0, 2);
    if (detail.some((answer) => answer !== null)) keep(withAnswers(readRecord(), notebook, detail));
  });
  const section = document.querySelector(".record");
  if (section) showRecord(section);
}

function showRecord(section) {
  const record = readRecord();
  const notebooks = Object.keys(record.questions).sort();
  section.hidden = notebooks.length === 0;
  section.querySelector("ul").replaceChildren(...notebooks.map((notebook) => {
    const entry = document.createElement("li");
    entry.textContent = `${notebook}: ${standing(record.questions[notebook])}`;
    return entry;
  }));
  const [save, forget] = section.querySelectorAll("button");
  save.onclick = () => download(record);
  forget.onclick = () => {
    localStorage.removeItem(KEY);
    showRecord(section);
  };
}

function download(record) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(record)], { type: "application/json" }));
  link.download = FILE;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
