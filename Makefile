# Two commands matter: `make run` and `make test`. Both set up what they need and are quick when nothing is to do.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SHELL := bash
.SHELLFLAGS := -o pipefail -c
# pip says a lot; one line for every tenth library is enough to see that it moves.
pip-install = $(BIN)/python -m pip install --progress-bar off --require-hashes -r $(1) \
	| awk '/^Collecting/ { if (++n % 10 == 0) { printf "setup: %3d libraries, now %s\n", n, $$2; fflush() } } /^Installing/ { print "setup: unpacking"; fflush() }'

.PHONY: run test lint unit bench down setup setup-dev lock clean

run: setup  ## set up and run the whole pipeline with the sample; ends with the addresses
	@$(BIN)/warta up --sample

down:  ## stop what `make run` started
	@$(BIN)/warta down

test: setup-dev lint  ## set up and pass every test, on real servers
	@$(BIN)/python -m pytest

unit: setup-dev  ## only the tests that need no server
	@$(BIN)/python -m pytest -m "not integration and not chaos and not console"

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup-dev  ## print the figures of the README beside limits and peers
	@$(BIN)/python -m benchmarks

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev
	@deploy/local/system-packages.sh

$(VENV)/.runtime: requirements.txt pyproject.toml | $(VENV)
	@echo "setup: installing the libraries (a minute or two the first time)"
	@$(call pip-install,requirements.txt)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m stream_agents.stories.precompile
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(VENV)
	@echo "setup: installing the libraries and the tools for tests (a minute or two the first time)"
	@$(call pip-install,requirements-dev.txt)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m stream_agents.stories.precompile
	@touch $@ $(VENV)/.runtime

$(VENV):
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); ok or sys.exit("setup: Python 3.11 to 3.13 is needed, %s is %s; name another with make PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	@# pip before 24 stumbles over an extra that two libraries spell differently (html_clean, html-clean).
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet "pip>=25,<27" || { rm -rf $(VENV); echo "setup: no virtual environment could be made (see above); on Debian: apt-get install python3-venv"; exit 1; }

lock:  ## resolve the locked requirements anew (needs uv)
	uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements.txt
	uv pip compile -q pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements-dev.txt

clean:  ## remove the environment and all data of `make run`
	@test ! -x $(BIN)/warta || $(BIN)/warta down
	rm -rf $(VENV) .warta
