# Linli Atlas: `make run` opens the dashboard, `make test` checks everything. Needs Python 3.11 to 3.13 and nothing else.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run data test test-long test-cluster lint format bench pictures clean

run: $(VENV)/.runtime
	@$(BIN)/python -m data prepare
	@exec $(BIN)/streamlit run app.py --server.address=127.0.0.1 --server.port=$(PORT) --server.headless=true --server.fileWatcherType=none

data: $(VENV)/.runtime
	@$(BIN)/python -m data prepare

test: $(VENV)/.development
	@sh tests/system_packages.sh
	@$(BIN)/python -m data prepare
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not cluster"

test-long: $(VENV)/.development
	@sh tests/system_packages.sh long
	@$(BIN)/python -m data prepare
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not cluster"

# A Spark cluster, Sail and an S3 server as processes of this machine; `pytest -m cluster tests/cluster` kills a worker at a second moment too.
test-cluster: $(VENV)/.development $(VENV)-spark/.cluster $(VENV)-sail/.cluster
	@sh tests/cluster/system_packages.sh
	@$(BIN)/python -m data prepare
	@$(BIN)/python -m pytest -m "cluster and not slow" tests/cluster

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar queries data/sql

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.bench
	@$(BIN)/python -m data prepare
	@$(BIN)/python -m bench

pictures: $(VENV)/.development
	@sh tests/system_packages.sh
	@$(BIN)/python -m data prepare
	@$(BIN)/python -m docs.pictures

clean:
	rm -rf $(VENV) data/records data/extracts static

# A stamp is written last: an interrupted install leaves none, and the next start begins with a fresh environment.
$(VENV)/.runtime: requirements.txt constraints.txt
	@rm -f $(VENV)/.development $(VENV)/.bench
	@test -f $@ && rm -f $@ || { $(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Linli Atlas needs Python 3.11 to 3.13, this is %d.%d. Name another one: make run PYTHON=python3.12" % sys.version_info[:2])' && $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the requirements (once, about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime tests/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.development bench/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

# Building on a cluster has environments of its own: Spark's and Sail's pins differ from each other and from ours.
$(VENV)-spark/.cluster: data/requirements-spark.txt tests/cluster/requirements.txt
	@$(PYTHON) -m venv --clear $(VENV)-spark
	@$(VENV)-spark/bin/python -m pip install --quiet --disable-pip-version-check -r data/requirements-spark.txt -r tests/cluster/requirements.txt
	@touch $@

$(VENV)-sail/.cluster: data/requirements-sail.txt
	@$(PYTHON) -m venv --clear $(VENV)-sail
	@$(VENV)-sail/bin/python -m pip install --quiet --disable-pip-version-check -r data/requirements-sail.txt
	@touch $@
