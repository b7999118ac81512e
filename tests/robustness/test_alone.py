"""Notebooks opened on their own, a package without its project, links: each finds its way."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections import Counter
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import yaml
from lab import FLAGS, find_browser, jupyterlab, skip_without_browser
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import expect, sync_playwright
from toy import REPOSITORY

from utils.publishing import first_cell
from utils.system import environment, start

ADDRESS = first_cell.read_address()
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
NAMES = ["utils", "pyproject.toml", "README.md", "LICENSE", "constraints.txt"]


@pytest.fixture
def project(tmp_path):
    """Return a copy of the project in a folder with an awkward name, without its notebooks."""
    root = tmp_path / os.fsdecode("注意 it's 100 % ä".encode())
    root.mkdir()
    for name in NAMES:
        path = REPOSITORY / name
        copy = shutil.copytree if path.is_dir() else shutil.copyfile  # it may be read-only
        copy(path, root / name)
    (root / "data").symlink_to(REPOSITORY / "data")
    return root


# --- the first cell has one source ---


def test_notebooks_and_readme_match_what_the_command_writes():
    stale = [path.name for path, text in first_cell.rewritten() if path.read_text("utf-8") != text]
    assert stale == [], "run `python -m utils.publishing.first_cell`"
    assert first_cell.badges(ADDRESS) in (REPOSITORY / "README.md").read_text("utf-8")


def test_the_command_writes_another_address_everywhere(project):
    (project / "notebooks").mkdir()
    shutil.copy(NOTEBOOKS[0], project / "notebooks")
    setting = project / "pyproject.toml"
    other = "https://github.com/someone/else"
    setting.write_text(setting.read_text("utf-8").replace(ADDRESS, other), "utf-8")
    written = [text for _, text in first_cell.rewritten(project)]
    assert len(written) > 1
    for text in written:
        assert ADDRESS not in text and "someone/else" in text


def test_no_other_file_names_the_address():
    place = re.compile(r"[\w-]+/attention-notebooks")
    known = {NOTEBOOKS[0].parent / path.name for path in NOTEBOOKS}
    known |= {REPOSITORY / name for name in ("README.md", "pyproject.toml", "CITATION.cff")}
    pages = [*REPOSITORY.glob("*"), *REPOSITORY.glob("[!.]*/*.md"), *NOTEBOOKS]
    named = {p for p in pages if p.is_file() and place.search(p.read_text("utf-8", "ignore"))}
    assert named <= known
    assert all(ADDRESS.removeprefix("https://github.com/") in p.read_text("utf-8") for p in named)


# --- where a notebook is opened ---

PLACES = {  # cwd, and the file that VS Code names; {} is the project
    "the project": ("{}", None),
    "its notebooks": ("{}/notebooks", None),
    "the students' edition": ("{}/build/classroom", None),
    "a copy in a folder of one's own": ("{}/mine/week 1", None),
    "VS Code, started above": ("{}/..", "{}/notebooks/05_dot_attention.ipynb"),
    "VS Code, started elsewhere": ("/", "{}/mine/copy.ipynb"),
    "a download beside the project": ("{}/../attention-notebooks/..", None),
    "a link into the project": ("{}/../link", None),
}
STRANGERS = {  # code that puts another `utils` first
    "none": "",
    "installed": "sys.path.insert(0, stranger)",
    "imported": "sys.path.insert(0, stranger); import utils.system.environment",
    "imported, and then gone": "sys.path.insert(0, stranger); import utils; del sys.path[0]",
    "without a file": "sys.modules['utils'] = type(sys)('utils')",
    "a part alone": "sys.modules['utils.evaluation'] = type(sys)('utils.evaluation')",
    "without a specification": "import utils; utils.__spec__ = utils.__file__ = None",
}
PROBE = """
import sys
stranger = {stranger!r}
{before}
for _ in range(2):  # a cell is run again and again
    exec({cell!r}, {{**globals(), **{given!r}}})
    import utils, utils.system.environment
    print(utils.system.environment.__file__)
