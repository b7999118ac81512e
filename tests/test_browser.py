"""The explorers in a real JupyterLab: with a kernel, a busy one, a new one and none.

nbval runs every cell of every notebook; here one notebook has an explorer of each kind.
"""

import re

import nbformat
import pytest
from acts import ACTS, drive
from examples import EXAMPLES
from lab import jupyterlab, shared_browser, skip_without_browser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import ConsoleMessage, Page, expect
from toy import REPOSITORY

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # slow machines take long to answer
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
WAIT = 300_000  # milliseconds until a notebook has run; slow machines take long
ATTACK = '<img src=x onerror="document.title=1"><script>document.title=1</script> 😀 \u202e'
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
SHOW = "from examples import EXAMPLES\n\n{name} = EXAMPLES['{name}']()\n{name}"
CHANGE_THEME = "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })"
TRAITS = {name: sorted({acts.told_by_mouse, acts.told_by_keys}) for name, acts in ACTS.items()}
TELL = f"""\
lines = [
    f"{{name}}.{{trait}}: {{getattr(globals()[name], trait)}}"
    for name, traits in {TRAITS}.items() for trait in traits
]
print(*lines, sep="\\n")"""
LIVE = "[data-explorer={name}][data-ready=true]"


def write_notebook(path, *sources):
    cells = [new_markdown_cell("# Explorers"), *map(new_code_cell, sources)]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve notebooks with explorers, if there is a browser to look at them."""
    skip_without_browser()
    folder = tmp_path_factory.mktemp("lab")
    with jupyterlab(folder, {"PYTHONPATH": f"{REPOSITORY / 'tests'}:{REPOSITORY}"}) as address:
        notebooks = folder / "notebooks"
        shows = [SHOW.format(name=name) for name in EXAMPLES]
        write_notebook(notebooks / "all.ipynb", *shows, TELL)
        say = "print('step', stepper.step, 'of', len(stepper.translation))"
        stepper = SHOW.format(name="stepper")
        write_notebook(notebooks / "cells.ipynb", stepper, "stepper.step = 3", say)
        write_notebook(notebooks / "busy.ipynb", stepper, "import time\ntime.sleep(600)")
        write_notebook(notebooks / "kernel.ipynb", stepper)
        yield address


@pytest.fixture
def page(address):
    """Open a window, and fail if anything in it raises."""
    page = shared_browser().new_page(viewport={"width": 1500, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.extend(widget_errors(said)))
    yield page
    page.close()
    assert errors == []


def widget_errors(said: ConsoleMessage) -> list[str]:
    """Return an explorer's errors, which anywidget catches and logs."""
    return [said.text] if said.type == "error" and "anywidget" in said.text else []


def open_notebook(page: Page, address, name: str) -> None:
    page.goto(address(name))
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)


def run_all(page: Page, address, name: str) -> None:
    """Open a notebook and run all its cells."""
    open_notebook(page, address, name)
    for name in ("Run", "Run All Cells"):
        page.get_by_role("menuitem", name=name, exact=True).click()


def live(page: Page, name: str):
    """Wait for an explorer, bring it into sight, and return it."""
    box = page.locator(LIVE.format(name=name)).first
    expect(box).to_be_visible(timeout=WAIT)
    box.scroll_into_view_if_needed()
    return box


def finding(box):
    return box.locator(".at-finding")


def step_on(box) -> str:
    """Press the stepper's button for the next step; return what the finding says then."""
    box.page.mouse.move(0, 0)  # not over a word, about which it would say more
    before = finding(box).inner_text()
    box.get_by_role("button", name="Next").press("Enter")
    expect(finding(box)).not_to_have_text(before)
    return finding(box).inner_text()


def change_theme(page: Page, theme: str) -> None:
    page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
    is_light = str(theme == "Light").lower()
    expect(page.locator(f"body[data-jp-theme-light={is_light}]")).to_have_count(1)


def read_traits(page: Page) -> dict[str, str]:
    """Run the last cell, which prints traits; return them by explorer and name."""
    cell = page.locator(".jp-CodeCell").last
    said, prompt = cell.locator(".jp-OutputArea-output"), cell.locator(".jp-InputPrompt")
    count = prompt.inner_text()
    prompt.click()
    page.keyboard.press("Control+Enter")
    expect(prompt).not_to_have_text(count)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"))
    return dict(line.split(": ", 1) for line in said.inner_text().splitlines())


def test_each_explorer_is_driven_in_jupyterlab_in_both_themes(page, address):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    run_all(page, address, "all")
    for name in EXAMPLES:
        live(page, name)
    begun, grounds = read_traits(page), {}
    for theme in ("Light", "Dark"):
        change_theme(page, theme)
        for name, acts in ACTS.items():
            box = live(page, name)
            box.screenshot(path=SCREENSHOTS / f"lab-{name}-{theme.lower()}.png")
            grounds[theme, name] = box.evaluate("box => getComputedStyle(box).backgroundColor")
            assert box.locator("img").count() == 0  # the still picture has gone
            both = (acts.by_mouse, acts.by_keys)
            drive(box, *(both if theme == "Light" else reversed(both)))
        told = read_traits(page)
        for name, acts in ACTS.items():
            trait = acts.told_by_keys if theme == "Light" else acts.told_by_mouse
            assert told[f"{name}.{trait}"] != begun[f"{name}.{trait}"]
    assert all(grounds["Light", name] != grounds["Dark", name] for name in EXAMPLES)


def test_cells_set_and_read_what_is_shown(page, address):
    run_all(page, address, "cells")
    box = live(page, "stepper")
    expect(finding(box)).to_contain_text("Step 3")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(re.compile(r"step 3 of \d+"))
    step_on(box)
    page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(re.compile(r"step 4 of \d+"))


def test_a_busy_kernel_stops_nothing_and_keys_stay_inside(page, address):
    run_all(page, address, "busy")
    box = live(page, "stepper")
    expect(page.get_by_text("Python 3 (ipykernel) | Busy")).to_be_visible()
    step_on(box)
    cells = page.locator(".jp-Cell").count()
    box.locator(".at-handle").first.press("d")  # twice, it would delete a cell
    page.keyboard.press("d")
    assert page.locator(".jp-Cell").count() == cells
    title = page.title()
    box.get_by_label(re.compile("sentence")).first.fill(ATTACK)
    page.keyboard.press("Enter")
    expect(box).to_contain_text("does not know")
    assert (page.title(), box.locator("img, script").count()) == (title, 0)
    page.get_by_role("button", name="Interrupt the kernel", exact=True).click()


def test_without_its_kernel_it_goes_on_or_says_what_to_do(page, address):
    run_all(page, address, "kernel")
    box = live(page, "stepper")
    page.locator(".jp-CodeCell .jp-InputPrompt").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("You ran this cell again, so it starts over.")).to_be_visible()
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="Restart the kernel", exact=True).click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=WAIT)
    step_on(live(page, "stepper"))
    page.reload()
    still = page.locator("[data-explorer=stepper] .at-still, [data-explorer=stepper] img").first
    expect(still).to_be_visible(timeout=WAIT)
    assert box.count() == 0
    expect(page.get_by_text("Run this cell in JupyterLab")).to_be_visible()
    assert "not found" not in page.locator(".jp-Notebook").inner_text()
