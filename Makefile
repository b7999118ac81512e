# Works with GNU Make 3.81 and newer. `make` alone lists the commands.

PYTHON ?= python3
VENV   := .venv
IN     := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
STAMP  := $(VENV)/.installed
TOOLS  := $(VENV)/.tools

# The oldest Python that will do is written once, in pyproject.toml.
MINIMUM := $(shell sed -n 's/^requires-python = ">=\([0-9.]*\)"$$/\1/p' pyproject.toml)
is_new   = $(shell $(PYTHON) -c 'import sys; print(sys.version_info >= tuple(map(int, "$(MINIMUM)".split("."))))' 2>&1)
has_venv = $(shell $(PYTHON) -c 'import ensurepip, venv; print(True)' 2>&1)
too_old  = This project needs Python $(MINIMUM) or newer, and $(PYTHON) is \
  $(shell $(PYTHON) --version 2>&1 | grep '^Python' || echo missing): install one and name it, as in `make env PYTHON=python$(MINIMUM)`
no_venv  = $(PYTHON) cannot make a virtual environment because its venv module is missing: \
  install it (on Debian and Ubuntu with `apt install python3-venv`) and run make again

.PHONY: help env lab check test notebooks models captions experiments bench animation classroom html figures slides lowest newest constraints

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F '|' '{ printf "make %-12s %s\n", $$1, $$2 }'

env: $(STAMP) ## set up .venv for reading; CPU=1 takes PyTorch's smaller build without GPU

# An install that fails or is interrupted leaves no stamp, so the next make tries again.
# CPU=1 matters at the first set-up only: pip leaves a PyTorch of the right version as it is.
$(STAMP): pyproject.toml constraints.txt
	$(if $(filter True,$(is_new)),,$(error $(too_old)))
	$(if $(filter True,$(has_venv)),,$(error $(no_venv)))
	@$(IN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
	$(if $(filter 1,$(CPU)),$(PIP) uv && { $(cpu_torch) || { echo "$(no_cpu)" >&2; exit 1; }; })
	$(PIP) --editable .
	$(IN) -m jupyterlab.labextensions disable @jupyterlab/apputils-extension:announcements
	@touch $@

# What tests, pages, slides and the classroom edition need, and readers do not. Of nbgrader,
# `make classroom` uses one function; what it adds to JupyterLab is off.
$(TOOLS): $(STAMP)
	$(PIP) --editable '.[test]'
	$(IN) -m jupyterlab.labextensions disable @jupyter/nbgrader
	for part in formgrader validate_assignment assignment_list course_list; do \
	  $(IN) -m jupyter_server.extension.serverextension disable --sys-prefix \
	    nbgrader.server_extensions.$$part || exit 1; done
	@touch $@

PIP       = $(IN) -m pip install --constraint constraints.txt
no_cpu    = PyTorch keeps its CPU build at an address of its own, and it could not be had from there: try again, or leave CPU=1 out
cpu_torch = $(IN) -m uv pip install --python $(IN) --torch-backend cpu --no-deps --constraint constraints.txt torch

# Nothing listens beyond this computer, and nothing is fetched: the announcements are off in .venv,
# and so is the list of extensions to install. The reader's own Jupyter settings stay as they are.
LAB_FLAGS  = --ip=localhost --LabApp.default_url=/lab/tree/$(or $(wildcard $(FIRST)),notebooks) \
  --LabApp.extension_manager=readonly $(as_root) $(no_display)
FIRST      = notebooks/00_start_here.ipynb
as_root    = $(if $(filter 0,$(shell id -u)),--allow-root)
no_display = $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin Windows_NT,$(OS) $(shell uname)),,--no-browser)

# Threads of a kernel that wait for each other give up their core. Busy waiting would take it from
# whoever has work: where others compute, a training took ten times as long. On an idle machine it
# is faster, by up to half for small steps: OMP_WAIT_POLICY=ACTIVE make lab.
lab check test notebooks: export OMP_WAIT_POLICY ?= PASSIVE

# With the settings in .jupyter, Markdown is shown, not its source, and all cells of a notebook are
# laid out when it opens: a link finds its heading at the first click.
lab: $(STAMP) ## open the notebooks in JupyterLab
	JUPYTER_CONFIG_PATH=$(SETTINGS) $(IN) -m jupyterlab $(LAB_FLAGS)
SETTINGS = .jupyter$(if $(JUPYTER_CONFIG_PATH),:'$(JUPYTER_CONFIG_PATH)')

