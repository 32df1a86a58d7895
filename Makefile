# `make help` lists the targets. `make run` and `make test` are all a newcomer needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
UV := .venv/bin/uv
RASA := .venv-rasa/bin/rasa
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help run test test-unit test-rasa test-e2e test-browser check train encoder setup clean clean-data transcript scorecard bench-stock conformance

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: train ## set up everything and start all processes (Ctrl-C stops them)
	@exec $(PY) -m holdfast run

test: test-unit test-rasa test-e2e ## set up and run the tests (browser tests: make test-browser)
	@$(PY) tools/browser_note.py

test-unit: setup train ## tests of the rooms, in both environments
	$(PY) -m pytest -m "not e2e and not browser"
	.venv-rasa/bin/python -m pytest tests/crisis tests/content tests/dialogue tests/actions -p no:cacheprovider

test-rasa: setup train ## Rasa's test stories, NLU included
	$(PY) tools/rasa_test.py

test-e2e: setup train ## all processes together, killed in turn
	$(PY) -m pytest -m e2e

test-browser: setup train ## run the browser tests (needs Chromium: apt-get install chromium; the widget's modules alone need Node 20)
	@if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; \
	then echo "node --test tests/browser/js/*.test.mjs"; node --test tests/browser/js/*.test.mjs; \
	else echo "The widget's modules were NOT tested alone: no Node 20 or later is here. Install it, then: make test-browser"; fi
	$(PY) -m pytest -m browser

check: setup ## ruff, mypy --strict, Rasa data validation, content lint, import rule
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m holdfast.content.lint
	$(PY) -m pytest tests/test_imports.py
	$(PY) tools/validate_rasa_data.py

train: setup ## train the detector and the Rasa model (only when data or settings changed)
	@$(PY) tools/train.py

encoder: .venv-encoder/.ready ## fine-tune the sentence encoder on data/nlu (a night on two cores, minutes on a graphics processor; can be resumed)
	.venv-encoder/bin/python tools/encoder/lessons.py
	PYTHONUNBUFFERED=1 .venv-encoder/bin/python tools/encoder/learn.py
	.venv-encoder/bin/python tools/encoder/ship.py
	cp var/encoder/reference_vectors.npz tests/crisis/

transcript: setup train ## write docs/transcript.md from the running system
	$(PY) tools/transcript.py

scorecard: setup train ## measure and write docs/scorecard.md
	$(PY) evaluation/scorecard.py

bench-stock: setup train ## train and score stock Rasa (DIET) on the same messages, for the scorecard (many hours; less with `.venv/bin/python evaluation/bench_stock.py --epochs N --messages N`)
	$(PY) evaluation/bench_stock.py

conformance: setup train ## run the same cases on every channel and write docs/channels/README.md
	$(PY) tools/conformance.py

setup: .venv/.ready .venv-rasa/.ready ## create both environments from the lock files

.venv/.ready: requirements/bootstrap.lock requirements/holdfast.lock
	@echo "== .venv: the door, the shipper and the tests"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Holdfast needs Python 3.11 or later as $(PYTHON); set PYTHON=/path/to/python3.11 and run make again.")'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	$(UV) pip sync --quiet --compile-bytecode --python $(PY) --require-hashes requirements/bootstrap.lock requirements/holdfast.lock
	@touch $@

.venv-rasa/.ready: requirements/rasa.lock .venv/.ready
	@echo "== .venv-rasa: Rasa on Python 3.10 (about 2.7 GB, a few minutes the first time)"
	@python310="$$(tools/find_python310.sh $(UV))" && $(UV) venv --quiet --clear --python "$$python310" .venv-rasa
	$(UV) pip sync --quiet --compile-bytecode --python .venv-rasa/bin/python --require-hashes requirements/rasa.lock
	@touch $@

.venv-encoder/.ready: tools/encoder/requirements.lock
	@echo "== .venv-encoder: PyTorch for the CPU, ONNX"
	@echo "   torch is fixed by version, not by hash: the CPU build and the public index's build differ, and locking the"
	@echo "   latter would bring gigabytes of GPU libraries to everybody (tools/encoder/requirements.in)"
	$(PYTHON) -m venv .venv-encoder
	.venv-encoder/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	.venv-encoder/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tools/encoder/requirements.lock
	@touch $@

clean: ## remove environments, trained models and caches; no data
	rm -rf .venv .venv-rasa .venv-encoder models/detector models/rasa models/cache .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis

clean-data: ## DELETES conversations, alarms, cases, accounts, secrets, logs (var) and measurements (results): make clean-data CONFIRM=yes
	@if [ "$(CONFIRM)" != yes ]; then \
	echo "This would delete, for good:"; \
	echo "  var      conversations, alarms nobody has seen yet, cases, accounts, secrets, logs"; \
	echo "  results  what the scorecard was written from; measuring it again takes hours"; \
	echo "Nothing was deleted. To delete it: make clean-data CONFIRM=yes"; exit 1; fi
	rm -rf var results