"""


def find(project, cwd, given, before="", **environment):
    """Return which `environment` is imported after the first cell, by a fresh Python."""
    stranger = project.parent / "stranger"
    (stranger / "utils" / "system").mkdir(parents=True)
    names = ("__init__", "system/__init__", "system/environment", "system/start")
    for name in names:  # decoys: our modules have these names too
        (stranger / "utils" / f"{name}.py").write_text("raise_nothing = True\n", "utf-8")
    cell = first_cell.first_cell(ADDRESS).source
    code = PROBE.format(cell=cell, given=given, before=before, stranger=str(stranger))
    command = [sys.executable, "-c", code]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True)
    assert done.stderr == b""
    return set(os.fsdecode(done.stdout).splitlines())


@pytest.mark.parametrize(("cwd", "file"), PLACES.values(), ids=PLACES)
def test_the_project_is_found_from_any_folder(project, cwd, file):
    for folder in ("notebooks", "build/classroom", "mine/week 1"):
        (project / folder).mkdir(parents=True)
    if "attention-notebooks" in cwd:
        project = project.rename(project.parent / "attention-notebooks")
    (project.parent / "link").symlink_to(project / "mine")
    given = {} if file is None else {"__vsc_ipynb_file__": file.format(project)}
    assert find(project, cwd.format(project), given) == {
        str(project / "utils/system/environment.py")
    }


@pytest.mark.parametrize("before", STRANGERS.values(), ids=STRANGERS)
def test_import_utils_finds_this_project_despite_namesakes(project, before):
    assert find(project, project, {}, before) == {str(project / "utils/system/environment.py")}


@pytest.mark.parametrize("folder", ["mine", "mine/data/mini", "mine/utils"])
def test_an_installed_project_is_found_from_outside(project, folder):
    outside = project.parent / folder
    outside.mkdir(parents=True)
    found = find(project, outside, {}, PYTHONPATH=str(project))
    assert found == {str(project / "utils/system/environment.py")}


@pytest.mark.parametrize("file", ["utils.py", "utils/text.py"])
def test_a_file_beside_the_notebook_does_not_shadow_utils(project, file):
    mine = project / "mine" / file
    mine.parent.mkdir(parents=True)
    mine.write_text("", "utf-8")
    assert find(project, project / "mine", {}) == {str(project / "utils/system/environment.py")}


def test_an_old_python_can_read_what_the_first_cell_runs():
    for source in (first_cell.FIRST_CELL, Path(start.__file__).read_text("utf-8")):
        compile(source, "start", "exec", dont_inherit=True, _feature_version=8)


# --- an environment with only the packages of its host ---


def closure(*names):
    """Return the names of distributions and of all their dependencies."""
    found, waiting = set(), [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            lines = map(Requirement, metadata.requires(name) or [])
            here = [line.name for line in lines if not line.marker or line.marker.evaluate()]
            waiting += [canonicalize_name(each) for each in here]
    return found


class Host:
    """A virtual environment with some of the test environment's packages, and a kernel."""

    def __init__(self, folder: Path, packages: set[str]):
        self.folder = folder
        venv.create(folder / "env", symlinks=os.name != "nt")
        (self.site,) = (folder / "env").glob("lib/python*/site-packages")
        self.python = folder / "env/bin/python"
        for package in packages:
            self.link(package)
        spec = folder / "share/kernels/host/kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": "host"}), "utf-8")

    def link(self, package: str) -> None:
        """Add a package to the environment by linking its files."""
        distribution = metadata.distribution(package)
        for name in {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}:
            if not (self.site / name).exists():
                (self.site / name).symlink_to(distribution.locate_file(name))

    def run(self, *cells: str, cwd: Path | None = None, **environment: str):
        """Run cells; return each one's output, or None if it did not run."""
        notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
        resources = {"metadata": {"path": str(cwd or self.folder)}}
        client = NotebookClient(notebook, kernel_name="host", resources=resources, timeout=300)
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with suppress(CellExecutionError):
            client.execute(env=clean | environment)
        return [said(cell) for cell in notebook.cells]