# Files of tests run side by side, one on each core and one more (conftest.py says why), so each
# process has one thread. The notebooks take longest and come first. ARGS="-n 0" runs one at a time.
SIDE_BY_SIDE = -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

FAST = -o testpaths=tests -m "not browser and not slow and not gpu"

check: $(TOOLS) ## the fast tests: lint, spelling, unit tests; no browser, no training, no notebooks
	OMP_NUM_THREADS=1 $(IN) -m pytest $(SIDE_BY_SIDE) $(FAST) $(ARGS)

test: $(TOOLS) ## run the unit tests and every notebook; ARGS="-k attention" runs some
	OMP_NUM_THREADS=1 $(IN) -m pytest $(SIDE_BY_SIDE) $(ARGS)

notebooks: $(TOOLS) ## run the notebooks and save them with their outputs; ONLY=03 runs one
	@$(IN) -m utils.publishing.notebooks $(or $(sort $(wildcard notebooks/$(ONLY)*.ipynb)),$(error No notebook's name begins with "$(ONLY)"))

models: $(STAMP) ## train the translators in data/models/ again
	for attention in fixed dot general additive; do \
	  $(IN) -m utils.training --attention $$attention --device cpu --output data/models/mini-$$attention.pt || exit 1; \
	done

captions: $(STAMP) ## train the translator of captions in data/models/ again, on Multi30k
	$(IN) -m utils.training --corpus multi30k --attention additive --subwords 8000 --tied \
	  --embedding-size 256 --hidden-size 256 --memory-size 512 --dropout 0.4 --batch-size 128 \
	  --epochs 20 --average 5 --learning-rate 3e-3 --device cpu --checkpoint runs/captions.ckpt \
	  --score valid --beam-size 5 --half --output data/models/multi30k-additive.pt

experiments: $(STAMP) ## run what is missing in data/results/; ONLY=cost runs one study
	$(IN) -m utils.experiments $(ONLY)

# What takes long runs only when it is named: ONLY=notebooks.
BENCHMARKS = $(filter-out %_notebooks.py,$(sort $(wildcard tests/benchmarks/bench_*.py)))

bench: $(TOOLS) ## time the code against its goals; ONLY=notebooks times each notebook
	$(IN) -m pytest -o addopts=-rs --benchmark-quiet \
	  $(if $(ONLY),tests/benchmarks/bench_$(ONLY).py,$(BENCHMARKS))

animation: $(STAMP) ## draw the moving picture of the README
	$(IN) -m utils.publishing.animation

classroom: $(TOOLS) ## write the notebooks without answers to build/classroom/
	$(IN) -m utils.publishing.classroom

html: $(TOOLS) ## write the series as web pages to build/html/
	$(IN) -m utils.publishing.pages

figures: html ## show every figure, large and at half size, on one page in build/figures/
	$(IN) -m utils.publishing.figures

slides: $(TOOLS) ## write the series as slides to build/slides/
	$(IN) -m utils.publishing.slides

# For maintainers. HOLD="torch==2.13.0" keeps a package at that version.
lowest: $(TOOLS) ## run the fast tests with the oldest packages that are allowed
	$(call check_with,lowest-direct)

newest: $(TOOLS) ## run the fast tests with the newest packages that are allowed
	$(call check_with,highest)

of_pins = test_repository.py::test_installed_versions_are_the_pinned_ones \
  robustness/test_setup.py::test_every_pin_admits_every_supported_python

define check_with
$(IN) -m uv venv --clear --quiet --python $(IN) build/$@
$(IN) -m uv pip install --python build/$@ --resolution $(1) --editable '.[test]' $(HOLD)
OMP_NUM_THREADS=1 $(subst $(VENV),build/$@,$(IN)) -m pytest $(SIDE_BY_SIDE) $(FAST) \
  $(addprefix --deselect tests/,$(of_pins)) $(ARGS)
endef

# One version for all supported Pythons and systems: the newest that the oldest Python admits.
constraints: $(TOOLS) ## pin the newest version of everything in constraints.txt
	mkdir -p build && printf '%s\n' $(HOLD) > build/hold.txt
	$(IN) -m uv pip compile --upgrade --universal --python-version $(MINIMUM) --fork-strategy fewest \
	  --no-header --no-annotate --extra test --constraint build/hold.txt --output-file build/pins.txt pyproject.toml
	{ sed -n '/^#/p' constraints.txt; sed 's/ *;.*//' build/pins.txt \
	  | grep -v -e '^nvidia-' -e '^cuda-' -e '^triton=' -e '^setuptools='; } > build/constraints.txt
	mv build/constraints.txt constraints.txt
