# Works with GNU Make 3.81 and newer. `make` alone lists the commands.

PYTHON ?= python3
VENV   := .venv
IN     := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
STAMP  := $(VENV)/.installed
TOOLS  := $(VENV)/.tools

# The oldest supported Python is written once, in pyproject.toml.
MINIMUM := $(shell sed -n 's/^requires-python = ">=\([0-9.]*\)"$$/\1/p' pyproject.toml)
is_new   = $(shell $(PYTHON) -c 'import sys; print(sys.version_info >= tuple(map(int, "$(MINIMUM)".split("."))))' 2>&1)
has_venv = $(shell $(PYTHON) -c 'import ensurepip, venv; print(True)' 2>&1)
too_old  = This project needs Python $(MINIMUM) or newer, but $(PYTHON) is \
  $(shell $(PYTHON) --version 2>&1 | grep '^Python' || echo missing): install one and name it, as in `make env PYTHON=python$(MINIMUM)`
no_venv  = $(PYTHON) cannot create a virtual environment because its venv module is missing: \
  install it (on Debian and Ubuntu with `apt install python3-venv`) and run make again

.PHONY: help env lab check test notebooks models captions experiments bench animation classroom handout nbgrader questions html figures slides book lowest newest constraints

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F '|' '{ printf "make %-12s %s\n", $$1, $$2 }'

env: $(STAMP) ## set up .venv for reading; CPU=1 takes PyTorch's smaller CPU-only build

# An install that fails or is interrupted leaves no stamp, so the next make tries again.
# CPU=1 matters only the first time: pip keeps a PyTorch that already has the right version.
$(STAMP): pyproject.toml constraints.txt
	$(if $(filter True,$(is_new)),,$(error $(too_old)))
	$(if $(filter True,$(has_venv)),,$(error $(no_venv)))
	@$(IN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
	$(if $(filter 1,$(CPU)),$(PIP) uv && { $(cpu_torch) || { echo "$(no_cpu)" >&2; exit 1; }; })
	$(PIP) --editable .
	$(IN) -m jupyterlab.labextensions disable @jupyterlab/apputils-extension:announcements
	@touch $@

# What tests, pages, slides, book and the classroom edition need but readers don't. `make classroom` uses
# a single function of nbgrader, so its JupyterLab extensions are turned off.
$(TOOLS): $(STAMP)
	$(PIP) --editable '.[test]'
	$(IN) -m jupyterlab.labextensions disable @jupyter/nbgrader
	for part in formgrader validate_assignment assignment_list course_list; do \
	  $(IN) -m jupyter_server.extension.serverextension disable --sys-prefix \
	    nbgrader.server_extensions.$$part || exit 1; done
	@touch $@

PIP       = $(IN) -m pip install --constraint constraints.txt
no_cpu    = PyTorch's CPU build comes from a server of its own, and could not be downloaded from there: try again, or leave out CPU=1
cpu_torch = $(IN) -m uv pip install --python $(IN) --torch-backend cpu --no-deps --constraint constraints.txt torch

# JupyterLab listens on this computer only and downloads nothing: .venv has announcements and the
# extension manager turned off. The reader's own Jupyter settings stay as they are.
LAB_FLAGS  = --ip=localhost --LabApp.default_url=/lab/tree/$(or $(wildcard $(FIRST)),notebooks) \
  --LabApp.extension_manager=readonly $(as_root) $(no_display)
FIRST      = notebooks/00_start_here.ipynb
as_root    = $(if $(filter 0,$(shell id -u)),--allow-root)
no_display = $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin Windows_NT,$(OS) $(shell uname)),,--no-browser)

# A kernel's threads give up their core while they wait for each other. Busy waiting would keep it
# from threads with work to do: on a busy machine, training took ten times as long. On an idle one,
# it is faster by up to half for small steps: OMP_WAIT_POLICY=ACTIVE make lab.
lab check test notebooks: export OMP_WAIT_POLICY ?= PASSIVE

# The settings in .jupyter show Markdown rendered, and lay out all cells when a notebook opens, so
# that a link finds its heading on the first click.
lab: $(STAMP) ## open the notebooks in JupyterLab
	JUPYTER_CONFIG_PATH=$(SETTINGS) $(IN) -m jupyterlab $(LAB_FLAGS)
SETTINGS = .jupyter$(if $(JUPYTER_CONFIG_PATH),:'$(JUPYTER_CONFIG_PATH)')

# Test files run in parallel, so each process gets one thread; conftest.py says how many processes.
# The notebooks take longest and come first. ARGS="-n 0" runs one file at a time.
SIDE_BY_SIDE = -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

FAST = -o testpaths=tests -m "not browser and not slow and not gpu"

check: $(TOOLS) ## the fast tests: lint, spelling, unit tests; no browser, no training, no notebooks
	OMP_NUM_THREADS=1 $(IN) -m pytest $(SIDE_BY_SIDE) $(FAST) $(ARGS)

