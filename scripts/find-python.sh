#!/usr/bin/env bash
# Prints the newest Python among Lambda's runtimes, 3.14 (or 3.N, for an argument N) to 3.8, that this machine has. pyenv's shims are
# passed over.
set -euo pipefail
shopt -s nullglob
for ((minor = ${1:-14}; minor >= 8; minor--)); do
    installed=("${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.$minor.*/bin/python3.$minor)
    if [ ${#installed[@]} -gt 0 ]; then
        printf '%s\n' "${installed[@]}" | sort -V | tail -n 1
        exit
    fi
    IFS=: read -ra folders <<<"$PATH"
    for folder in "${folders[@]}"; do
        case $folder in */shims) continue ;; esac
        # A virtual environment's own python is a link to the real one.
        if [ -x "$folder/python3.$minor" ]; then
            readlink -f "$folder/python3.$minor"
            exit
        fi
    done
done
exit 1
