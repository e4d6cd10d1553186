#!/usr/bin/env bash
# Installs the programs that wage is compared with (Debian 12), builds, measures all side by side, and writes a page of
# ratios.
#
#   benchmarks/run.sh [--rows=NAME,...] [--quick] [--list] ...
#
# `benchmarks/run.sh --help` explains all flags; docs/benchmarks.md how it measures. Peers that cannot be installed
# leave their rows empty, with the reason.
set -euo pipefail
cd "$(dirname "$0")/.."

# docs/dependencies.md says what each is for.
peers=(libdnnl-dev python3-torch libopenblas0-openmp)

case " $* " in
  *" --help "* | *" -h "* | *" --list "*) exec /usr/bin/python3 benchmarks/speed/speed.py "$@" ;;
esac
build=build/dev
for argument in "$@"; do
  case $argument in
    --build=*) build=${argument#--build=} ;;
  esac
done

missing=()
for package in "${peers[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "benchmarks/run.sh: installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2 && apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 ||
    echo "benchmarks/run.sh: cannot install ${missing[*]}; run as root, or do without" >&2
fi

# Configured again, so that a library which has just been installed is found.
cmake -S . -B "$build" >/dev/null
targets=(wage-run wage-translate benchmark-engine benchmark-kernels benchmark-probe)
if grep -q '^WAGE_ONEDNN:.*=/' "$build/CMakeCache.txt"; then
  targets+=(benchmark-onednn)
fi
cmake --build "$build" --target "${targets[@]}" >&2
exec /usr/bin/python3 benchmarks/speed/speed.py "$@"
