"""V8 without a browser: calls the functions of the explorers' scripts from Python."""

import json
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

from py_mini_racer import MiniRacer

# JSON would write a typed array as an object with a key for each place.
PLAIN = "(_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value"


class Engine:
    """A JavaScript engine without a page. Use it in a `with` block, which stops it at the end."""

    def __init__(self, *scripts: str):
        # Where an event loop runs, as in a notebook's kernel, it would depend on that loop, and die
        # with it. In a thread of its own there is none, so it starts one for itself.
        with ThreadPoolExecutor(1) as pool:
            self._context = pool.submit(MiniRacer).result()
        for script in scripts:
            self.run(script)

    def run(self, script: str) -> None:
        """Run a script, such as `bundle("model/search.js")`; what it declares stays."""
        self._context.eval(f"{script}\n;undefined")  # whatever it ends with stays in there

    def call(self, function: str, *arguments: object) -> Any:
        """Return what a function gives for the arguments; both must be something JSON can hold.

        Typed arrays come as lists, and numbers that are not finite as None. Raises
        py_mini_racer.JSEvalException with JavaScript's own message if the function throws.
        """
        given = ",".join(map(json.dumps, arguments))
        written = self._context.eval(f"JSON.stringify({function}({given}), {PLAIN})")
        return json.loads(written) if isinstance(written, str) else None

    def close(self) -> None:
        """Stop the engine and free its memory."""
        self._context.close()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