def said(cell):
    if cell.execution_count is None:
        return None
    return "".join(o.get("text", "\n".join(o.get("traceback", []))) for o in cell.outputs)


@pytest.fixture
def make_host(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "host" / "share"))
    return lambda *packages: Host(tmp_path / "host", closure("ipykernel", *packages))


def cell_of(address: str = ADDRESS) -> str:
    return first_cell.first_cell(address).source


def install_stranger(host):
    (host.site / "utils").mkdir()
    (host.site / "utils/__init__.py").write_text("", "utf-8")


def install_wheel(host):
    """Install into an environment what a wheel holds: the package, not the rest of the project."""
    shutil.copytree(REPOSITORY / "utils", host.site / "utils")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prepare", "advice"),
    [
        (lambda host: None, f"Get all of {ADDRESS}"),
        (install_stranger, f"Get all of {ADDRESS}"),
        (install_wheel, "download the whole project"),
    ],
)
def test_a_notebook_far_from_its_project_says_so_in_one_line(make_host, prepare, advice):
    host = make_host()
    prepare(host)
    told, following = host.run(cell_of(), "1 / 0")
    assert told.startswith("UsageError: ") and advice in told
    assert len(told.splitlines()) == 1
    assert following is None


@pytest.mark.slow
def test_a_kernel_without_the_packages_raises_a_one_line_error(make_host, project):
    told, following = make_host("numpy").run(cell_of(), "1 / 0", cwd=project)
    assert re.fullmatch(
        r"UsageError: The kernel lacks torch, torchtext, .+: run `make .+\.\n", told
    )
    assert "numpy" not in told and "jupyterlab" not in told
    assert following is None


@pytest.mark.slow
def test_a_kernel_with_the_packages_needs_no_installed_project(make_host, project):
    needed = environment.needed_by_cells((project / "pyproject.toml").read_text("utf-8"))
    host = make_host(*map(start.name, needed))
    quiet, checked = host.run(
        cell_of(), "from utils.system.environment import report\nprint(report())", cwd=project
    )
    assert (quiet, checked) == ("", environment.ALL_THERE + "\n")


# --- Colab and Kaggle, simulated ---


@pytest.fixture
def address(tmp_path):
    """Return the address of a repository that holds the project as it is now."""
    bare = tmp_path / "project.git"
    git = ["git", f"--git-dir={bare}", f"--work-tree={REPOSITORY}"]
    git += ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.excludesFile="]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=now"]):
        subprocess.run([*git, *words], check=True, cwd=REPOSITORY)
    return bare.as_uri()


HOSTS_LACK = {"torchtext", "sacrebleu", "anywidget", "pooch", "resvg-py"}  # and JupyterLab


@pytest.fixture
def colab(make_host):
    """Return an environment like Colab's, with a stand-in for pip that knows what Colab lacks."""
    text = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    needed = {start.name(line) for line in environment.needed_by_cells(text)}
    host = make_host(*(needed - HOSTS_LACK))
    (host.site / "google/colab").mkdir(parents=True)
    (host.site / "google/colab/__init__.py").touch()
    (host.site / "kernel.pth").write_text("import google.colab\n", "utf-8")

    def serve(fails=False):
        places = {
            start.name(p): [
                str(metadata.distribution(p).locate_file(n))
                for n in {f.parts[0] for f in metadata.distribution(p).files}
                if n not in ("..", "__pycache__")
            ]
            for p in closure(*HOSTS_LACK)
        }
        (host.site / "pip").mkdir()
        (host.site / "pip/__main__.py").write_text(
            STAND_IN.format(folder=str(host.folder), places=places, fails=fails), "utf-8"
        )

    host.serve = serve
    return host


STAND_IN = """
import re, shutil, sys
from pathlib import Path
arguments = sys.argv[1:]
pins = arguments[arguments.index("--constraint") + 1]
shutil.copy(pins, {folder!r} + "/pins.txt")
if {fails}:
    sys.exit("WARNING: retrying\\nERROR: No matching distribution found")
Path({folder!r}, "wanted.txt").write_text("\\n".join(arguments))
for paths in {places!r}.values():
    for path in map(Path, paths):
        link = Path(__file__).parents[1] / path.name
        link.exists() or link.symlink_to(path)
"""


