# One command each. Every target sets up a virtual environment first, in .venv or, for the demo, in .venv-demo; a second
# run reuses it.
PYTHON ?= python3
VENV ?= .venv
DEMO ?= .venv-demo
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Tests start hundreds of processes, which need not compile the same modules again and again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-slow test-recipes test-clients check fuzz attack stress bench docs wheel clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[server,postgres,media,objects]" --group test --group check --group docs
	touch $(STAMP)

# Only what a demo needs, without the documentation tools that ftrack-python-api asks for: see docs/installation.md. The
# client comes last, or pip would complain that they are missing.
$(DEMO)/.installed: requirements/slim.txt requirements/slim-server.txt
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --no-compile --requirement requirements/slim-server.txt
	$(DEMO)/bin/python -m pip install --quiet --no-compile --no-deps ftrack-python-api
	touch $@

demo: $(DEMO)/.installed
	PYTHONPATH=src $(DEMO)/bin/python -m trackteroid.cli demo

# What a change is likely to break: about three minutes on two cores. `make test-slow` is the rest. The tests of a file
# stay together, because they share servers and sessions.
test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

# Many of these wait for other processes, so one more runs at the same time than there are processors.
test-slow: $(STAMP)
	$(BIN)/python -m pytest -n $$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)") \
		--dist worksteal -m "slow and not recipe"

# Environments of all kinds, made as the page on installation says; needs a package index.
test-recipes: $(STAMP)
	$(BIN)/python -m pytest -n auto tests/docs/test_installation.py

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

# All cases of what `make test-slow` takes samples of, thousands of made-up productions, queries and sessions instead of
# dozens, and every client with every server.
fuzz: $(STAMP)
	TRACKTEROID_FUZZ=5000 TRACKTEROID_PAIRS=all $(BIN)/python -m pytest tests/server/query_fuzz tests/server/test_compiler_answers.py \
		tests/server/test_compiler_limits.py tests/server/test_policy_properties.py tests/server/test_policy_silence.py \
		tests/server/test_events_restricted.py tests/server/test_bulk_writing.py tests/postgres/test_query_fuzz_on_postgresql.py \
		tests/library/test_custom_attributes_agree.py tests/postgres/test_custom_attributes_on_postgresql.py \
		tests/library/test_warm_sessions.py tests/postgres/test_warm_sessions_on_postgresql.py \
		tests/library/test_list_races.py tests/postgres/test_list_races_on_postgresql.py \
		tests/library/test_query_opposites.py tests/library/test_query_reading.py tests/client/test_client_commit.py \
		tests/client/test_client_hydration.py tests/client/test_client_transaction.py tests/client/test_client_writing.py \
		tests/conformance

# Hostile requests to the whole application, two hundred clients at once for five minutes, and damaged operations files;
# each says what it found. TRACKTEROID_ATTACK is how many requests; TRACKTEROID_SEED makes others.
attack: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m attacks.fuzz --count $${TRACKTEROID_ATTACK:-100000} --seed $${TRACKTEROID_SEED:-0}
	PYTHONPATH=tests $(BIN)/python -m attacks.fuzz --database postgresql --count $${TRACKTEROID_ATTACK:-100000} \
		--seed $${TRACKTEROID_SEED:-0}
	PYTHONPATH=tests $(BIN)/python -m attacks.load --seconds 300
	PYTHONPATH=tests $(BIN)/python -m attacks.load --database postgresql --workers 2 --seconds 300
	PYTHONPATH=tests $(BIN)/python -m attacks.damaged --files 50000 --seed $${TRACKTEROID_SEED:-0}

# Every release of ftrack-python-api that we support, each in a process of its own. `make test-slow` has the lowest and the
# highest; the others are fetched into .clients once. Run it every night: it also says when there is a new release.
test-clients: $(STAMP)
	TRACKTEROID_CLIENTS=all $(BIN)/python -m pytest -n auto tests/releases

# The same writers and kills as in `make test-slow`, twenty times as long, and every step of an upload. Then clients that
# are killed while they record and replay, connections that lose calls, and files that one Python records and another one
# replays: TRACKTEROID_PYTHONS names several.
stress: $(STAMP)
	TRACKTEROID_STRESS=20 $(BIN)/python -m pytest tests/server/test_crash_recovery.py tests/server/test_event_kills.py \
		tests/files/test_every_step.py tests/files/test_every_step_of_clients.py tests/javascript/test_killed_uploads.py \
		tests/publishing/test_killed_publishing.py
	PYTHONPATH=tests $(BIN)/python -m attacks.kills --trials 500 --seed $${TRACKTEROID_SEED:-0}
	PYTHONPATH=tests $(BIN)/python -m attacks.kills --trials 500 --http --seed $${TRACKTEROID_SEED:-0}
	PYTHONPATH=tests $(BIN)/python -m attacks.lossy --trials 1000 --seed $${TRACKTEROID_SEED:-0}
	PYTHONPATH=tests $(BIN)/python -m attacks.pythons $$TRACKTEROID_PYTHONS

# Makes a production of 250,000 versions on each database; TRACKTEROID_BENCH=s takes a smaller one for a quick look.
bench: $(STAMP)
	$(BIN)/python -m benchmarks

docs: $(STAMP)
	$(BIN)/sphinx-build -W -q docs docs/_build
	$(BIN)/python docs/dead_links.py docs/_build

# The wheel and the source distribution, in dist. TRACKTEROID_PROJECT_URL is where the project is published.
wheel: $(STAMP)
	$(BIN)/hatchling build

clean:
	rm -rf $(VENV) $(DEMO) .clients docs/_build dist
