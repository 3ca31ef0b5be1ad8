# Two commands: `make up` brings up the lab site, `make test` runs every test. Both install what they need first.
SITE ?= lab
K3S_TESTS = tests/standards/k3s tests/playbooks/test_k3s_on_nodes.py tests/e2e/test_site.py tests/e2e/test_faults.py tests/e2e/slices
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
.PHONY: up down test test-vm test-servers test-k3s check setup

up:
	@$(AS_ROOT) sh -ec './setup.sh; .venv/bin/mecctl lab up $(SITE); .venv/bin/mecctl site up $(SITE)'

down:
	@$(AS_ROOT) .venv/bin/mecctl lab down $(SITE)

test:
	@$(AS_ROOT) sh -ec './setup.sh --machines; .venv/bin/pytest -n 2 -m "not e2e"; .venv/bin/pytest -m "e2e and not vm"'

# What only nodes with a kernel of their own can show.
test-vm:
	@$(AS_ROOT) sh -ec './setup.sh --machines; .venv/bin/pytest -m "e2e and not servers" tests/e2e/machines'

# Servers that are virtual machines; emulated on two cores they take twenty minutes and may not get ready in time.
test-servers:
	@$(AS_ROOT) sh -ec './setup.sh --machines; .venv/bin/pytest -m servers tests/e2e/machines'

# The lab's tests under K3s, with a real binary and, beside it, the release's k3s-airgap-images-amd64.tar.zst.
test-k3s:
	@test -x "$(K3S)" || { echo "make test-k3s K3S=/path/to/k3s: there is no program '$(K3S)'" >&2; exit 2; }
	@$(AS_ROOT) sh -ec './setup.sh; K3S="$(K3S)" .venv/bin/pytest -m e2e $(K3S_TESTS)'

# The tests that need no machine, in under a minute.
check: setup
	@.venv/bin/pytest -n 2 -m "not e2e"

setup:
	@./setup.sh
