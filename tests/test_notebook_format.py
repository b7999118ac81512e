"""Every notebook follows the rules of the series; each rule is a function, tested on a bad example.

A rule takes a notebook and its path, real or hypothetical, and returns what is wrong with it.
"""

import importlib.util
import math
import re
from collections import Counter
from urllib.parse import unquote

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from utils.publishing import first_cell
from utils.publishing.minutes import reading_minutes
from utils.publishing.notebooks import WIDGET_VIEW
from utils.system.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

KNOWN_TAGS = {"nbval-check-output", "raises-exception", "exercise"}
CODE_LINES = 15
WHOLE_LINES = 45  # of a complete module or loop, to read like a recipe; of a folded cell
WHOLE = re.compile(r"^class |optimizer\.step\(\)", re.MULTILINE)
MINUTES = [10, 15, 25, 20, 30, 25, 25, 25, 25, 25, 25, 30, 30, 30]  # at most, for each notebook
FILE_SIZE = 1_000_000  # bytes
LAST_HEADINGS = ["Exercises", "Summary", "References", "Next"]
EMPTY_WORDS = [
    *["simply", "obviously", "clearly", "just", r"of\s+course", "todo"],
    *["delve", "leverage", "powerful", "seamless"],
]


# --- reading a notebook ---


def cells(notebook, kind):
    """Yield the name and the cell of each code or Markdown cell; names count from 1."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == kind:
            yield f"cell {number}", cell


def prose(cell):
    """Return a cell's Markdown without code blocks, which are not prose."""
    return re.sub(r"^ *(```|~~~).*?^ *\1", "", cell.source, flags=re.MULTILINE | re.DOTALL)


def headings(notebook, level="#{1,6}"):
    """Return the headings' text, as the browser shows it."""
    found = []
    for _, cell in cells(notebook, "markdown"):
        lines = re.findall(rf"^{level} +(.+?) *#*$", prose(cell), flags=re.MULTILINE)
        found += [re.sub(r"[*`]", "", line) for line in lines]
    return found


def anchors(notebook):
    """Return what may follow # in a notebook's links to itself.

    JupyterLab finds a heading by its text with hyphens for spaces, unless a browser escapes some.
    """
    found = {heading.replace(" ", "-") for heading in headings(notebook)}
    return {each for each in found if re.fullmatch(r"[\w.,:;?!'()/-]+", each, flags=re.ASCII)}


def named_headings(notebook):
    """Return what may follow # in links from elsewhere: cells that begin with a heading.

    JupyterLab only understands `cell-id=` before it has rendered the notebook.
    """
    found = [cell for _, cell in cells(notebook, "markdown") if cell.source.startswith("#")]
    return {f"cell-id={cell.id}" for cell in found}


def own_code(notebook):
    """Return the code cells except the first, which is the same everywhere and prints nothing."""
    return [cell for _, cell in cells(notebook, "code") if cell.id != first_cell.CELL_ID]


def tags(cell):
    return cell.metadata.get("tags", [])


# --- the rules ---


def is_valid(notebook, path):
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [str(error).splitlines()[0]]
    return []


def tags_are_known(notebook, path):
    return [
        f"{name} has the unknown tag {tag!r}, which nbval would ignore in silence"
        for name, cell in [*cells(notebook, "code"), *cells(notebook, "markdown")]
        for tag in tags(cell)
        if tag not in KNOWN_TAGS
    ]


def a_third_of_the_outputs_is_checked(notebook, path):
    code = own_code(notebook)
    checked = [cell for cell in code if "nbval-check-output" in tags(cell) and cell.outputs]
    if 3 * len(checked) >= len(code):
        return []
    return [f"{len(checked)} of {len(code)} code cells have an output with nbval-check-output"]


def was_run_from_top_to_bottom(notebook, path):
    counts = [cell.execution_count for _, cell in cells(notebook, "code")]
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [f"execution counts are {counts}: run `make notebooks ONLY={path.stem[:2]}`"]


def nothing_went_wrong(notebook, path):
    problems = []
    for name, cell in cells(notebook, "code"):
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed != ("raises-exception" in tags(cell)):
            problems.append(f"{name}: tag raises-exception and an error belong together")
        if "raises-exception" in tags(cell) and "nbval-check-output" not in tags(cell):
            problems.append(f"{name}: a failure on purpose is also tagged nbval-check-output")
        if any(output.get("name") == "stderr" for output in cell.outputs):
            problems.append(f"{name} wrote to stderr")
    return problems


def metadata_is_the_same_on_every_run(notebook, path):
    problems = [
        f"{name} keeps its timing"
        for name, cell in cells(notebook, "code")
        if "execution" in cell.metadata
    ]
    if "widgets" in notebook.metadata:
        problems.append("the state of widgets is stored")
    if WIDGET_VIEW in nbformat.writes(notebook):
        problems.append("the view of a widget is stored")
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        problems.append("the kernel is not python3, which every Jupyter has")
    return problems


