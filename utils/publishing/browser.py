"""Find the browser that prints the book, and that the tests drive."""

import shutil

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",  # macOS
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)


def find_browser() -> str | None:
    """Return the path of a Chromium or a browser made from it, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