test: $(TOOLS) ## run the unit tests and every notebook; ARGS="-k attention" runs some
	OMP_NUM_THREADS=1 $(IN) -m pytest $(SIDE_BY_SIDE) $(ARGS)

notebooks: $(TOOLS) ## run the notebooks and save them with their outputs; ONLY=03 runs one
	@$(IN) -m utils.publishing.notebooks $(or $(sort $(wildcard notebooks/$(ONLY)*.ipynb)),$(error No notebook's name begins with "$(ONLY)"))

models: $(STAMP) ## retrain the translators in data/models/
	for attention in fixed dot general additive; do \
	  $(IN) -m utils.training --attention $$attention --device cpu --output data/models/mini-$$attention.pt || exit 1; \
	done
	$(IN) -m utils.training --transformer --learning-rate 3e-3 --device cpu --output data/models/mini-transformer.pt

# Both read the same pieces, have about as many weights, and take as many updates.
captions: $(STAMP) ## retrain the translators of captions in data/models/, on Multi30k
	$(on_captions) --attention additive --embedding-size 256 --hidden-size 256 --memory-size 512 \
	  --dropout 0.4 --learning-rate 3e-3 --checkpoint runs/captions.ckpt \
	  --output data/models/multi30k-additive.pt
	$(on_captions) --transformer --size 256 --layers 2 --heads 4 --hidden-size 384 \
	  --dropout 0.2 --learning-rate 1.5e-3 --checkpoint runs/captions-transformer.ckpt \
	  --output data/models/multi30k-transformer.pt
on_captions = $(IN) -m utils.training --corpus multi30k --subwords 8000 --tied --batch-size 128 \
  --epochs 20 --average 5 --device cpu --score valid --beam-size 5 --half

experiments: $(STAMP) ## run what is missing in data/results/; ONLY=cost runs one study
	$(IN) -m utils.experiments $(ONLY)

# The slow benchmark, of the notebooks, runs only when named: ONLY=notebooks.
BENCHMARKS = $(filter-out %_notebooks.py,$(sort $(wildcard tests/benchmarks/bench_*.py)))

bench: $(TOOLS) ## time the code against its goals; ONLY=notebooks times each notebook
	$(IN) -m pytest -o addopts=-rs --benchmark-quiet \
	  $(if $(ONLY),tests/benchmarks/bench_$(ONLY).py,$(BENCHMARKS))

animation: $(STAMP) ## draw the animation in the README
	$(IN) -m utils.publishing.animation

classroom: $(TOOLS) ## write the notebooks without answers to build/classroom/
	$(IN) -m utils.publishing.classroom

handout: $(TOOLS) ## write the project without answers to build/handout/
	$(IN) -m utils.publishing.handout

nbgrader: $(TOOLS) ## write a course with marks to build/nbgrader/
	$(IN) -m utils.publishing.course

questions: $(TOOLS) ## write the questions for Moodle, QTI, Anki and polls, and an exam, to build/questions/
	$(IN) -m utils.publishing.questions

html: $(TOOLS) ## write the series as web pages to build/html/
	$(IN) -m utils.publishing.pages

figures: html ## put every figure, full size and half size, on one page in build/figures/
	$(IN) -m utils.publishing.figures

slides: $(TOOLS) ## write the series as slides to build/slides/
	$(IN) -m utils.publishing.slides

book: $(TOOLS) ## write the series as EPUB and PDF to build/book/
	$(IN) -m utils.publishing.book

# For maintainers. HOLD="torch==2.13.0" keeps a package at that version.
lowest: $(TOOLS) ## run the fast tests with the oldest allowed packages
	$(call check_with,lowest-direct)

newest: $(TOOLS) ## run the fast tests with the newest allowed packages
	$(call check_with,highest)

of_pins = test_types.py test_repository.py::test_installed_versions_are_the_pinned_ones \
  robustness/test_setup.py::test_every_pin_admits_every_supported_python

define check_with
$(IN) -m uv venv --clear --quiet --python $(IN) build/$@
$(IN) -m uv pip install --python build/$@ --resolution $(1) --editable '.[test]' $(HOLD)
OMP_NUM_THREADS=1 $(subst $(VENV),build/$@,$(IN)) -m pytest $(SIDE_BY_SIDE) $(FAST) \
  $(addprefix --deselect tests/,$(of_pins)) $(ARGS)
endef

# One version for all supported Pythons and systems: the newest one that the oldest Python can use.
constraints: $(TOOLS) ## pin the newest version of everything in constraints.txt
	mkdir -p build && printf '%s\n' $(HOLD) > build/hold.txt
	$(IN) -m uv pip compile --upgrade --universal --python-version $(MINIMUM) --fork-strategy fewest \
	  --no-header --no-annotate --extra server --extra test --constraint build/hold.txt --output-file build/pins.txt pyproject.toml
	{ sed -n '/^#/p' constraints.txt; sed 's/ *;.*//' build/pins.txt \
	  | grep -v -e '^nvidia-' -e '^cuda-' -e '^triton=' -e '^setuptools='; } > build/constraints.txt
	mv build/constraints.txt constraints.txt
