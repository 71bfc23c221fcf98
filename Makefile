# What can be done here: `make help`. Every target sets up what it needs.
PORT ?= 5005
STAFF_PORT ?= 5006
HOST ?= 127.0.0.1
UV_VERSION := 0.13.9

SHELL := /bin/bash
PYTHON := .venv/bin/python
# A uv of the system serves as well as our own.
UV := $(or $(shell command -v uv),.tools/bin/uv)
INSTALLED := .venv/.installed
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help chat shell staff staff-user erase messenger-profile setup test nightly evaluate triage-graph messenger-load lint types validate check lock clean

help: ## list what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-18s %s\n", $$1, $$2}'

chat: $(INSTALLED) ## set up, train if needed, and open the chat page (PORT=5005 HOST=127.0.0.1)
	@$(PYTHON) -m bot.run chat --host $(HOST) --port $(PORT)

shell: $(INSTALLED) ## talk to the assistant here in the terminal
	@$(PYTHON) -m bot.run shell

staff: $(INSTALLED) ## open the front desk's inbox (STAFF_PORT=5006 HOST=127.0.0.1)
	@$(PYTHON) -m bot.staff serve --host $(HOST) --port $(STAFF_PORT)

staff-user: $(INSTALLED) ## let somebody log in to the inbox, or give a new password (NAME=kim; OFF=1 shuts out)
	@$(PYTHON) -m bot.staff user "$(or $(NAME),$(error Say who: make staff-user NAME=kim))" $(if $(OFF),--off)

erase: $(INSTALLED) ## erase what is kept of a patient (SENDER=a request's reference, or a conversation's id)
	@$(PYTHON) -m bot.privacy erase "$(or $(SENDER),$(error Say whom: make erase SENDER=reference))"

messenger-profile: $(INSTALLED) ## set the Facebook page's greeting, ice breakers and menu (OFF=1 takes them off)
	@$(PYTHON) -m bot.messenger profile $(if $(OFF),--off)

setup: $(INSTALLED) ## set up and train, without starting anything
	@$(PYTHON) -m bot.run setup

test: setup ## run every test that this machine can run
	@$(PYTHON) -m pytest $(TESTS)

nightly: export HYPOTHESIS_PROFILE := nightly
nightly: test ## run every test, with ten times as many random dialogues and examples

evaluate: setup ## measure understanding beside Rasa's default pipeline, and write docs/evaluation.md (minutes)
	@$(PYTHON) -m tests.nlu.evaluate
	@$(PYTHON) -m tests.safety.evaluate
	@$(PYTHON) -m tests.triage.evaluate

triage-graph: $(INSTALLED) ## draw the triage protocol for docs/images/triage.svg
	@$(PYTHON) -m bot.run.triage_graph

messenger-load: setup ## measure Messenger with 200 senders at once, beside a patient on the website (minutes)
	@$(PYTHON) -m tests.messenger.load

lint: $(INSTALLED) ## check style, security rules and the rooms' borders
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && .venv/bin/lint-imports

types: $(INSTALLED) ## check types
	@$(PYTHON) -m mypy

validate: $(INSTALLED) ## have Rasa check domain, data and rules
	@$(PYTHON) -m bot.run.rasa_cli data validate --quiet

check: lint types validate test ## all of the above, as CI does

lock: $(UV) ## compile requirements.lock anew from pyproject.toml
	@$(UV) pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.10 \
		--no-emit-index-url --no-header --quiet --output-file requirements.lock

clean: ## remove the environment, models, databases and caches
	@rm -rf .venv .tools .rasa models var .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(INSTALLED): requirements.lock .python-version | $(UV)
	@echo "Making the environment (3 GB, once, a minute or two) ..."
	@$(UV) venv --quiet --allow-existing .venv
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@$(PYTHON) -m compileall -q bot actions
	@touch $@

.tools/bin/uv:
	@echo "Getting uv into .tools ..."
	@python3 -m pip install -qq --disable-pip-version-check --root-user-action ignore --target .tools uv==$(UV_VERSION) \
		|| { python3 -m venv .tools/venv && .tools/venv/bin/pip install --quiet uv==$(UV_VERSION) \
			&& mkdir -p .tools/bin && ln -sf ../venv/bin/uv $@; } \
		|| { echo "uv could not be installed: it needs python3 with pip or venv (Debian: apt install python3-venv)." >&2; exit 1; }
