#!/bin/sh
# Rewrites the hash-pinned lock files from pyproject.toml. Run it after changing a dependency (needs uv in the PATH or in .venv).
set -eu
UV=$(command -v uv || echo .venv/bin/uv)
compile() { "$UV" pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$@" pyproject.toml; }
compile --group dev -o requirements-dev.lock
compile -c requirements-dev.lock -o requirements.lock  # the same versions, without the tools
