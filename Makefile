# Zonula: each target does its own set-up (a .venv in this folder) and then its job. Needs Python 3.11-3.13 and make.
PY = .venv/bin/python
RUFF = .venv/bin/ruff
CODE = src tests benchmarks tools

.PHONY: run example test check fix bench docs agreement calibrate fuzz lock ready dev browser screenshots test-postgresql

run: ready         ## a demonstration clinic full of virtual patients, in the browser; prints how to sign in
	@$(PY) -m zonula demo

example: ready     ## review the example patient that ships with Zonula and write the reports
	@mkdir -p out
	@$(PY) -m zonula review --example --html out/review.html --pdf out/review.pdf > out/review.txt
	@$(PY) -m zonula assess --example --html out/assessment.html > out/assessment.txt
	@sed -n '1,/AT A GLANCE/p' out/review.txt | sed '$$d'
	@echo "That was the beginning of a chart review (a fictional patient, five providers, fourteen years)."
	@echo "  the whole review      $(CURDIR)/out/review.html   (as text: out/review.txt)"
	@echo "  its one-page summary  $(CURDIR)/out/review.pdf"
	@echo "  with questionnaires, laboratory and skin test: $(CURDIR)/out/assessment.html"
	@echo "Your own records: .venv/bin/zonula review FOLDER     Everything else: .venv/bin/zonula --help"

test: dev browser  ## every test, with coverage; gets itself a browser and a PostgreSQL
	@rm -f .coverage .coverage.*
	@PYTHONHASHSEED=0 OPENBLAS_NUM_THREADS=1 $(PY) -m coverage run -m pytest -n 2 --dist loadfile
	@$(PY) -m coverage combine -q && $(PY) -m coverage report | grep TOTAL

test-postgresql: dev ## the site's tests once more, on a PostgreSQL made for the occasion
	@OPENBLAS_NUM_THREADS=1 $(PY) tools/postgresql.py $(PY) -m pytest -n 2 --dist loadfile tests/web

screenshots: dev browser ## walk the journeys and leave a picture of every page in docs/screenshots
	@ZONULA_SCREENSHOTS=1 $(PY) -m pytest -n 2 --dist loadfile tests/journeys

check: dev         ## format, lint, types, import contracts, documents current
	@$(RUFF) format --check -q $(CODE)
	@$(RUFF) check -q $(CODE)
	@ZONULA_DATA=.cache/check .venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(PY) tools/check_house.py
	@$(PY) tools/print_schemas.py --check
	@$(PY) tools/print_rules.py --check

fix: dev           ## format and mend what can be mended, print the generated documents
	@$(RUFF) format -q $(CODE); $(RUFF) check -q --fix $(CODE)
	@$(PY) tools/print_schemas.py; $(PY) tools/print_rules.py

bench: dev         ## every speed claim as a ratio against a peer in the same run
	@set -e; for program in benchmarks/bench_*.py; do echo "== $$program"; OPENBLAS_NUM_THREADS=1 $(PY) $$program; done

agreement: dev     ## rules on many generated charts: every executor must answer alike
	@set -e; for program in tests/agreement/*/hunt*.py; do OPENBLAS_NUM_THREADS=1 $(PY) $$program; done

calibrate: dev     ## the long calibration of the statistical engines; writes its report into docs/
	@$(PY) tests/reference/food_triggers/make_reference.py
	@set -e; for program in tests/calibration/*/calibrate*.py; do OPENBLAS_NUM_THREADS=1 $(PY) $$program; done

fuzz: dev          ## hostile input for every parser, a minute each
	@set -e; for program in tests/fuzz/fuzz_*.py; do $(PY) $$program 60; done

lock: dev          ## rewrite the lock files from pyproject.toml (needs uv)
	@tools/lock.sh

ready:
	@tools/setup.sh
dev:
	@tools/setup.sh dev
browser: dev       ## a Chromium for the browser tests (.cache/browser); without one they are skipped and counted
	@$(PY) tools/browser.py || true
