# Gateside. `make start` runs it, `make test` proves it. Each sets up what is missing and skips what is done.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help start test lint bench bench-understanding bench-queue setup setup-test train-reader requirements pictures

ROOMS_OF_BOTH := tests/encoder tests/safety tests/voice tests/reference

help:           ## what can be made
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup:          ## what running needs: two environments and the encoder
	@scripts/setup run

setup-test:     ## what building needs besides
	@scripts/setup test

start: setup    ## set up what is missing, train if anything changed, run everything, print the addresses
	@.venv/bin/gateside up

test: setup-test ## every test: both Pythons, SQLite and PostgreSQL, Rasa, a real browser
	@.venv/bin/gateside train
	@echo "- the rooms that run on Python 3.10"
	.venv-bot/bin/python -m pytest -q $(ROOMS_OF_BOTH) tests/bot tests/actions
	@echo "- everything on Python 3.12"
	.venv/bin/python -m pytest -q -o faulthandler_exit_on_timeout=true --ignore=tests/bot --ignore=tests/actions

lint: setup-test ## ruff, mypy, import-linter and the content check: quiet, or a list of what to mend
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache >var/lint-imports.log || { cat var/lint-imports.log; exit 1; }
	.venv/bin/gateside content check
	.venv/bin/gateside services check

bench: setup-test ## this system beside a stock Rasa project with the same data, in one run
	@.venv/bin/gateside bench

bench-understanding: setup-test ## our pipeline beside Rasa's default recipe, trained on the same examples, in one run
	@.venv/bin/gateside bench --understanding

bench-queue: setup-test ## from a person's screen to an officer's and back, and a queue of ten thousand (needs Chromium)
	@.venv/bin/gateside bench --queue

train-reader: setup-test ## tune the sentence encoder and the second reader of danger again (PyTorch, half an hour)
	@scripts/setup train
	@mkdir -p var/training
	.venv-bot/bin/python -m scripts.reading.examples var/training/examples.jsonl
	.venv-train/bin/python scripts/reading/tune_encoder.py var/training/examples.jsonl \
		"$$(dirname "$$(find "$${GATESIDE_ENCODER_SOURCE:-var/encoder-source}" -name model.safetensors | head -1)")" var/training/tuned
	.venv/bin/python -m scripts.reading.keep_encoder var/training/tuned
	.venv/bin/python -m encoder.build var/models/encoder
	.venv-bot/bin/python -m scripts.reading.fit_second_reader var/training/examples.jsonl var/training/tuned/heads.npz

requirements:   ## resolve pyproject.toml again into pinned, hashed files
	@scripts/pin
