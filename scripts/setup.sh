#!/usr/bin/env bash
# Installs what is missing, and says what. Where it may not install, it lists what is missing and stops.
# With the argument bench it also installs what only make bench needs: the load generator wrk, and the peers into .venv/peers.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    awscli binutils binutils-aarch64-linux-gnu bubblewrap busybox-static createrepo-c debootstrap default-jdk-headless
    docker-registry e2fsprogs gcc git gpg gpg-agent gpgv gradle iproute2 libarchive-dev libarchive-tools libc6-dev
    libcommons-lang3-java libdeflate-dev libmaven-dependency-plugin-java libseccomp-dev libsolv-dev libsolvext-dev libsqlite3-dev
    libssl-dev make maven openssl patchelf rpm ruby ruby-bundler skopeo slirp4netns umoci unzip zip zlib1g-dev zstd
)
[ "${1:-}" != bench ] || packages+=(wrk)

if ! command -v swift >/dev/null; then
    echo "setup: Swift 6.2 or later is missing: https://www.swift.org/install" >&2
    exit 1
fi

# --- Debian packages
missing=()
for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done

# Node.js of another source than Debian brings npm itself, and Debian's npm cannot be installed beside it.
command -v npm >/dev/null || missing+=(npm)

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

# --- Python tools, in virtual environments of this folder
# environment FOLDER REQUIREMENTS: makes the environment, or brings it up to date.
environment() {
    if [ ! -x "$1/bin/python" ] || ! "$1/bin/python" -c '' 2>/dev/null; then
        echo "setup: making $1 with $python"
        rm -rf "$1"
        "$python" -m venv "$1"
    fi
    if ! cmp -s "$2" "$1/requirements.txt"; then
        echo "setup: installing into $1: $(grep -v '^#' "$2" | tr '\n' ' ')"
        "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
        cp "$2" "$1/requirements.txt"
    fi
}

environment .venv scripts/requirements.txt
environment .venv/sam scripts/sam-requirements.txt
ln -sfn ../sam/bin/sam .venv/bin/sam
[ "${1:-}" != bench ] || environment .venv/peers bench/requirements.txt
