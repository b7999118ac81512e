"""Turn system errors into one clear sentence: which file, what went wrong, what to do.

Standard library only, so that a command can report a failure before any slow import.
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
    errno.EACCES: ("permission denied", "choose another location, or ask for access"),
    errno.EPERM: ("permission denied", "choose another location, or ask for access"),
    errno.EROFS: ("the disk is read-only", "choose another location"),
    errno.ENOSPC: ("the disk is full", "free some space, or choose another disk"),
    errno.EDQUOT: ("your disk quota is full", "delete something, or choose another disk"),
    errno.ENAMETOOLONG: ("its name is too long", "choose a shorter one"),
    errno.EISDIR: ("it is a folder", "name a file"),
    errno.ENOTDIR: ("part of its path is a file, not a folder", "correct the path"),
    errno.EEXIST: ("part of its path is a file, not a folder", "correct the path"),
    errno.ENOENT: ("it does not exist", "check the path"),
    errno.ELOOP: ("its symbolic links form a loop", "name the file itself"),
    errno.EMFILE: ("too many files are open", "close other programs, or raise `ulimit -n`"),
    errno.EFBIG: ("it would exceed the size limit", "raise `ulimit -f`, or choose another disk"),
    errno.EBUSY: ("another program is using it", "close that program, or choose another location"),
    errno.EINVAL: ("the disk does not allow this name", "choose another one"),
    errno.EIO: ("the disk does not respond", "check the disk, or choose another"),
    errno.EPIPE: ("its reader has closed it", "let the other program read to the end"),
}
INTERRUPTED = 130  # the usual exit code after Ctrl-C: 128 + SIGINT
# torch raises a RuntimeError when it runs out of memory; its message contains one of these.
FULL_MEMORY = ("allocate memory", "out of memory", "calculation overflowed")
HEAD_START = 1  # seconds
LARGEST_NUMBER = 2**31 - 1  # on a command line; no count here comes anywhere near it


def explain(error: OSError, path: str | os.PathLike | None = None, action: str = "read") -> str:
    """Return a sentence such as "runs/a.pt cannot be written: the disk is full; free some space".

    `path` is the file's name as the user typed it (by default the error's own), `action` is what
    failed. An error without an errno or a file name keeps its message.
    """
    name = error.filename if path is None else path
    if error.errno is None or name is None:
        return str(error) or type(error).__name__
    reason, remedy = REASONS.get(error.errno, (error.strerror, "choose another location"))
    if error.errno == errno.ENOENT and action == "written":  # missing folders would be created
        reason, remedy = "no file can be created there", "choose another location"
    return f"{os.fspath(name)} cannot be {action}: {reason}; {remedy}"


def run(main: Callable[[], int], goes_on_unheard: bool = False, speaks: bool = True) -> NoReturn:
    """Run a command and exit with its code; a failure prints one line to stderr, no traceback.

    Characters that the terminal can't show come out as escapes. If stdout is cut off, as by
    `| head -1` or a full disk, the command stops, or keeps working silently if `goes_on_unheard`.
    A closed stderr never stops it. Unless it `speaks`, a failure shows only in the exit code.
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
    """Print what went wrong to stderr; return the exit code."""
    if isinstance(error, BrokenPipeError) and error is output.lost:
        return 0  # the reader, such as `head`, has all it wanted
    if isinstance(error, MemoryError | RuntimeError):
        sentence = "out of memory; pass in less at a time, or close other programs"
    elif error is output.lost:
        sentence = explain(error, "the output", "written")
    else:
        sentence = explain(error) if isinstance(error, OSError) else str(error)
    if speaks:
        print(f"error: {' '.join(sentence.splitlines())}", file=sys.stderr)
    else:  # a launcher kills all processes once one exits: leave time for another to say why
        time.sleep(HEAD_START)
    return 1


def stop_quietly() -> None:
    """Let Ctrl-C end a command without a traceback during its imports, which take seconds."""
    if sys.argv[:1] == ["-m"]:  # what `python -m` puts there until it has found the command
        sys.excepthook = end_interrupted


def end_interrupted(kind: type, error: BaseException, trace: TracebackType | None) -> None:
    """Replace `sys.excepthook` while a command is imported: no traceback for Ctrl-C."""
    if kind is not KeyboardInterrupt:
        sys.__excepthook__(kind, error, trace)


class _Output:
    """A stream that outlives its reader; `lost` is the error that cut it off, if any."""

    def __init__(self, stream: TextIO | None, goes_on_unheard: bool):
        if stream is None:  # closed by the calling shell, as with `>&-`
            stream = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        self._stream, self._goes_on_unheard = stream, goes_on_unheard
        self.lost: OSError | None = None

    def write(self, text: str) -> int:
        """Write some text; once the stream has failed, discard it."""
        return self._try(lambda: self._stream.write(text)) or len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self._try(self._stream.flush)

    def _try(self, work: Callable[[], int | None]) -> int | None:
        try:
            return work()
        except OSError as error:
            self.lost = self.lost or error
            nowhere = os.open(os.devnull, os.O_WRONLY)  # at exit, Python flushes its buffer here
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            if not self._goes_on_unheard:
                raise
            return None

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def expand(path: str | os.PathLike) -> Path:
    """Return a path that a user typed, with `~` expanded: shells don't in `--output=~/a`."""
    try:
        return Path(os.path.expanduser(path))
    except TypeError:
        raise TypeError(f'pass a file name, such as "my.pt", not {path!r:.60}.') from None


# Types for argparse options. With plain `int`, argparse's message would name the Python type.


def typed(text: str) -> str:
    """Decode text as UTF-8 where the locale made Python assume ASCII."""
    try:
        text.encode()
    except UnicodeEncodeError:  # Python kept the bytes that it could not decode as surrogates
        return os.fsencode(text).decode(errors="surrogateescape")
    return text


def file_name(text: str) -> Path:
    """Parse a file name."""
    if not text or text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"must be a file name, not {text!r}")
    return expand(text)


def whole(text: str) -> int:
    """Parse a whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text[:30]!r}") from None


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    if number > LARGEST_NUMBER:
        raise argparse.ArgumentTypeError(f"must be at most {LARGEST_NUMBER:,}")
    return number


def decimal(text: str) -> float:
    """Parse a number that may have a decimal point."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {text[:30]!r}") from None
