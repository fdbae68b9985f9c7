# Thin over scripts/dev.py, which Windows users call directly.
PYTHON ?= python3

.PHONY: setup demo test check bench clean
setup demo test check bench:
	@$(PYTHON) scripts/dev.py $@

clean:
	rm -rf .venv runs .pytest_cache .mypy_cache .ruff_cache
