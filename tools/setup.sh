#!/bin/sh
# Makes .venv from the hash-pinned lock; needs Python 3.11-3.13 and either uv, venv or pip. No root, nothing outside this folder.
# Usage: tools/setup.sh [dev]      Environment: PYTHON (default python3)
set -eu
cd "$(dirname "$0")/.."
PY=${PYTHON:-python3}
LOCK=requirements.lock
[ "${1:-}" = dev ] && LOCK=requirements-dev.lock
STAMP=".venv/.installed-$LOCK"
WANT=$(cat "$LOCK" pyproject.toml | cksum)
if [ -f .venv/.installed-requirements-dev.lock ] && [ "${1:-}" != dev ]; then
    LOCK=requirements-dev.lock; STAMP=".venv/.installed-$LOCK"; WANT=$(cat "$LOCK" pyproject.toml | cksum)
fi
[ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$WANT" ] && exit 0
"$PY" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || {
    echo "Zonula needs Python 3.11, 3.12 or 3.13; '$PY' is $("$PY" --version). Set PYTHON=/path/to/python3.11 and run again." >&2; exit 2; }
echo "Setting up .venv from $LOCK (once)..." >&2
UV=$(command -v uv || true)
if [ ! -x .venv/bin/python ]; then
    if [ -n "$UV" ]; then "$UV" venv -q --python "$PY" .venv
    else "$PY" -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; "$PY" -m venv --without-pip .venv; }; fi
fi
if [ -n "$UV" ]; then
    "$UV" pip install -q --python .venv/bin/python --require-hashes -r "$LOCK"
    "$UV" pip install -q --python .venv/bin/python --no-deps -e .
elif .venv/bin/python -m pip --version >/dev/null 2>&1; then
    .venv/bin/python -m pip install -q --require-hashes -r "$LOCK"
    .venv/bin/python -m pip install -q --no-deps -e .
else
    "$PY" -m pip --python .venv/bin/python install -q --require-hashes -r "$LOCK"
    "$PY" -m pip --python .venv/bin/python install -q --no-deps -e .
fi
echo "$WANT" > "$STAMP"
