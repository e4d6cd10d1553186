#!/usr/bin/env bash
# Compiles a small LeNet for a chip, shows its accuracy, trains it with integers on the simulated chip, and shows its
# accuracy again. The digits are drawn by make_digits.py, so nothing is downloaded.
#
#   examples/train_digits.sh [--build-dir=DIR] [--chip=NAME] [--out=DIR]
#
# The tools are those of DIR/bin; without --build-dir those in PATH, or else those of build/dev.
set -euo pipefail
cd "$(dirname "$0")/.."

build=
chip=generic-64
out=
for argument in "$@"; do
  case $argument in
    --build-dir=*) build=${argument#--build-dir=} ;;
    --chip=*) chip=${argument#--chip=} ;;
    --out=*) out=${argument#--out=} ;;
    --help | -h) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "train_digits.sh: error: unknown flag '$argument'" >&2; exit 2 ;;
  esac
done
if [ -n "$build" ] || ! { command -v wage-translate && command -v wage-run; } >/dev/null; then
  PATH=$(cd "${build:-build/dev}/bin" && pwd):$PATH
fi
out=${out:-build/digits}
mkdir -p "$out"

# Prints a command and runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

show examples/make_digits.py "$out"
show examples/make_lenet.py "$out/lenet.onnx" --channels=16,32 --hidden=128
show wage-translate --onnx-to-chip "$out/lenet.onnx" --chip="$chip" --mode=train --bits=2-8-8-8 --batch=64 \
  -o "$out/lenet.wbin"
show wage-run info "$out/lenet.wbin"

printf '\nBefore training, on the simulated chip:\n'
show wage-run infer "$out/lenet.wbin" --images="$out/test-images" --labels="$out/test-labels" --engine=core

printf '\nTraining on the simulated chip, every core and packet of it:\n'
show wage-run train "$out/lenet.wbin" --images="$out/train-images" --labels="$out/train-labels" \
  --eval-images="$out/test-images" --eval-labels="$out/test-labels" \
  --epochs=8 --lr-log2=3@0,0@6 --seed=1 --shuffle=1 --engine=core --save="$out/trained.wbin"

printf '\nThe same training by whole layers, at the speed of this computer, gives the same bytes:\n'
show wage-run train "$out/lenet.wbin" --images="$out/train-images" --labels="$out/train-labels" \
  --epochs=8 --lr-log2=3@0,0@6 --seed=1 --shuffle=1 --engine=fused --save="$out/trained-fused.wbin"
show cmp "$out/trained.wbin" "$out/trained-fused.wbin"

printf '\nAfter training, on the simulated chip:\n'
show wage-run infer "$out/trained.wbin" --images="$out/test-images" --labels="$out/test-labels" --engine=core
