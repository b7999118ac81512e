"""What a widget runs in the browser, put together from the files beside this one."""

from pathlib import Path

HERE = Path(__file__).parent


def join_scripts(*names: str) -> str:
    """Return the files as one script, so that those further down can use what is above them."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
