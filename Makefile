# What a person types. Each target sets up its own environment first: no root, no system package.
#   make demo [VIDEO=path]   the whole chain on a sample, or on your video
#   make up                  Dagster UI, daemon and console on the same instance
#   make gallery [VIDEO=path] contact sheets of every filter, recipe, caption style
#   make test | check | bench

UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
PYTHON ?= python3
RUN := .venv/bin/

# Compiled modules lie in one folder, not beside the sources: each run starts in half the time.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.pycache
export DAGSTER_DISABLE_TELEMETRY := 1
# By the environment, not by the shell: names with quotes and blanks arrive as they are.
export VIDEO LICENCE RECIPE

.PHONY: demo up gallery test check bench clean

demo: .venv/ready
	@$(RUN)viral-forge demo --yes

up: .venv/ready
	@$(RUN)viral-forge up

gallery: .venv/ready
	@$(RUN)viral-forge gallery

test: .venv/ready
	$(RUN)pytest -n 2 --dist worksteal $(TESTS)

check: .venv/ready
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)dagster definitions validate -w workspace.yaml

bench: .venv/ready .venv-moviepy/ready
	$(RUN)python -m benchmarks

.venv/ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet
	@touch $@

.venv-moviepy/ready: benchmarks/moviepy.txt | $(UV)
	$(UV) venv --quiet --clear --python .venv/bin/python .venv-moviepy
	$(UV) pip install --quiet --python .venv-moviepy -r $<
	@touch $@

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet uv

clean:
	rm -rf .venv .venv-moviepy .tools .pycache
