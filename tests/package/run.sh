#!/usr/bin/env bash
# Makes the Debian package, installs it into a fresh Debian 12 root and runs it there. As root; debootstrap needs a
# mirror.
#   tests/package/run.sh [FOLDER]   (default: a temporary one, removed at the end)
# DMSTALL_PACKAGE=x.deb: that package instead of one made here.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=scenarios/install-packages.sh
source scenarios/install-packages.sh
if [[ -n "${DMSTALL_PACKAGE:-}" ]]; then
  install_packages debootstrap
  package=${DMSTALL_PACKAGE}
else
  install_packages "${build_packages[@]}" debootstrap dpkg-dev file
  cmake --preset release
  cmake --build --preset release
  (cd build && rm -f ./*.deb && cpack)
  package=$(ls build/*.deb)
fi

root=${1:-$(mktemp -d)}
[[ -n "${1:-}" ]] || trap 'rm -rf "${root}"' EXIT
# the one that this machine uses
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | grep -v security | head -n 1)
debootstrap --variant=minbase bookworm "${root}" "${mirror}"
for part in sources.list sources.list.d apt.conf.d trusted.gpg.d; do
  [[ -e "/etc/apt/${part}" ]] && cp -r "/etc/apt/${part}" "${root}/etc/apt/"
done
cp /etc/resolv.conf "${root}/etc/resolv.conf"
cp "${package}" "${root}/dmstall.deb"
chroot "${root}" sh -c 'apt-get update -qq &&
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /dmstall.deb'

echo "== run in the fresh root"
chroot "${root}" dmstall --version
chroot "${root}" dmstall check /usr/share/dmstall/scenarios/seed
code=0
chroot "${root}" dmstall run /usr/share/dmstall/scenarios/seed/shared-pools.json | tail -n 1 || code=$?
[[ "${PIPESTATUS[0]:-0}" == 0 || "${code}" == 10 ]]
for file in /usr/share/man/man1/dmstall.1 /usr/share/man/man5/dmstall-scenario.5 \
  /usr/share/bash-completion/completions/dmstall /usr/share/zsh/vendor-completions/_dmstall \
  /usr/share/fish/vendor_completions.d/dmstall.fish; do
  [[ -s "${root}${file}" || -s "${root}${file}.gz" ]] || { echo "missing: ${file}" >&2; exit 1; }
done
echo "== the package works"
