#!/usr/bin/env bash
# Install what is missing: the distribution's packages, uv, the Python environment
# and the map assets. Does nothing, quickly, when all of it is there already.
# Works as root and as an ordinary user; needs sudo only when a package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly STAMP=.cache/setup.stamp
readonly INPUTS=(requirements-dev.lock package-lock.json pyproject.toml scripts/setup.sh)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

fingerprint() { cat "${INPUTS[@]}" | sha256sum | cut -d' ' -f1; }

# ── what is there ─────────────────────────────────────────────────────────────
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

has_postgis() {
  local control
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    [ -e "$control" ] || continue
    local version=${control#/usr/share/postgresql/}
    [ -x "/usr/lib/postgresql/${version%%/*}/bin/initdb" ] && return 0
  done
  return 1
}

has_chromium() {
  # libatomic is what the browser tests' driver links to; minimal systems lack it.
  compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || compgen -G '/usr/lib/libatomic.so.1' >/dev/null || return 1
  command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1
}
has_npm() { command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# ── the distribution's packages ───────────────────────────────────────────────
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null 2>&1 || return 1
  sudo -n true 2>/dev/null && return 0
  [ -t 0 ] && sudo -v
}

postgis_package() {
  # The newest PostGIS this distribution carries, for the PostgreSQL already installed if any.
  local installed name
  installed=$(find /usr/lib/postgresql -maxdepth 1 -mindepth 1 -printf '%f\n' 2>/dev/null | sort -n | tail -n 1)
  name="postgresql-${installed}-postgis-3"
  if [ -n "$installed" ] && [ -n "$(apt-cache search --names-only "^${name}\$")" ]; then
    printf '%s\n' "$name"
    return
  fi
  apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d' ' -f1 | sort -t- -k2,2n | tail -n 1
}

install_packages() {
  local wanted=("$@") packages=() kind postgis
  command -v apt-get >/dev/null 2>&1 ||
    fail "missing: ${wanted[*]}; install them with your package manager (PostgreSQL with PostGIS 3, Node.js with npm, Python 3.11 or later with venv), then run this again"
  can_be_root ||
    fail "missing: ${wanted[*]}; run as root or install sudo, or ask an administrator for: apt-get install python3-venv postgresql postgresql-NN-postgis-3 npm chromium"
  say "asking the package manager for: ${wanted[*]}"
  as_root apt-get update -qq || fail "apt-get update failed; check the network and the package sources"
  for kind in "${wanted[@]}"; do
    case "$kind" in
      python) packages+=(python3 python3-venv) ;;
      venv) packages+=(python3-venv) ;;
      npm) packages+=(nodejs npm) ;;
      postgis)
        postgis=$(postgis_package)
        [ -n "$postgis" ] || fail "this distribution carries no postgresql-NN-postgis-3 package; install PostgreSQL with PostGIS 3 by hand"
        # Only the programs are needed: our own cluster lives in the project's data folder.
        if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
          as_root mkdir -p /etc/postgresql-common
          printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
        fi
        packages+=("$postgis") ;;
      chromium)
        # The one without windows is smaller and quicker; not every distribution has it.
        if apt-cache show chromium-headless-shell >/dev/null 2>&1; then
          packages+=(chromium-headless-shell fonts-dejavu-core libatomic1)
          continue
        fi
        # Ubuntu's package named chromium is a snap launcher, useless in a container.
        case "$(apt-cache show chromium 2>/dev/null | sed -n 's/^Version: //p')" in
          '' | *snap*) say "no packaged Chromium here: browser tests and map pictures are left out" ;;
          *) packages+=(chromium fonts-dejavu-core libatomic1) ;;
        esac ;;
    esac
  done
  [ "${#packages[@]}" = 0 ] && return 0
  # --force-confold keeps the createcluster.conf written above.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold "${packages[@]}" >/dev/null ||
    fail "apt-get could not install: ${packages[*]}"
}

system_packages() {
  local wanted=() python
  if python=$(find_python); then
    [ -x .venv/bin/python ] || command -v uv >/dev/null 2>&1 || has_venv "$python" || wanted+=(venv)
  else
    wanted+=(python)
  fi
  has_postgis || wanted+=(postgis)
  has_npm || wanted+=(npm)
  if ! has_chromium; then
    # Only browser tests and the demo's picture need it: never a reason to stop.
    if [ "${#wanted[@]}" -gt 0 ] || can_be_root; then
      wanted+=(chromium)
    else
      say "no Chromium: browser tests and map pictures are left out (apt-get install chromium libatomic1)"
    fi
  fi
  [ "${#wanted[@]}" = 0 ] || install_packages "${wanted[@]}"
  find_python >/dev/null || fail "Python 3.11 or later is needed; this distribution's python3 is older"
  has_postgis || fail "PostGIS is still missing: apt-get install postgresql-NN-postgis-3"
  has_npm || fail "npm is still missing: apt-get install npm"
}

# ── Python and the map assets ─────────────────────────────────────────────────
find_uv() {
  if command -v uv >/dev/null 2>&1; then
    command -v uv
    return
  fi
  if [ ! -x .cache/uv/bin/uv ]; then
    "$(find_python)" -m venv .cache/uv
    .cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
  fi
  printf '%s\n' "$PWD/.cache/uv/bin/uv"
}

python_environment() {
  local uv
  uv=$(find_uv) || fail "uv could not be installed; check the network"
  # A copied checkout carries an environment whose scripts point elsewhere: start anew.
  if [ -x .venv/bin/dispatch119 ] && ! head -n 1 .venv/bin/dispatch119 | grep -qF "$PWD/.venv"; then
    rm -rf .venv
  fi
  [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$(find_python)" .venv
  say "installing the Python environment"
  # Compiled here, once: where the environment forbids it later, every process would do it anew.
  "$uv" pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements-dev.lock ||
    fail "the Python packages could not be installed; check the network"
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable . ||
    fail "the project itself could not be installed into .venv"
}

map_assets() {
  # The linter comes along; pages are served what maps/pages/assets.py lists, and no more.
  say "installing the map assets"
  npm ci --include=dev --silent --ignore-scripts --no-audit --no-fund ||
    fail "the map assets could not be installed from npm; check the network"
}

main() {
  mkdir -p .cache
  if [ -x .venv/bin/dispatch119 ] && [ -d node_modules ] && has_postgis &&
    [ "$(cat "$STAMP" 2>/dev/null)" = "$(fingerprint)" ]; then
    return 0
  fi
  system_packages
  python_environment
  map_assets
  say "compiling modules and kernels once"
  .venv/bin/python -m compileall -q api dispatch geodata maps migrations teams &&
    .venv/bin/python scripts/warm_up.py || fail "the freshly installed environment does not run"
  fingerprint >"$STAMP"
  say "ready"
}

main "$@"
