#!/usr/bin/env bash
# Environments for the peers of `make bench-roads`, apart from the project's own.
# .cache/bench: the `bench` extra. .cache/bench-side: the `bench-side` extra (OSRM and
# Valhalla), only when SIDE_PYTHON names a Python of 3.12 or later.
# A package that cannot be installed is named and left out; the benchmark goes on.
set -uo pipefail
cd "$(dirname "$0")/.."

say() { printf 'bench: %s\n' "$*"; }

UV=$(command -v uv || printf '%s' .cache/uv/bin/uv)

packages_of() {
  .venv/bin/python -c '
import sys, tomllib
extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]
print(*extras[sys.argv[1]], sep="\n")' "$1"
}

fill() {
  local folder=$1 python=$2 extra=$3 package words stamp
  stamp=$(packages_of "$extra" | sha256sum | cut -d' ' -f1)
  [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ] && return 0
  "$UV" venv --quiet --clear --python "$python" "$folder" || { say "no environment for $extra"; return 1; }
  while read -r package; do
    words=$("$UV" pip install --quiet --python "$folder/bin/python" "$package" 2>&1) ||
      say "left out $package: $(tail -n 1 <<<"$words")"
  done < <(packages_of "$extra")
  printf '%s' "$stamp" >"$folder/stamp"
}

mkdir -p .cache
fill .cache/bench .venv/bin/python bench
if [ -n "${SIDE_PYTHON:-}" ]; then
  if "$SIDE_PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    fill .cache/bench-side "$SIDE_PYTHON" bench-side
  else
    say "SIDE_PYTHON is no Python of 3.12 or later: OSRM and Valhalla are left out"
    rm -rf .cache/bench-side
  fi
fi
exit 0
