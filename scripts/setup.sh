#!/usr/bin/env bash
# Installs what is missing, and says what. Where it may not install, it lists what is missing and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(binutils bubblewrap libarchive-tools libdeflate-dev libsqlite3-dev libssl-dev make openssl unzip zip)

if ! command -v swift >/dev/null; then
    echo "setup: Swift 6.2 or later is missing: https://www.swift.org/install" >&2
    exit 1
fi

# --- Debian packages
missing=()
for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done

python=$(scripts/find-python.sh || true)
if [ -z "$python" ]; then
    missing+=(python3 python3-venv)
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing+=(python3-venv)
fi

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ]; then
        as_root=()
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=(sudo)
    else
        echo "setup: these Debian packages are missing, and only root may install them:" >&2
        echo "    apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "setup: installing the Debian packages ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    python=$(scripts/find-python.sh)
fi

# --- Python tools, in a virtual environment of this folder
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    echo "setup: making .venv with $python"
    rm -rf .venv
    "$python" -m venv .venv
fi
if ! cmp -s scripts/requirements.txt .venv/requirements.txt; then
    echo "setup: installing into .venv: $(grep -v '^#' scripts/requirements.txt | tr '\n' ' ')"
    .venv/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements.txt
    cp scripts/requirements.txt .venv/requirements.txt
fi
