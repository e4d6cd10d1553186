#!/usr/bin/env bash
# threads.sh CASE_DIR OUT: trains the case for three steps on both engines with 1 to 4 threads and compares what is left.
set -euo pipefail
case=$1 out=$2
for engine in core fused; do
  for threads in 1 2 3 4; do
    wage-run train "$out.wbin" --images="$case/images.npy" --labels="$case/labels.npy" --steps=3 --lr-log2=3 --seed=1 \
      --engine=$engine --threads=$threads --save="$out.$engine.$threads.wbin" --json 2>/dev/null | tr ',' '\n' |
      grep -E 'errors|steps|cycles|packet|byte_hops|energy|macs' > "$out.$engine.$threads.txt"
    cmp "$out.core.1.wbin" "$out.$engine.$threads.wbin"
    cmp "$out.$engine.1.txt" "$out.$engine.$threads.txt"
  done
done
cat "$out.core.1.txt"
