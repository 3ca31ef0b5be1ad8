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

# Debian 12's QEMU may hang a machine of two processors and gives it one (docs/adr/0021); its backports have one that
# doesn't. Their lists lie in a folder that goes again, so the host's own sources stay as they are.
newer_qemu() {
  local scratch mirror
  scratch=$(mktemp -d) && chmod 755 "$scratch"
  trap 'rm -rf "$scratch"' RETURN
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Identifier: Packages' | awk '$2 == "bookworm" && $3 == "main" {print $1; exit}')
  find /etc/apt/sources.list.d -type f -exec cp -t "$scratch" {} +
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm-backports main" > "$scratch/backports.list"
  local apt=(apt-get -qq -o Dir::Etc::sourceparts="$scratch" -o Dir::State::lists="$scratch/lists")
  mkdir -p "$scratch/lists/partial"
  "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends -t bookworm-backports \
    qemu-system-x86 qemu-system-arm qemu-utils
}
if [ "${1:-}" = --machines ] && grep -qx VERSION_CODENAME=bookworm /etc/os-release &&
  dpkg --compare-versions "$(dpkg-query -W -f='${Version}' qemu-system-x86)" lt 1:8.1; then
  [ "$(id -u)" = 0 ] || exec sudo -- "$0" "$@"
  step "QEMU from Debian's backports"
  newer_qemu || step "not to be had: emulated machines have one processor"
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
