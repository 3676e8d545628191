#!/bin/sh
# Fuzzes the targets, T seconds in all over all cores: Tests/Fuzz/run.sh T [TARGET…]
# What was found useful is kept in .build/fuzz/found, so the next run goes on from there. What breaks something is kept in .build/fuzz/broken.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=.build/fuzz/release/fuzz

# One target for some seconds; 255 makes xargs stop at once.
if [ "$1" = one ]; then
    seconds=$2 target=$3 log=.build/fuzz/$3.log
    # A short memory of what was freed and by whom: the runs are many and small.
    export ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=6
    mkdir -p ".build/fuzz/found/$target" .build/fuzz/broken
    if "$program" "$target" ".build/fuzz/found/$target" "Tests/Fuzz/Corpora/$target" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -malloc_limit_mb=256 -artifact_prefix=".build/fuzz/broken/$target-" -print_final_stats=1 >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        memory=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
        echo "$target: $runs inputs in $seconds s, at most $memory MB, nothing broken"
        exit 0
    fi
    grep -m 3 -E 'Fatal error|ERROR:|SUMMARY:' "$log"
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    echo "$target: BROKEN by $input; the whole story is in $log"
    echo "  again: $program $target $input"
    echo "  as a test, once mended: cp $input Tests/Fuzz/Corpora/$target/   (bad-… if it must be refused)"
    exit 255
fi

total=$1
shift
swift build -c release --product fuzz --scratch-path .build/fuzz -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library \
    -Xswiftc -use-ld=lld -Xlinker -u -Xlinker LLVMFuzzerRunDriver || exit 1
targets=${*:-$("$program")}
each=$((total * $(nproc) / $(echo "$targets" | wc -w)))
[ "$each" -ge 1 ] || each=1
echo "$targets" | tr ' ' '\n' | xargs -P "$(nproc)" -I {} "$0" one "$each" {}
