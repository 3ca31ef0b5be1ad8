# Two commands: `make up` brings up the lab site, `make test` runs every test. Both install what they need first.
SITE ?= lab
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
.PHONY: up down test check setup

up:
	@$(AS_ROOT) sh -ec './setup.sh; .venv/bin/mecctl lab up $(SITE); .venv/bin/mecctl site up $(SITE)'

down:
	@$(AS_ROOT) .venv/bin/mecctl lab down $(SITE)

test:
	@$(AS_ROOT) sh -ec './setup.sh; .venv/bin/pytest -n 2 -m "not e2e"; .venv/bin/pytest -m e2e'

# The tests that need no machine, in under a minute.
check: setup
	@.venv/bin/pytest -n 2 -m "not e2e"

setup:
	@./setup.sh
