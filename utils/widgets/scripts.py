"""What a widget runs in the browser, put together from the files beside this one."""

import posixpath
import re
from collections.abc import Collection
from pathlib import Path

MODULES = Path(__file__).parent / "js"

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
KINDS = r"(?:async )?(?:function\*?|class|const|let) (\w+)"
DECLARATION = re.compile(f"^(export )?{KINDS}", re.MULTILINE)
COMMENT = re.compile(r"//|/\*\*|\*/|\* |\*$")
LEFT_OVER = re.compile(f"^(?:import\\b|export (?!{KINDS})).*", re.MULTILINE)


class ScriptError(ValueError):
    """Modules that cannot become one script."""


def bundle(*entries: str, folder: Path = MODULES, without: Collection[str] = ()) -> str:
    """Return modules and all that they import as one script, each below those it imports from.

    Modules `without` are left out, for a script that finds what they declare elsewhere.

    Modules are named by their paths in the folder, such as "model/search.js". In one script all
    names are visible everywhere, so `import` and `export` go. Raises ScriptError for a file that
    isn't there, modules that import each other in a circle, a name that two modules declare, one
    that is imported but not exported, and for other forms than `import { a } from "./b.js";` and
    `export function`, `class`, `const` or `let`.
    """
    texts = modules_of(*entries, folder=folder)
    owners: dict[str, str] = {}
    for name, text in texts.items():
        _check_form(name, text)
        for _, declared in DECLARATION.findall(text):
            if declared in owners:
                raise ScriptError(f"{owners[declared]} and {name} both declare {declared}.")
            owners[declared] = name
        _check_imports(name, texts)
    kept = {name: text for name, text in texts.items() if name not in without}
    return "\n".join(f"// {name}\n{_plain(text)}" for name, text in kept.items())


def modules_of(*entries: str, folder: Path = MODULES) -> dict[str, str]:
    """Return the texts of modules and of all that they import, by their names."""
    texts: dict[str, str] = {}
    for entry in entries:
        _collect(entry, folder, texts, ())
    return texts


def exports_of(text: str) -> list[str]:
    """Return the names that a module exports."""
    return [declared for mark, declared in DECLARATION.findall(text) if mark]


def compact(script: str) -> str:
    """Return a script without the lines that are comments, and without indentation.

    What a browser loads need not be read: the files can. Text over several lines would lose its
    indentation, so no module has any.
    """
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not COMMENT.match(line)) + "\n"


def _imports(name: str, text: str) -> list[tuple[str, list[str]]]:
    """Return the modules that a module imports from, by their paths, each with the names."""
    return [
        (
            posixpath.normpath(posixpath.join(posixpath.dirname(name), path)),
            [asked for asked in map(str.strip, names.split(",")) if asked],
        )
        for names, path in IMPORT.findall(text)
    ]


def _collect(name: str, folder: Path, texts: dict[str, str], way: tuple[str, ...]) -> None:
    """Add a module to `texts`, after those it imports from; `way` is how we got there."""
    if name in way:
        raise ScriptError(f"modules import each other in a circle: {' → '.join([*way, name])}.")
    if name in texts:
        return
    if name.startswith("../") or not (folder / name).is_file():
        asked = f", which {way[-1]} imports" if way else ""
        raise ScriptError(f"there is no module {name} in {folder.name}/{asked}.")
    text = (folder / name).read_text(encoding="utf-8")
    for imported, _ in _imports(name, text):
        _collect(imported, folder, texts, (*way, name))
    texts[name] = text


def _check_form(name: str, text: str) -> None:
    """Raise ScriptError if something would be left of `import` and `export`."""
    if left := LEFT_OVER.search(IMPORT.sub("", text)):
        raise ScriptError(f"{name} has a line that cannot be joined: {left[0]}")


def _check_imports(name: str, texts: dict[str, str]) -> None:
    """Raise ScriptError if a module imports what is not exported."""
    for imported, names in _imports(name, texts[name]):
        for asked in names:
            if asked not in exports_of(texts[imported]):
                raise ScriptError(f"{name} imports {asked}, which {imported} does not export.")


def _plain(text: str) -> str:
    """Return a module as a part of a script: without `import` and `export`."""
    return re.sub(r"^export ", "", IMPORT.sub("", text), flags=re.MULTILINE)
