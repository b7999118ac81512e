"""`make slides`: write the decks to build/slides/, and reveal.js beside them."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from utils.publishing.editions import choose_folder, shown, write_edition
from utils.publishing.explorers import files_for
from utils.publishing.pages.assets import fonts
from utils.publishing.slides.deck import build_decks
from utils.system.failures import run

REVEAL = "reveal.js"
PACKAGE = f"{REVEAL}@5.2.1"


def fetch_reveal(folder: Path) -> bool:
    """Put reveal.js into `folder` with npm, unless it is there; tell whether it is there now."""
    target = folder / REVEAL
    npm = shutil.which("npm")
    if target.is_dir() or npm is None:
        return target.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.resolve()) as scratch:  # npm runs in there
        command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", scratch]
        if subprocess.run(command, capture_output=True, cwd=scratch).returncode:
            return False
        (archive,) = Path(scratch).glob("*.tgz")
        unpack(archive, Path(scratch))
        (Path(scratch) / "package").rename(target)
    return True


def unpack(archive: Path, folder: Path) -> None:
    """Write the archive's files into `folder`; ValueError if one would land outside.

    Links are left out. The standard library can do the same, but not before Python 3.11.4.
    """
    with tarfile.open(archive) as packed:
        for member in packed:
            content = packed.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            target = (folder / member.name).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise ValueError(f"{archive.name} would write outside its folder: {member.name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every deck; return the exit code."""
    what = "Write the series as slides."
    folder = choose_folder("utils.publishing.slides", "slides", what, arguments)
    reveal = REVEAL if fetch_reveal(folder) else None
    decks = build_decks(reveal)
    written = ((name, deck.encode()) for name, deck in decks.items())
    beside = chain(files_for(decks.values()), fonts().items())
    kept = write_edition(chain(written, beside), folder)
    print(
        f"{len(decks)} decks in {shown(folder)}/: open one, and press S for notes", *kept, sep="\n"
    )
    if reveal is None:
        print(f"npm could not fetch {REVEAL}, so the slides will need a network connection.")
    return 0


if __name__ == "__main__":
    run(main)
