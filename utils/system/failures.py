"""When the system refuses: one sentence that names the file a person knows, and what to do.

Standard library only, so that a command can report a failure before anything slow is imported.
"""

import argparse
import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
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
    errno.EFBIG: ("files may not be so large here", "raise `ulimit -f`, or choose another disk"),
    errno.EBUSY: ("another program holds it", "close that program, or choose another place"),
    errno.EINVAL: ("the disk does not allow such a name", "choose another one"),
    errno.EIO: ("the disk does not answer", "check the disk, or choose another"),
    errno.EPIPE: ("nobody reads it any longer", "let the other program read to the end"),
}
INTERRUPTED = 130  # the exit code after Ctrl-C, as shells have it
# Parts of the messages of torch, for which a full memory is a RuntimeError.
FULL_MEMORY = ("allocate memory", "out of memory", "calculation overflowed")
HEAD_START = 1  # seconds
LARGEST_NUMBER = 2**31 - 1  # on a command line; nothing that is counted here comes near it


def explain(error: OSError, path: str | os.PathLike | None = None, action: str = "read") -> str:
    """Return a sentence such as "runs/a.pt cannot be written: the disk is full; free some space".

    `path` is the name the person gave, `action` what should have been done with it. Without a path,
    it is the error's own; an error that is no system error keeps its message.
    """
    name = error.filename if path is None else path
    if error.errno is None or name is None:
        return str(error) or type(error).__name__
    reason, remedy = REASONS.get(error.errno, (error.strerror, "choose another place"))
    if error.errno == errno.ENOENT and action == "written":  # a missing folder is made
        reason, remedy = "no file can be made there", "choose another place"
    return f"{os.fspath(name)} cannot be {action}: {reason}; {remedy}"


def run(main: Callable[[], int], goes_on_unheard: bool = False, speaks: bool = True) -> NoReturn:
    """Run a command and exit with its code; a failure ends as one line on standard error.

    Its output writes what the terminal cannot show as escapes. When the output is cut off, as by
    `| head -1` or a full disk, the command stops, or with `goes_on_unheard` works on in silence.
    Nothing stops because standard error is cut off. One that does not speak only has its code.
    """
    output = sys.stdout = _Output(sys.stdout, goes_on_unheard)
    sys.stderr = _Output(sys.stderr, True)  # progress bars write there
    try:
        code = main()
        output.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (ValueError, OSError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _is_full_memory(error):
            raise
        code = _report(error, output, speaks)
    if output.lost is not None and goes_on_unheard and not isinstance(output.lost, BrokenPipeError):
        code = code or _report(output.lost, output, speaks)
    raise SystemExit(code)


def _is_full_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(part in str(error) for part in FULL_MEMORY)


def _report(error: Exception, output: "_Output", speaks: bool) -> int:
    """Say what went wrong on standard error; return the exit code."""
    if isinstance(error, BrokenPipeError) and error is output.lost:
        return 0  # whoever reads has seen enough
    if isinstance(error, MemoryError | RuntimeError):
        sentence = "the memory is full; give less at a time, or close other programs"
    elif error is output.lost:
        sentence = explain(error, "the output", "written")
    else:
        sentence = explain(error) if isinstance(error, OSError) else str(error)
    if speaks:
        print(f"error: {' '.join(sentence.splitlines())}", file=sys.stderr)
    else:  # launchers end all processes as soon as one has ended, and one has to say why
        time.sleep(HEAD_START)
    return 1


def stop_quietly() -> None:
    """Let Ctrl-C end a command without a traceback while its imports, which take seconds, run."""
    if sys.argv[:1] == ["-m"]:  # as `python -m` sets it until it has found the command
        sys.excepthook = end_interrupted


def end_interrupted(kind: type, error: BaseException, trace: TracebackType | None) -> None:
    """Take the place of `sys.excepthook` while a command is imported: Ctrl-C is no traceback."""
    if kind is not KeyboardInterrupt:
        sys.__excepthook__(kind, error, trace)


class _Output:
    """A stream that outlives its reader: `lost` is the error that cut it off, if any."""

    def __init__(self, stream: TextIO | None, goes_on_unheard: bool):
        if stream is None:  # closed by whoever started the command, as `>&-` does
            stream = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
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
    try:
        return Path(os.path.expanduser(path))
    except TypeError:
        raise TypeError(f'give the name of a file, as in "my.pt", not {path!r:.60}.') from None


# What argparse calls for an option's value; its own messages name types of Python.


def typed(text: str) -> str:
    """Read words as UTF-8 where Python took the terminal for one that has ASCII alone."""
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes that Python could not read, as surrogates
        return os.fsencode(text).decode(errors="surrogateescape")
    return text


def file_name(text: str) -> Path:
    """Read the name of a file."""
    if not text or text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"must be the name of a file, not {text!r}")
    return expand(text)


def whole(text: str) -> int:
    """Read a whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text[:30]!r}") from None


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    number = whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    if number > LARGEST_NUMBER:
        raise argparse.ArgumentTypeError(f"must be at most {LARGEST_NUMBER:,}")
    return number


def decimal(text: str) -> float:
    """Read a number that may have a decimal point."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {text[:30]!r}") from None