def is_small(notebook, path):
    size = len(nbformat.writes(notebook).encode())
    return [f"{size:,} bytes, more than {FILE_SIZE:,}"] if size > FILE_SIZE else []


def opens_with_what_the_reader_needs(notebook, path):
    opening = next((cell.source for _, cell in cells(notebook, "markdown")), "")
    number = int(path.stem[:2])
    needed = {
        f"an H1 with the number {number}": rf"^# 0*{number}\b.*\w",
        "**Promise.** and a sentence": r"^\*\*Promise\.\*\* \S",
        "**You will be able to** with 3 or 4 bullets": (
            r"^\*\*You will be able to\*\*.*\n\n?([-*] .+\n(  .+\n)*){3,4}(?![-*] )"
        ),
        "**Time.** about N minutes": r"^\*\*Time\.\*\* about \d+ minutes",
        "**Where we are.** and a sentence": r"^\*\*Where we are\.\*\* \S",
    }
    return [
        f"the first Markdown cell lacks {what}"
        for what, pattern in needed.items()
        if not re.search(pattern, opening + "\n", flags=re.MULTILINE)
    ]


def closes_with_what_comes_next(notebook, path):
    last = headings(notebook, level="##")[-len(LAST_HEADINGS) :]
    if last == LAST_HEADINGS:
        return []
    return [f"the last ## headings are {last}, not {LAST_HEADINGS}"]


def links_lead_somewhere(notebook, path):
    problems = []
    for name, cell in cells(notebook, "markdown"):
        targets = re.findall(r"\]\(<?([^)\s>]+)", prose(cell))
        targets += re.findall(r"<(?:a|img)\b[^>]*\b(?:href|src)=[\"']([^\"']+)", prose(cell))
        for target in targets:
            if not re.match(r"[a-z][a-z0-9+.-]*:", target) and not leads_somewhere(
                target, notebook, path
            ):
                problems.append(f"{name} links to {target}, which is not there")
    return problems


def leads_somewhere(target, notebook, path):
    file, _, anchor = unquote(target).partition("#")
    there = (path.parent / file).resolve() if file else path
    if file and not (there.exists() and there.is_relative_to(ROOT)):
        return False
    if not file:
        return anchor in anchors(notebook)
    if there.suffix == ".ipynb" and anchor:
        return anchor in named_headings(nbformat.read(there, as_version=4))
    if there.suffix == ".md" and anchor:
        return f'<a id="{anchor}"></a>\n\n#' in there.read_text(encoding="utf-8")
    return not anchor


def text_follows_each_picture(notebook, path):
    following = [cell.cell_type for cell in notebook.cells[1:]] + ["nothing"]
    return [
        f"cell {number} draws a picture, and {kind} follows instead of Markdown"
        for number, (cell, kind) in enumerate(zip(notebook.cells, following, strict=True), start=1)
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        and kind != "markdown"
    ]


def images_have_alt_text(notebook, path):
    problems = []
    for name, cell in cells(notebook, "markdown"):
        images = re.findall(r"!\[\s*\]\([^)]*\)", prose(cell))
        images += [
            image
            for image in re.findall(r"<img\b[^>]*>", prose(cell))
            if not re.search(r"\balt=([\"'])\s*\S.*?\1", image)
        ]
        problems += [f"{name} has an image without alt text: {image}" for image in images]
    return problems


def code_cells_are_short(notebook, path):
    problems = []
    for name, cell in cells(notebook, "code"):
        length = sum(bool(line.strip()) for line in cell.source.splitlines())
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        most = WHOLE_LINES if folded or WHOLE.search(cell.source) else CODE_LINES
        if not 1 <= length <= most:
            problems.append(f"{name} has {length} lines of code, not 1 to {most}")
    return problems


def says_how_long_it_takes(notebook, path):
    opening = next((cell.source for _, cell in cells(notebook, "markdown")), "")
    told = re.search(r"\*\*Time\.\*\* about (\d+) minutes", opening)
    wanted = max(5 * math.ceil(reading_minutes(notebook) / 5), 5)
    problems = []
    if told and int(told[1]) != wanted:
        problems.append(f"it says {told[1]} minutes, and takes {wanted} to read")
    if wanted > MINUTES[int(path.stem[:2])]:
        problems.append(f"{wanted} minutes are too long: {MINUTES[int(path.stem[:2])]} at most")
    return problems


