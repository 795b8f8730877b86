#!/usr/bin/env bash
# fuzz.sh [SECONDS]: feeds each fuzz target for so long (default 60), and says how many inputs it took. What crashes is kept in .build-fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."

LAMINA_FUZZ=1 swift build --scratch-path .build-fuzz -c release --sanitize=fuzzer --product fuzz
corpus=$PWD/.build-fuzz/corpus
mkdir -p "$corpus/zip"
mkdir -p "$corpus/elf" "$corpus/imports"
printf 'int f(int x) { return x; }\n' | gcc -shared -fPIC -s -x c -o "$corpus/elf/library" -
printf 'try:\n    from . import a\nexcept ImportError:\n    raise\nimport b.c, d\n' >"$corpus/imports/statements"
(cd Fuzz && zip -qr - Seeds >"$corpus/zip/deflated" && zip -qr0 - Seeds >"$corpus/zip/stored")

for target in zip signature chunks json syntax elf imports; do
    mkdir -p "$corpus/$target"
    seeds=()
    [ ! -d "Fuzz/Seeds/$target" ] || seeds=("$PWD/Fuzz/Seeds/$target")
    log=.build-fuzz/$target.log
    if ! FUZZ_TARGET=$target .build-fuzz/release/fuzz -max_total_time="${1:-60}" -max_len=16384 -rss_limit_mb=1024 -timeout=5 \
        -artifact_prefix=".build-fuzz/$target-" "$corpus/$target" "${seeds[@]}" >"$log" 2>&1; then
        tail -20 "$log" >&2
        echo "fuzz: $target fails; the input is in .build-fuzz" >&2
        exit 1
    fi
    echo "$target: $(grep -o 'Done [0-9]* runs in [0-9]* second' "$log")s, no failure"
done
