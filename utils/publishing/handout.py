"""The whole project as students get it: `make handout` leaves out what teachers keep.

That is the answers, the marks, the pool for exams and the tests. The notebooks are those of
`make classroom`, so no saved output holds an answer either.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from utils.exercises import MODULES
from utils.publishing.classroom import student_notebooks
from utils.publishing.editions import choose_folder, shown, write_edition
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS, ROOT

GIVEN = (
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "Makefile",
    "pyproject.toml",
    "constraints.txt",
    "environment.yml",
    ".gitignore",
    ".binder",
    ".jupyter",
    "data",
    "utils",
)
KEPT = ("data/answers", "data/marks", "data/exam", "data/multi30k")  # the last may not be passed on
WASTE = {"__pycache__", ".ipynb_checkpoints"}
CHECKERS = tuple(f"utils/exercises/{module}.py" for module in MODULES.values())
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)[^)\s]*\)")


def handout() -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file that students get."""
    yield from project()
    for name, content in student_notebooks():
        yield f"notebooks/{name}", content


def project(checkers: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file that students get, but for the notebooks.

    Without `checkers`, their modules are left out as well: `utils/exercises/dot.py` and so on.
    """
    files = {name: path for name, path in _given() if checkers or name not in CHECKERS}
    notebooks = [path.relative_to(ROOT).as_posix() for path in NOTEBOOKS.glob("*.ipynb")]
    there = {part for name in [*files, *notebooks] for part in _places(name)}
    for name, path in files.items():
        content = path.read_bytes()
        yield name, _unlinked(content.decode(), name, there) if path.suffix == ".md" else content


def _given() -> Iterator[tuple[str, Path]]:
    """Yield the name and place of each file to hand out, but for the notebooks."""
    for top in GIVEN:
        inside = (ROOT / top).rglob("*") if (ROOT / top).is_dir() else [ROOT / top]
        for path in sorted(inside):
            name = path.relative_to(ROOT).as_posix()
            is_kept = any(name == kept or name.startswith(f"{kept}/") for kept in KEPT)
            if path.is_file() and not is_kept and not WASTE & set(path.parts):
                yield name, path


def _places(name: str) -> list[str]:
    """Return a file's name and the folders that it is in: "a/b.md", "a"."""
    return [name, *(parent.as_posix() for parent in Path(name).parents)]


def _unlinked(text: str, name: str, there: set[str]) -> bytes:
    """Return a Markdown file in which links to what is not handed out are plain text."""
    folder = Path(name).parent

    def keep_or_not(link: re.Match[str]) -> str:
        target = (ROOT / folder / link[2]).resolve()
        inside = target.is_relative_to(ROOT) and target.relative_to(ROOT).as_posix() in there
        return link[0] if inside else link[1]

    return LINK.sub(keep_or_not, text).encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the project for students; return the exit code."""
    what = "Write the project without answers, marks and tests. What you changed there is kept."
    folder = choose_folder("utils.publishing.handout", "handout", what, arguments)
    kept = write_edition(handout(), folder)
    print(f"The project for students is in {shown(folder)}/", *kept, sep="\n")
    return 0


if __name__ == "__main__":
    run(main)
