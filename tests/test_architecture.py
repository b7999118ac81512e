"""The rules of the house: who imports whom, how long things are, who may print."""

import ast
import re

import pytest
from toy import REPOSITORY

import utils

# The stations in the order in which the package's docstring lists them.
ORDER = re.findall(r"^    (\w+) {2,}\S", utils.__doc__, flags=re.MULTILINE)
COMMANDS = {
    "training",
    "experiments",
    "translate",
    "notebooks",
    "classroom",
    "pages",
    "slides",
    "launch",
}  # may print, and
COMMANDS |= {"widgets", "failures"}  # an explorer's snapshot is shown; how a command ends is said
FILES = sorted((REPOSITORY / "utils").rglob("*.py"))
TESTS = [REPOSITORY / "conftest.py", *sorted((REPOSITORY / "tests").rglob("*.py"))]
MODULES = [path for path in FILES if path.parent.name != "utils" or path.stem != "__init__"]
LONGEST_MODULE, LONGEST_FUNCTION = 250, 25
BINARY = ("rb", "wb", "ab", "xb", "r+b")
NO_TEXT = ("Image.open", "os.open", "tarfile.open")  # these open bytes


def name_of(path):
    return str(path.relative_to(REPOSITORY))


def station_of(path):
    """Return the station a file belongs to: `training` for `utils/training/run.py`."""
    return path.relative_to(REPOSITORY / "utils").with_suffix("").parts[0]


def nodes(path, *kinds):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def imports(path):
    """Return the dotted names of all that a file imports, wherever it does."""
    names = {alias.name for node in nodes(path, ast.Import) for alias in node.names}
    for node in nodes(path, ast.ImportFrom):
        assert node.level == 0, "imports say the whole name"
        names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def code_lines(path, function):
    """Return the number of lines in a function's body, without docstring and blank lines."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    lines = path.read_text(encoding="utf-8").splitlines()
    return sum(bool(line.strip()) for line in lines[body[0].lineno - 1 : function.end_lineno])


per_file = pytest.mark.parametrize("path", FILES, ids=name_of)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_from_those_above_it(path):
    station = station_of(path)
    assert station in ORDER, "the docstring of utils/__init__.py does not list it"
    above = ORDER[: ORDER.index(station) + 1]  # a package may import from itself
    imported = {name.split(".")[1] for name in imports(path) if name.startswith("utils.")}
    assert imported <= set(above)


def test_the_documented_modules_exist():
    assert set(ORDER) <= {station_of(path) for path in MODULES}
    assert len(ORDER) == len(set(ORDER)) >= 10


@per_file
def test_torchtext_lives_in_two_modules(path):
    if any(name.split(".")[0] == "torchtext" for name in imports(path)):
        assert station_of(path) in ("text", "evaluation")


@per_file
def test_a_module_fits_in_the_head(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@per_file
def test_a_function_fits_on_a_screen(path):
    functions = nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
    sizes = {function.name: code_lines(path, function) for function in functions}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


@per_file
def test_only_commands_print(path):
    printed = [node for node in nodes(path, ast.Name) if node.id in ("print", "display")]
    streams = [node for node in nodes(path, ast.Attribute) if node.attr in ("stdout", "stderr")]
    if printed or streams:
        assert station_of(path) in COMMANDS


def encoding_is_missing(call):
    """Tell whether a call reads or writes text in whatever encoding the machine prefers."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    said = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if "encoding" in said or ast.unparse(call.func) in NO_TEXT:
        return False
    if name in ("open", "fdopen"):
        words = {*said.values(), *map(ast.unparse, call.args)}
        return words.isdisjoint(map(repr, BINARY))
    if name in ("read_text", "write_text"):
        return len(call.args) <= (name == "write_text")
    return "True" in (said.get("text"), said.get("universal_newlines"))


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=name_of)
def test_whoever_opens_a_text_says_its_encoding(path):
    silent = [call for call in nodes(path, ast.Call) if encoding_is_missing(call)]
    assert [f"{call.lineno}: {ast.unparse(call)}" for call in silent] == []


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        ("open('a')", True),
        ("open('a', 'w')", True),
        ("path.open(mode='a')", True),
        ("path.read_text()", True),
        ("path.write_text('a')", True),
        ("os.fdopen(handle)", True),
        ("subprocess.run(command, text=True)", True),
        ("open('b')", True),
        ("open('a', 'rb')", False),
        ("path.open(mode='ab')", False),
        ("path.open(encoding='utf-8')", False),
        ("path.read_text('utf-8')", False),
        ("path.write_text('a', 'utf-8')", False),
        ("subprocess.run(command, encoding='utf-8')", False),
        ("subprocess.run(command, capture_output=True)", False),
    ],
)
def test_a_missing_encoding_is_seen(call, missing):
    assert encoding_is_missing(ast.parse(call).body[0].value) == missing


@per_file
def test_no_global_seed_is_set_on_import(path):
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    definitions = (ast.FunctionDef, ast.ClassDef)
    at_once = [s for s in statements if not isinstance(s, definitions)]
    calls = {ast.unparse(n.func) for s in at_once for n in ast.walk(s) if isinstance(n, ast.Call)}
    assert [call for call in calls if "seed" in call] == []
