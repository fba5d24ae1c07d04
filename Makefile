# The commands a newcomer needs. Everything they use is installed into .venv by them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test check bench faults fuzz lock

help:
	@echo "make demo    play the whole service here, with five invented learners"
	@echo "make test    run every test, on SQLite and PostgreSQL, and in a real browser"
	@echo "make check   style, types, layers and the other rules a machine can hold"
	@echo "make bench   measure speed and memory, each figure beside its anchor"
	@echo "make faults  kill, cut, fill and freeze the service at full size (an hour; FIGURES='F1 F8' for some)"
	@echo "make fuzz    hand in what nobody would write or send, for ten minutes (FUZZ_SECONDS=600; KIND=updates)"

# Run time only: what an academy installs.
$(VENV)/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the service needs into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Development: a superset of the above.
$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the tests need into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp
	@$(BIN)/dusal demo

# Compiled modules are kept, whatever the surroundings say: else each process of the tests compiles all of
# them, which takes twice as long as finding them does, and each service that they start compiles itself.
test: $(VENV)/dev.stamp browser
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist worksteal tests

check: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/rules

bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench

faults: $(VENV)/dev.stamp
	$(BIN)/python -m faults $(FIGURES) $(if $(SEED),--seed $(SEED))

# What went wrong is left in build/fuzz/; the seed it prints makes the same inputs again.
fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m fuzz $(if $(KIND),--kind $(KIND)) $(if $(SEED),--seed $(SEED))

.PHONY: browser
# The phone page is tested in a real Chromium. Without one those tests are skipped, loudly.
browser: $(VENV)/dev.stamp
	@if [ -x /usr/bin/chromium ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's chromium for the browser tests ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else $(BIN)/playwright install chromium || echo "NO CHROMIUM: the browser tests will be skipped"; fi

# Versions and hashes, without addresses.
lock: $(VENV)/dev.stamp
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group build -c requirements-dev.lock -o requirements.lock
