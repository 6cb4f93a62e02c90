# Every product target is one call of `python -m analysis`; see `make help`.
PYTHON ?= python3
VENV ?= .venv
DATASET ?= complete-journey
REPORT_LANG ?= en

BIN := $(VENV)/bin
RUN := $(BIN)/python -m analysis
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := report
.PHONY: report cutoffs test check test-simulation test-browser test-spark lab bench clean format lock help

$(STAMP): requirements.lock
	@echo "Setting up $(VENV) from requirements.lock (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; got %s. Name one with: make PYTHON=python3.12" % sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.txt
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "analysis.pth").write_text(str(pathlib.Path("src").resolve()) + "\n", encoding="utf-8")'
	@touch $@

report: $(STAMP)  ## Write a month's report: DATASET, MONTH=YYYY-MM, REPORT_LANG=en|zh
	@$(RUN) report --dataset "$(DATASET)" $(if $(MONTH),--month "$(MONTH)") --language "$(REPORT_LANG)"

cutoffs: $(STAMP)  ## Fit and freeze the cut points: DATASET, BASELINE=YYYY-MM
	@$(RUN) cutoffs --dataset "$(DATASET)" $(if $(BASELINE),--baseline "$(BASELINE)")

test: $(STAMP)  ## Run the tests that need neither Spark, nor finished pages, nor minutes
	@$(BIN)/python -m pytest -q -m "not spark and not browser and not simulation" tests src/analysis

check: $(STAMP)  ## Lint, check types, run the tests
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/python -m mypy
	@$(MAKE) --no-print-directory test

test-simulation: $(STAMP)  ## Run the long simulations of lifetime value (minutes)
	@$(BIN)/python -m pytest -q -m simulation

test-browser: $(STAMP)  ## Open the finished pages below reports/ in headless Chromium
	@$(BIN)/python -m pytest -q -m browser

test-spark: $(STAMP)  ## Run the engine tests on local Spark (installs PySpark, 480 MB; needs Java 17)
	@test -x $(VENV)-spark/bin/python || $(PYTHON) -m venv $(VENV)-spark
	@VIRTUAL_ENV=$(abspath $(VENV)-spark) $(BIN)/uv pip sync --quiet --require-hashes requirements-spark.lock
	@$(VENV)-spark/bin/python -m pytest -q -m spark

lab: $(STAMP)  ## Open JupyterLab on the guide to the notebooks, on this machine only
	@$(BIN)/jupyter lab --ip 127.0.0.1 --ServerApp.root_dir . notebooks/00_guide.ipynb

bench: $(STAMP)  ## Measure speed and memory beside peers in the same run (minutes)
	@$(MAKE) --no-print-directory .venv-peers/.installed || echo "The peer could not be installed; measuring without it."
	@$(BIN)/python -m bench

.venv-peers/.installed: $(STAMP) requirements-peers.lock
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@VIRTUAL_ENV=$(abspath .venv-peers) $(BIN)/uv pip sync --quiet --require-hashes requirements-peers.lock
	@touch $@

clean: $(STAMP)  ## Remove reports, remembered results and accepted tables
	@$(RUN) clean

format: $(STAMP)  ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(STAMP)  ## For maintainers: resolve anew and write the lock files
	@$(BIN)/uv lock --quiet --upgrade
	@$(BIN)/uv export --quiet --frozen --no-header --no-annotate --no-emit-project --all-groups > requirements.lock
	@$(BIN)/uv export --quiet --frozen --no-header --no-annotate --no-emit-project --all-groups --extra spark \
		> requirements-spark.lock
	@echo lifetimes==0.11.3 | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --constraint requirements.lock - > requirements-peers.lock

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
