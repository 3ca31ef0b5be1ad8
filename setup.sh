#!/usr/bin/env bash
# Installs what mecctl's lab and tests need: Debian packages, then the virtual environment .venv. Skips what is done.
set -euo pipefail
cd "$(dirname "$0")"

# Each package and why: containers (podman, conmon, runc, catatonit), node image (mmdebstrap, zstd, arm64 by qemu-user-static and arch-test),
# the lab's network (iproute2, nftables), nodes by SSH (openssh-client), .venv (python3-venv), tests (skopeo, git).
# With --machines also what virtual nodes need: Vagrant, its libvirt plugin, libvirt, QEMU, disks (qemu-utils).
packages=(podman conmon runc catatonit uidmap mmdebstrap qemu-user-static arch-test iproute2 nftables openssh-client python3-venv zstd skopeo git make)
[ "${1:-}" != --machines ] || packages+=(vagrant vagrant-libvirt libvirt-daemon-system libvirt-daemon-driver-qemu qemu-system-x86 qemu-system-arm ipxe-qemu qemu-utils)

step() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
  [ "$(id -u)" = 0 ] || exec sudo -- "$0" "$@"
  step "Debian packages: ${missing[*]}"
  quiet=(-qq); [ -t 1 ] && quiet=(-o Dpkg::Progress-Fancy=1)
  apt-get "${quiet[@]}" update
  DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" install -y --no-install-recommends "${missing[@]}"
fi

wanted=$(cat requirements-dev.lock pyproject.toml | sha256sum)
if [ "$(cat .venv/.mecctl-installed 2>/dev/null)" != "$wanted" ]; then
  step "Python packages into .venv"
  # What a killed pip leaves behind looks installed to the next one, so an unfinished environment is made anew.
  [ -f .venv/.mecctl-installed ] || python3 -m venv --clear .venv
  rm -f .venv/.mecctl-installed
  bar=(--progress-bar off -q); [ -t 1 ] && bar=()
  .venv/bin/python -m pip --disable-pip-version-check install "${bar[@]}" --require-hashes -r requirements-dev.lock
  .venv/bin/python -m pip --disable-pip-version-check install -q --no-deps --no-build-isolation --editable .
  # Start-up is mostly imports: compile them once here, whatever PYTHONDONTWRITEBYTECODE says later.
  .venv/bin/python -m compileall -q mecctl stacks playbooks/module_utils
  echo "$wanted" > .venv/.mecctl-installed
fi

if ! command -v go >/dev/null && [ ! -x .venv/bin/go ]; then
  step "Go toolchain into .venv"
  .venv/bin/python -m pip --disable-pip-version-check install -q --require-hashes -r requirements-go.lock
fi
