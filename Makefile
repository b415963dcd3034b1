# Two commands are enough: make demo (the main job) and make test.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= demo-output
# make demo ends with the site up; SERVE=0 ends with the report.
SERVE ?= 1
PORT ?= 8000

.PHONY: demo test translations format clean web-forms

demo: .venv/ready
	@$(BIN)/datashift demo --out $(OUT) $(if $(filter 1,$(SERVE)),--serve --port $(PORT))

test: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/python -m pytest -n 2

# Collect the messages, bring the catalogues up to date, compile them. An entry marked fuzzy is complete but not yet
# reviewed by a native speaker; it is used all the same.
LOCALE := src/datashift/locale
translations: .venv/ready-dev
	$(BIN)/pybabel -q extract -F pyproject.toml --no-location -k N_ -o $(LOCALE)/datashift.pot src/datashift
	for language in es sw ne; do \
		test -f $(LOCALE)/$$language/LC_MESSAGES/datashift.po || \
		$(BIN)/pybabel -q init -i $(LOCALE)/datashift.pot -d $(LOCALE) -D datashift -l $$language; done
	$(BIN)/pybabel -q update --width=100 --no-fuzzy-matching --ignore-obsolete -i $(LOCALE)/datashift.pot -d $(LOCALE) -D datashift
	$(BIN)/pybabel -q compile --use-fuzzy -d $(LOCALE) -D datashift
	rm $(LOCALE)/datashift.pot

# ODK Web Forms for the site, into DATASHIFT_WEB_FORMS or the folder web-forms of the store. Needs node 20.19 or later.
WEB_FORMS = $(abspath $(or $(DATASHIFT_WEB_FORMS),$(or $(DATASHIFT_HOME),$(HOME)/.datashift)/web-forms))
web-forms:
	cd webforms && export DATASHIFT_WEB_FORMS="$(WEB_FORMS)" && npm ci --ignore-scripts --no-audit --no-fund && npm run build
	rm -rf webforms/node_modules

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv demo-output

.venv/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@touch $@

.venv/ready: .venv/uv pyproject.toml uv.lock
	$(BIN)/uv sync --locked --no-dev --extra web --inexact --quiet
	@touch $@

.venv/ready-dev: .venv/uv pyproject.toml uv.lock
	$(BIN)/uv sync --locked --extra web --inexact --quiet
	@touch $@ .venv/ready