def imported_names_exist(notebook, path):
    """Forbid imports of names missing from `utils`, which otherwise only a run would find."""
    found = re.compile(r"^ *from (utils[\w.]*) import (.+)$", flags=re.MULTILINE)
    imports = [
        (name, module, imported.split(" as ")[0].strip(" ()"))
        for name, cell in cells(notebook, "code")
        for module, names in found.findall(cell.source)
        for imported in names.split(",")
    ]
    return [
        f"{name} imports {imported} from {module}, which does not have it"
        for name, module, imported in imports
        if imported
        and not hasattr(importlib.import_module(module), imported)
        and importlib.util.find_spec(f"{module}.{imported}") is None
    ]


def words_carry_weight(notebook, path):
    """Forbid filler, except in quotations (lines with >), code, and the targets of links."""
    problems = []
    for name, cell in cells(notebook, "markdown"):
        text = re.sub(r"^>.*|`[^`]*`|\]\([^)]*\)", "", prose(cell), flags=re.MULTILINE)
        words = rf"\b(?:{'|'.join(EMPTY_WORDS)})\b"
        found = re.findall(words, text, flags=re.IGNORECASE)
        problems += [f"{name} says {word!r}" for word in found]
    return problems


RULES = [
    is_valid,
    tags_are_known,
    a_third_of_the_outputs_is_checked,
    was_run_from_top_to_bottom,
    nothing_went_wrong,
    metadata_is_the_same_on_every_run,
    is_small,
    opens_with_what_the_reader_needs,
    closes_with_what_comes_next,
    links_lead_somewhere,
    text_follows_each_picture,
    images_have_alt_text,
    code_cells_are_short,
    says_how_long_it_takes,
    imported_names_exist,
    words_carry_weight,
]
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@by_name
def test_every_notebook(rule):
    problems = [
        f"{path.name}: {problem}"
        for path in NOTEBOOKS
        for problem in rule(nbformat.read(path, as_version=4), path)
    ]
    assert not problems, "\n".join(problems)


PAGES = [*(ROOT / "notebooks").glob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_other_page_keeps_the_rules_for_text(path):
    page = new_notebook(cells=[new_markdown_cell(path.read_text(encoding="utf-8"))])
    assert links_lead_somewhere(page, path) == []
    assert words_carry_weight(page, path) == []


def test_each_notebook_has_its_own_number():
    assert [path.name for path in NOTEBOOKS if not re.fullmatch(r"\d\d_\w+", path.stem)] == []
    numbers = Counter(path.stem[:2] for path in NOTEBOOKS)
    assert [number for number, count in numbers.items() if count > 1] == []


# --- testing the rules: a good notebook passes them all, a bad one fails the rule it breaks ---

OPENING = """# 07 · Additive attention

**Promise.** A score that is learned.

**You will be able to**
- say what v is,
- compute a score by hand,
  on paper if you like,
- measure it.

**Time.** about 5 minutes

**Where we are.** The sizes may differ now.
"""
CLOSING = """## Exercises

[What is v?](#What-is-v?)

## Summary

## References

## Next

[The code](../utils/models/attention.py)
"""
PICTURE = new_output("display_data", data={"image/png": "aGk="})
ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])


def code(source="1 + 1", count=1, tags=("nbval-check-output",), outputs=None, **metadata):
    """Return an executed code cell."""
    if outputs is None:
        outputs = [new_output("execute_result", {"text/plain": "2"}, execution_count=count)]
    metadata = {"tags": list(tags), **metadata}
    return new_code_cell(source, execution_count=count, outputs=outputs, metadata=metadata)


