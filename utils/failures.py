"""When the system refuses: one sentence that names the file a person knows, and what to do.

Standard library only, so that a command can report a failure before anything slow is imported.
"""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO

# What went wrong, and what to do about it.
REASONS = {
    errno.EACCES: ("permission denied", "choose another place, or ask for the right to use it"),
    errno.EPERM: ("permission denied", "choose another place, or ask for the right to use it"),
    errno.EROFS: ("the disk is read-only", "choose another place"),
    errno.ENOSPC: ("the disk is full", "free some space, or choose a place on another disk"),
    errno.EDQUOT: ("your share of the disk is full", "delete something, or choose another disk"),
    errno.ENAMETOOLONG: ("its name is too long", "choose a shorter one"),
    errno.EISDIR: ("it is a folder", "name a file"),
    errno.ENOTDIR: ("part of its path is a file, not a folder", "correct the path"),
    errno.EEXIST: ("part of its path is a file, not a folder", "correct the path"),
    errno.ENOENT: ("it does not exist", "check the path"),
    errno.ELOOP: ("its symbolic links go in a circle", "name the file itself"),
    errno.EMFILE: ("too many files are open", "close other programs, or raise `ulimit -n`"),
    errno.EPIPE: ("nobody reads it any longer", "let the other program read to the end"),
}
INTERRUPTED = 130  # the exit code after Ctrl-C, as shells have it


def explain(error: OSError, path: str | os.PathLike | None = None, action: str = "read") -> str:
    """Return a sentence such as "runs/a.pt cannot be written: the disk is full; free some space".

    `path` is the name the person gave, `action` what should have been done with it. Without a path,
    it is the error's own; an error that is no system error keeps its message.
    """
    name = error.filename if path is None else path
    if error.errno is None or name is None:
        return str(error) or type(error).__name__
    reason, remedy = REASONS.get(error.errno, (error.strerror, "choose another place"))
    return f"{os.fspath(name)} cannot be {action}: {reason}; {remedy}"


def run(main: Callable[[], int], goes_on_unheard: bool = False) -> NoReturn:
    """Run a command and exit with its code; a failure ends as one line on standard error.

    Its output writes what the terminal cannot show as escapes. When the output is cut off, as by
    `| head -1` or a full disk, the command stops, or with `goes_on_unheard` works on in silence.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    output = sys.stdout = _Output(sys.stdout, goes_on_unheard)
    try:
        code = main()
        output.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (ValueError, OSError, MemoryError) as error:
        code = _report(error, output)
    if output.lost is not None and goes_on_unheard and not isinstance(output.lost, BrokenPipeError):
        code = code or _report(output.lost, output)
    raise SystemExit(code)


def _report(error: Exception, output: "_Output") -> int:
    """Say what went wrong on standard error; return the exit code."""
    if isinstance(error, BrokenPipeError) and error is output.lost:
        return 0  # whoever reads has seen enough
    if isinstance(error, MemoryError):
        sentence = "the memory is full; give less at a time, or close other programs"
    elif error is output.lost:
        sentence = explain(error, "the output", "written")
    else:
        sentence = explain(error) if isinstance(error, OSError) else str(error)
    with suppress(OSError):  # where nobody is there to read it, the exit code has to do
        print(f"error: {sentence}", file=sys.stderr)
    return 1


class _Output:
    """Standard output that outlives its reader: `lost` is the error that cut it off, if any."""

    def __init__(self, stream: TextIO, goes_on_unheard: bool):
        self._stream, self._goes_on_unheard = stream, goes_on_unheard
        self.lost: OSError | None = None

    def write(self, text: str) -> int:
        """Write some text; after a failure, everything goes nowhere."""
        return self._try(lambda: self._stream.write(text)) or len(text)

    def flush(self) -> None:
        """Bring what was written on its way."""
        self._try(self._stream.flush)

    def _try(self, work: Callable[[], int | None]) -> int | None:
        try:
            return work()
        except OSError as error:
            self.lost = self.lost or error
            nowhere = os.open(os.devnull, os.O_WRONLY)  # what is still buffered goes there at exit
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            if not self._goes_on_unheard:
                raise
            return None

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def expand(path: str | os.PathLike) -> Path:
    """Return a path that a person typed, with `~` as their home: shells leave `--output=~/a`."""
    return Path(path).expanduser()