@pytest.mark.slow
def test_colab_fetches_the_project_and_installs_only_what_is_missing(colab, address):
    colab.serve()
    cells = nbformat.read(NOTEBOOKS[0], as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    results = colab.run("import numpy", cell_of(address), *code[1:])
    (report,) = (i for i, source in enumerate(code, start=1) if "print(report())" in source)
    assert (results[1], results[report]) == ("", environment.ALL_THERE + "\n")
    assert all(result is not None and "Traceback" not in result for result in results)
    wanted = (colab.folder / "wanted.txt").read_text("utf-8").split()
    assert {start.name(each) for each in wanted if "=" in each} == HOSTS_LACK
    pins = (colab.folder / "pins.txt").read_text("utf-8").split()
    for package in ("torch", "numpy", "matplotlib", "ipykernel"):
        assert f"{package}=={metadata.version(package)}" in pins


@pytest.mark.slow
def test_a_failed_install_is_reported_in_one_line(colab, address):
    colab.serve(fails=True)
    told, following = colab.run(cell_of(address), "1 / 0")
    assert re.fullmatch(r"UsageError: pip could not install .*sacrebleu.*Internet.*\n", told)
    assert following is None


@pytest.mark.slow
def test_a_failed_download_on_kaggle_is_reported(make_host, tmp_path):
    nowhere = (tmp_path / "nowhere").as_uri()
    kaggle = {"KAGGLE_KERNEL_RUN_TYPE": "Interactive"}
    told, following = make_host().run(cell_of(nowhere), "1 / 0", **kaggle)
    assert told.splitlines()[-1].startswith(f"UsageError: Get all of {nowhere} and open")
    assert "Traceback" not in told
    assert following is None


# --- a package without its project ---

MESSAGE = r"only an editable install keeps the code beside it: .* run `make lab` in its folder\."


@pytest.mark.parametrize(
    "words",
    [
        ["-c", "import utils"],
        ["-c", "from utils.translator import Translator"],
        ["-m", "utils.translate", "hallo"],
        ["-m", "utils.training", "--help"],
        ["-m", "utils.experiments"],
        ["-m", "utils.corpora.grammar"],
    ],
    ids=" ".join,
)
def test_an_install_that_is_not_editable_says_what_to_do(tmp_path, words):
    shutil.copytree(REPOSITORY / "utils", tmp_path / "site" / "utils")
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert re.search(MESSAGE, done.stderr.splitlines()[-1])
    assert words[0] == "-c" or len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_wheel_says_what_to_do_and_has_its_metadata(project):
    pytest.importorskip("setuptools", minversion="77")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps"]
    wheel = [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir=dist", "."]
    subprocess.run(wheel, cwd=project, check=True)
    (file,) = project.glob("dist/*.whl")
    target = project.parent / "target"
    subprocess.run([*pip, "install", *offline, f"--target={target}", str(file)], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "utils.translate", "hallo"],
        cwd=project.parent,
        env=os.environ | {"PYTHONPATH": str(target)},
        capture_output=True,
        encoding="utf-8",
    )
    assert re.search(MESSAGE, done.stderr)
    (found,) = metadata.distributions(path=[str(target)])
    assert f"Repository, {ADDRESS}" in found.metadata.get_all("Project-URL")
    assert found.metadata["Description-Content-Type"] == "text/markdown"


def test_an_editable_install_puts_the_project_on_the_path():
    """The first cell then finds it from any folder, despite other packages called utils."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert settings["tool"]["setuptools"]["package-dir"] == {"": "."}


# --- other hosts: only what can be checked from here ---


def test_files_for_other_hosts_refer_to_existing_files():
    container = json.loads((REPOSITORY / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert container["postCreateCommand"] == "make env CPU=1"
    binder = yaml.safe_load((REPOSITORY / ".binder/environment.yml").read_text("utf-8"))
    versions = [container["image"].split(":")[1], binder["dependencies"][0].split("=")[1]]
    listed = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    for version in versions:
        assert f"Programming Language :: Python :: {version}" in listed["classifiers"]
    script = REPOSITORY / ".binder/postBuild"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert os.access(script, os.X_OK)
    for name in ("constraints.txt", ".jupyter/labconfig"):
        assert name in script.read_text("utf-8") and (REPOSITORY / name).exists()


# --- links ---


def test_make_lab_and_conda_read_the_settings_that_links_need():
    assert "\tJUPYTER_CONFIG_PATH=$(SETTINGS) " in (REPOSITORY / "Makefile").read_text("utf-8")
    conda = yaml.safe_load((REPOSITORY / "environment.yml").read_text("utf-8"))
    assert conda["variables"] == {"JUPYTER_CONFIG_PATH": ".jupyter", "OMP_WAIT_POLICY": "PASSIVE"}
    file = REPOSITORY / ".jupyter/labconfig/default_setting_overrides.json"
    settings = json.loads(file.read_text("utf-8"))
    assert settings["@jupyterlab/notebook-extension:tracker"] == {"windowingMode": "defer"}


def test_links_within_a_notebook_lead_to_unique_headings():
    """JupyterLab searches all open notebooks, and goes to the first heading with that text."""
    cells = [
        (path.stem, cell.source)
        for path in NOTEBOOKS
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    ]
    texts = [text for _, source in cells for text in re.findall(r"^#+ +(.+)$", source, re.M)]
    counts = Counter(re.sub("[*`]", "", text).replace(" ", "-") for text in texts)
    linked = {target for _, source in cells for target in re.findall(r"\]\(#([^)]+)\)", source)}
    assert linked and {target: counts[target] for target in linked if counts[target] != 1} == {}


# Two links of each kind; test_series.py checks where all of the README's lead.
CLICKS = [  # where, the end of the link's address, and the heading it leads to
    ("README.md", "when-divide-by-root-d", "When divide by √d?"),
    ("README.md", "s_-t-1-or-s_t-and", "s_{t-1} or s_t, and does it matter?"),
    ("notebooks/TEACHING.md", "so-can-the-rnn-go", "So, can the RNN go?"),
    ("notebooks/TEACHING.md", "#start", "Start"),
    ("notebooks/04_attention_by_hand.ipynb", "does-s_t-depend", "Does s_t depend on y_{t-1},"),
    ("notebooks/06_general_attention.ipynb", "when-divide-by-root", "When divide by √d?"),
    ("notebooks/00_start_here.ipynb", "#questions-readers-ask", "Questions readers ask"),
    ("notebooks/12_beyond_rnns.ipynb", "train-from-the-command", "Train from the command line"),
]


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    """Return a browser, and a function that returns a file's address in `make lab`'s JupyterLab."""
    skip_without_browser()
    folder = tmp_path_factory.mktemp("lab")
    for name in ("README.md", "utils/README.md", ".jupyter/labconfig"):
        (folder / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, folder / name)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("JUPYTER_CONFIG_PATH", ".jupyter")
        with jupyterlab(folder) as address:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            yield browser, lambda path: address("X").replace("notebooks/X.ipynb", path)
            browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(("path", "target", "heading"), CLICKS)
def test_the_first_click_lands(window, path, target, heading):
    browser, address = window
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    page.goto(address(path))
    link = page.locator(f'.jp-RenderedMarkdown a[href*="{target}"]').first
    link.wait_for(timeout=120_000, state="attached")
    expect(page.locator(".jp-Spinner")).to_have_count(0, timeout=120_000)
    link.scroll_into_view_if_needed()
    link.click()
    shown = page.locator(".lm-DockPanel-widget:not(.lm-mod-hidden) :is(h1, h2, h3)")
    found = shown.filter(has_text=heading).first
    expect(found).to_be_in_viewport(timeout=120_000)
    page.wait_for_timeout(3000)  # cells still rendering above may move it
    expect(found).to_be_in_viewport()
    page.close()
