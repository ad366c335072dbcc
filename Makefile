# On a fresh machine `make run` and `make test` do everything, the virtual environment included.
# CONTRIBUTING.md says what each does; README.md says the same without make.

SHELL := /bin/sh
ARGS ?=
PYTHON ?=
export PYTHON

setup = @python=$$(sh tools/python) && "$$python" tools/environment.py
check = @.venv/bin/python -m tools.check

.PHONY: help run test quick lint types imports audit unit pythons bench storm faults pins clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z ]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: ## start bugglio here, with a make-believe Twilio and Bugsnag (ARGS="--port 9000")
	$(setup) run
	@exec .venv/bin/python -m bugglio run $(ARGS)

test: ## everything: lint, types, import rules, tests, and the other Pythons that are installed
	$(setup) dev
	$(check) $(ARGS)

quick: ## the inner loop, under two minutes: all but what asks emulator, browser or gcloud, is slow, or a long story (ARGS="-- -k phone")
	$(setup) dev
	$(check) lint types imports quick $(ARGS)

lint types imports audit: ## one kind of check alone
	$(setup) dev
	$(check) $@

unit: ## all tests, on this Python alone (ARGS="-- tests/test_alert.py -x")
	$(setup) dev
	$(check) unit $(ARGS)

pythons: ## the quick tests on the other Pythons that are installed, of 3.11 to 3.13
	$(setup) dev
	$(check) pythons $(ARGS)

bench: ## how fast it is, each figure beside its baseline (ARGS="on-duty" for one bench)
	$(setup) dev
	@.venv/bin/python -m tools.bench $(ARGS)

storm: ## 20,000 webhooks at once, of 1, 500 and 5,000 errors; ARGS="--outage": the store goes away in the middle
	$(setup) dev
	@.venv/bin/python -m tools.storm $(ARGS)

faults: ## kill, freeze and cut off real servers, and count what is lost or doubled: 20 minutes (ARGS=--short for 2)
	$(setup) dev
	@.venv/bin/python -m tools.faults $(ARGS)

pins: ## raise every pin to the newest release (docs/decisions/0002-pins.md)
	$(setup) dev
	@.venv/bin/python -m tools.pins $(ARGS)

clean: ## remove what make made; ./data stays
	rm -rf .venv .venv-3.* .venv*.lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
