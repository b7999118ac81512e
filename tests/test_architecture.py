"""The house rules: who imports whom, how long things are, who may print."""

import ast
import re

import pytest
from toy import REPOSITORY

UTILS = REPOSITORY / "utils"
# The rooms in the order in which their list has them.
ORDER = re.findall(r"^\| `(\w+)` \|", (UTILS / "README.md").read_text("utf-8"), flags=re.MULTILINE)
COMMANDS = {"training", "experiments", "translate", "publishing"}  # may print, and
COMMANDS |= {"widgets", "system"}  # an explorer's snapshot, a command's last line
MOST_ENTRIES, LONGEST_INIT = 18, 30
FILES = sorted(
    path for path in UTILS.rglob("*.py") if ".ipynb_checkpoints" not in path.parts
)  # where JupyterLab keeps copies of opened files
TESTS = [REPOSITORY / "conftest.py", *sorted((REPOSITORY / "tests").rglob("*.py"))]
INITS = [path for path in FILES if path.stem == "__init__"]
MODULES = [path for path in FILES if path != UTILS / "__init__.py"]
PARTS = [path for path in MODULES if path.parent != UTILS and path not in INITS]
LONGEST_MODULE, LONGEST_FUNCTION = 280, 25  # roughly: never cut an explanation for it
RECIPES = {"train_epoch": 60}  # read top to bottom, in one place
BINARY = ("rb", "wb", "ab", "xb", "r+b")
NO_TEXT = ("Image.open", "os.open", "tarfile.open")  # these open bytes


def name_of(path):
    return str(path.relative_to(REPOSITORY))


def room_of(path):
    """Return the room a file belongs to: `training` for `utils/training/run.py`."""
    return path.relative_to(UTILS).with_suffix("").parts[0]


def parts_of(package):
    """Return the modules that a package's docstring lists, in order."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")))
    return re.findall(r"^ *(\w+) {2,}\S", text, flags=re.MULTILINE)


def nodes(path, *kinds):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def imports(path):
    """Return the dotted names of everything a file imports, anywhere in it."""
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
    room = room_of(path)
    assert room in ORDER, "utils/README.md does not list it"
    above = ORDER[: ORDER.index(room) + 1]  # a package may import from itself
    imported = {name.split(".")[1] for name in imports(path) if name.startswith("utils.")}
    assert imported <= set(above)


@pytest.mark.parametrize("path", PARTS, ids=name_of)
def test_a_part_of_a_room_imports_only_from_those_above_it(path):
    order = parts_of(path.parent)
    inside = ".".join(path.relative_to(REPOSITORY).parent.parts) + "."
    names = {name.removeprefix(inside) for name in imports(path) if name.startswith(inside)}
    below = order[order.index(path.stem) :] if path.stem in order else []
    assert {name.split(".")[0] for name in names} & set(below) == set()


def test_the_listed_rooms_and_parts_exist():
    assert set(ORDER) == {room_of(path) for path in MODULES}
    assert len(ORDER) == len(set(ORDER)) >= 10
    listing = {path.parent: parts_of(path.parent) for path in INITS if parts_of(path.parent)}
    assert len(listing) >= 8
    for package, parts in listing.items():
        there = {path.stem for path in MODULES if path.parent == package} - {"__init__", "__main__"}
        there |= {path.parent.name for path in INITS if path.parent.parent == package}
        assert sorted(parts) == sorted(there), package


def test_there_are_few_rooms():
    entries = [
        path.name
        for path in UTILS.iterdir()
        if path.name not in ("__pycache__", ".ipynb_checkpoints")
    ]
    assert len(entries) <= MOST_ENTRIES


@pytest.mark.parametrize("path", INITS, ids=name_of)
def test_an_init_only_imports_names(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_INIT
    assert nodes(path, ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.With, ast.Try) == []


@per_file
def test_torchtext_lives_in_two_rooms(path):
    if any(name.split(".")[0] == "torchtext" for name in imports(path)):
        assert room_of(path) in ("text", "batches")


@per_file
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@per_file
def test_functions_are_short(path):
    functions = nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
    sizes = {function.name: code_lines(path, function) for function in functions}
    assert {
        name: size for name, size in sizes.items() if size > RECIPES.get(name, LONGEST_FUNCTION)
    } == {}


def test_the_root_is_found_once():
    above = re.compile(r".*__file__.*\.(parents|parent\.parent)")
    found = [
        name_of(path)
        for path in [*FILES, *TESTS]
        if any(above.fullmatch(ast.unparse(node)) for node in nodes(path, ast.Attribute))
    ]
    assert found == ["utils/system/environment.py"]


@per_file
def test_only_commands_print(path):
    printed = [node for node in nodes(path, ast.Name) if node.id in ("print", "display")]
    streams = [node for node in nodes(path, ast.Attribute) if node.attr in ("stdout", "stderr")]
    if printed or streams:
        assert room_of(path) in COMMANDS


def encoding_is_missing(call):
    """Tell whether a call reads or writes text in the machine's default encoding."""
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
def test_text_files_are_opened_with_an_encoding(path):
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
def test_a_missing_encoding_is_caught(call, missing):
    assert encoding_is_missing(ast.parse(call).body[0].value) == missing


@per_file
def test_no_global_seed_is_set_on_import(path):
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    definitions = (ast.FunctionDef, ast.ClassDef)
    at_once = [s for s in statements if not isinstance(s, definitions)]
    calls = {ast.unparse(n.func) for s in at_once for n in ast.walk(s) if isinstance(n, ast.Call)}
    assert [call for call in calls if "seed" in call] == []