def make_notebook(*middle, opening=OPENING, closing=CLOSING, **metadata):
    """Return a notebook that follows every rule, unless the arguments break one."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, **metadata}
    middle = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in middle]
    around = [new_markdown_cell(opening), new_markdown_cell("## What is `v`?")]
    return new_notebook(
        cells=[*around, *(middle or [code()]), new_markdown_cell(closing)], metadata=metadata
    )


@by_name
def test_a_good_notebook_passes(rule):
    picture = code("draw()", count=2, tags=[], outputs=[PICTURE])
    failure = code("fail()", 3, ["raises-exception", "nbval-check-output"], [ERROR])
    text = "See ![the weights](images), `just` this.\n> We simply quote.\n```\n# TODO\n```"
    assert rule(make_notebook(code(), picture, text, failure), ROOT / "notebooks/07_x.ipynb") == []


BAD = [
    (is_valid, NotebookNode({**make_notebook(), "metadata": []}), "is not of type 'object'"),
    (tags_are_known, make_notebook(code(tags=["nbval-check-ouput"])), "unknown tag"),
    (
        a_third_of_the_outputs_is_checked,
        make_notebook(*[code(tags=[]) for _ in range(3)], code()),
        "1 of 4 code cells",
    ),
    (a_third_of_the_outputs_is_checked, make_notebook(code(outputs=[])), "0 of 1 code cells"),
    (was_run_from_top_to_bottom, make_notebook(code(count=2)), "[2]: run `make notebooks ONLY=07`"),
    (was_run_from_top_to_bottom, make_notebook(code(count=None)), "counts are [None]"),
    (nothing_went_wrong, make_notebook(code(outputs=[ERROR])), "belong together"),
    (nothing_went_wrong, make_notebook(code(tags=["raises-exception"])), "belong together"),
    (
        nothing_went_wrong,
        make_notebook(code(tags=["raises-exception"], outputs=[ERROR])),
        "also tagged nbval-check-output",
    ),
    (
        nothing_went_wrong,
        make_notebook(code(outputs=[new_output("stream", name="stderr", text="oh")])),
        "wrote to stderr",
    ),
    (metadata_is_the_same_on_every_run, make_notebook(widgets={}), "the state of widgets"),
    (
        metadata_is_the_same_on_every_run,
        make_notebook(code(outputs=[new_output("display_data", {WIDGET_VIEW: {}})])),
        "the view of a widget",
    ),
    (metadata_is_the_same_on_every_run, make_notebook(code(execution={})), "keeps its timing"),
    (
        metadata_is_the_same_on_every_run,
        make_notebook(kernelspec={"name": "me", "display_name": ""}),
        "the kernel",
    ),
    (is_small, make_notebook("x" * FILE_SIZE), "more than 1,000,000"),
    (opens_with_what_the_reader_needs, make_notebook(opening="# 7"), "an H1 with the number 7"),
    *[
        (opens_with_what_the_reader_needs, make_notebook(opening=OPENING.replace(*change)), what)
        for change, what in [
            (("# 07", "# 70"), "an H1 with the number 7"),
            (("**Promise.**", "Promise:"), "**Promise.**"),
            (("- say what v is,\n", ""), "3 or 4 bullets"),
            (("- measure it.\n", "- measure it.\n- a\n- b\n"), "3 or 4 bullets"),
            (("about 5", "a few"), "**Time.** about N minutes"),
            (("**Where we are.**", "Where?"), "**Where we are.**"),
        ]
    ],
    (closes_with_what_comes_next, make_notebook(closing="## Summary\n\n## Next"), "the last ##"),
    (links_lead_somewhere, make_notebook("[a](#What-is-W?)"), "links to #What-is-W?"),
    (links_lead_somewhere, make_notebook("[a](08_nowhere.ipynb)"), "links to 08_nowhere.ipynb"),
    *[
        (links_lead_somewhere, make_notebook(f"## Why √d?\n\n[a]({target})"), target)
        for target in [
            "#Why-√d?",  # a browser writes %E2%88%9A
            "04_attention_by_hand.ipynb#Why-mask-padding?",  # JupyterLab has not rendered it yet
            "04_attention_by_hand.ipynb#cell-id=nowhere",
            "04_attention_by_hand.ipynb#cell-id=find-the-project",  # not a heading
            "../README.md#Start",
            "../README.md#the-series",  # a heading without a name
            "../utils/text.py#Fields",
        ]
    ],
    (links_lead_somewhere, make_notebook("[a](../../etc)"), "links to ../../etc"),
    (links_lead_somewhere, make_notebook("<img src='no.png' alt='x'>"), "links to no.png"),
    (
        text_follows_each_picture,
        make_notebook(code(outputs=[PICTURE]), code()),
        "cell 3 draws a picture, and code follows",
    ),
    (images_have_alt_text, make_notebook("![ ](a.png)"), "without alt text: ![ ](a.png)"),
    (images_have_alt_text, make_notebook("<img src='a.png' alt=''>"), "without alt text: <img"),
    (code_cells_are_short, make_notebook(code("x = 1\n\n" * 16)), "16 lines"),
    (code_cells_are_short, make_notebook(code("\n")), "0 lines"),
    (code_cells_are_short, make_notebook(code("class A:\n" + " x = 1\n" * 45)), "46 lines"),
    (says_how_long_it_takes, make_notebook("word " * 1200), "says 5 minutes, and takes 10"),
    (says_how_long_it_takes, make_notebook("word " * 6000), "35 minutes are too long: 25"),
    (
        imported_names_exist,
        make_notebook(code("from utils.corpora import Pair, nothing")),
        "imports nothing from utils.corpora",
    ),
    *[
        (words_carry_weight, make_notebook(f"It is {word}\nso."), f"says '{word}'")
        for word in ["Simply", "just", "of course", "TODO", "powerful"]
    ],
]


@pytest.mark.parametrize(("rule", "notebook", "problem"), BAD)
def test_a_bad_notebook_fails(rule, notebook, problem):
    problems = rule(notebook, ROOT / "notebooks/07_x.ipynb")
    assert any(problem in found for found in problems), problems


def test_each_rule_has_a_bad_example():
    assert {rule for rule, _, _ in BAD} == set(RULES)
