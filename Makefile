# Every product target is one call of `python -m analysis`; see `make help`.
PYTHON ?= python3
VENV ?= .venv
DATASET ?= complete-journey
REPORT_LANG ?= en

BIN := $(VENV)/bin
RUN := $(BIN)/python -m analysis
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := report
.PHONY: report cutoffs test check lab bench clean help test-spark lock format

$(STAMP): requirements.lock
	@echo "Setting up $(VENV) from requirements.lock (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; got %s. Name one with: make PYTHON=python3.12" % sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.txt
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "analysis.pth").write_text(str(pathlib.Path("src").resolve()) + "\n", encoding="utf-8")'
	@touch $@
