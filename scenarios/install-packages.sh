# shellcheck shell=bash
# Installs Debian packages that are missing. Sourced by scenarios/run.sh and tests/run.sh; the one place that knows how.

# What building dmstall needs.
# shellcheck disable=SC2034  # used by the scripts that source this file
build_packages=(g++ cmake ninja-build pkg-config ccache libsimgrid-dev libboost-dev libfmt-dev nlohmann-json3-dev
  libcli11-dev libpugixml-dev libssl-dev libz3-dev libmimalloc-dev)

package_is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# install_packages NAME…: installs those that are missing; fails, naming them, when it may not.
install_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "== packages: not a Debian system; going on, and expecting the equivalents of: $*"
    return 0
  fi

  local package
  local -a missing=()
  for package in "$@"; do
    package_is_installed "${package}" || missing+=("${package}")
  done
  if ((${#missing[@]} == 0)); then
    echo "== packages: all $# are installed"
    return 0
  fi

  local -a as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "== packages: missing, and neither root nor sudo is at hand. As root, run:" >&2
      echo "   apt-get update && apt-get install --yes --no-install-recommends ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "== packages: installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update --quiet --quiet || return 1
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends \
    "${missing[@]}" || return 1
}
