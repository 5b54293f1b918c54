#!/usr/bin/env bash
# Search for inputs that break a reader of location reports, for so many seconds.
# Installs atheris into the environment when it is missing; where no build of it fits the
# machine, the search is random instead, and says so.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly SECONDS_TO_RUN=${1:-300}
readonly PYTHON=.venv/bin/python

has_atheris() { "$PYTHON" -c 'import atheris' >/dev/null 2>&1; }

wanted() { sed -n 's/^fuzz = \["\(.*\)"\]$/\1/p' pyproject.toml; }

install_atheris() {
  local uv
  uv=$(command -v uv || echo .cache/uv/bin/uv)
  echo 'fuzz: installing atheris'
  "$uv" pip install --quiet --python "$PYTHON" "$(wanted)"
}

if has_atheris || { install_atheris && has_atheris; }; then
  "$PYTHON" -m benchmarks.fuzz_guided "$SECONDS_TO_RUN"
else
  echo 'fuzz: no atheris for this machine; damaging messages at random instead' >&2
  "$PYTHON" -m benchmarks.fuzz "$SECONDS_TO_RUN"
fi
