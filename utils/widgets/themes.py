"""Hand the colors of `utils/plots/colors.json` on to style sheets and drawings.

`python -m utils.widgets.themes` writes both files again; a test checks that they are up to date.
A drawing says `var(--at-ink, …)`: it follows the page's theme, and is light where none is set.
"""

from json import dumps
from pathlib import Path

from utils.plots.colors import THEMES

SCRIPT = Path(__file__).with_name("js") / "draw" / "colors.js"
SHEET = SCRIPT.with_suffix(".css")
NOTE = "made from utils/plots/colors.json by `python -m utils.widgets.themes`"

# Later rules win: what JupyterLab or the page says, over what the reader's system prefers.
LIGHT_WHERE = '[data-theme="light"], [data-jp-theme-light="true"]'
DARK_WHERE = '[data-theme="dark"], [data-jp-theme-light="false"]'


def color_script() -> str:
    """Return the JavaScript module that holds the colors of both themes."""
    return f"// {NOTE}\n\nexport const THEMES = {dumps(THEMES, indent=2)};\n"


def color_sheet() -> str:
    """Return the style sheet that sets a variable, such as --at-ink, for each color."""
    dark = f"@media (prefers-color-scheme: dark) {{\n{_rule(':root', 'dark')}}}\n"
    rules = [_rule(":root", "light"), dark, _rule(LIGHT_WHERE, "light"), _rule(DARK_WHERE, "dark")]
    return f"/* {NOTE} */\n\n" + "\n".join(rules)


def _rule(where: str, theme: str) -> str:
    lines = [f"  --at-{name}: {value};\n" for name, value in THEMES[theme].items()]
    return f"{where} {{\n{''.join(lines)}}}\n"


def main() -> None:
    """Write the script and the style sheet."""
    SCRIPT.write_text(color_script(), "utf-8")
    SHEET.write_text(color_sheet(), "utf-8")


if __name__ == "__main__":
    main()
