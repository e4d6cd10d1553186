#!/usr/bin/python3
"""Maps networks of up to a million cores and prints a table of times and peak memory.

    scale.py [--bin=build/dev/bin] [--cores=1000,4000,40000,200000,1000000] [--mode=infer] [--crossbar=16] [--seed=0]

Networks are those of `wage-opt --onnx-make-network`: convolutions and fully connected layers, every sending core with
16 others or more on average, at least a tenth of the connections long (`--chip-print-connections` counts both on the
routed program). The chip is a generic-64 with crossbars of `--crossbar` axons and neurons, and a square grid with a
twentieth of its cores to spare. Weights of 2 bits are drawn, which counts as import here; the mapper's stages are
partition, placement, allocation with addresses, verification, and the encoder, which verifies again and writes the
file. Then `wage-run info` loads the file, with all the loader's proofs, and derives its costs. One process at a time;
nothing else should run.
"""
import argparse
import json
import math
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAGES = {"partition": "convert-integer-to-chip", "placement": "chip-place", "allocation": "chip-allocate",
          "verification": "chip-verify", "emission": "encode"}


def make_chip(path, side, crossbar):
    """The listed generic-64 with another grid and other crossbars."""
    text = (HERE.parent.parent / "targets/Chips/generic-64.yaml").read_text()
    grid, rest = text.split("chips:")
    chips, groups = rest.split("groups:")

    def put(text, values):
        for name, value in values.items():
            text, found = re.subn(rf"(\b{name}: {{ value: )\d+", rf"\g<1>{value}", text, count=1)
            assert found == 1, name
        return text

    grid = put(grid, {"columns": side, "rows": side})
    groups = put(groups, {"columns": side, "rows": side, "axons": crossbar, "neurons": crossbar,
                          "synapse_bytes": crossbar * crossbar})
    path.write_text("chips:".join([grid, "groups:".join([chips, groups])]))


def run(*command):
    """Standard output, seconds, and the most memory the process had, in MiB: not below this script's own."""
    begin = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return output, time.monotonic() - begin, usage.ru_maxrss / 1024


def measure(options, cores, folder):
    chip, network, binary = folder / "chip.yaml", folder / "network.mlir", folder / "out.wbin"
    profile = folder / "profile.json"
    make_chip(chip, math.ceil(math.sqrt(cores * 1.05)) if cores < 1000000 else 1024, options.crossbar)
    (folder / "empty.mlir").write_text("")
    run(f"{options.bin}/wage-opt", folder / "empty.mlir", "--mlir-print-debuginfo", "-o", network,
        f"--onnx-make-network=cores={cores} chip={chip} seed={options.seed}")
    _, seconds, memory = run(f"{options.bin}/wage-translate", "--onnx-to-chip", network, f"--chip={chip}",
                             f"--mode={options.mode}", "--bits=2-8-8-8", "--init=wage", "--batch=16",
                             f"--profile={profile}", "-o", binary)
    times = {event["name"]: event["dur"] / 1e6 for event in json.loads(profile.read_text())["traceEvents"]
             if "dur" in event}
    stages = {name: times[passed] for name, passed in STAGES.items()}
    information, loading, loading_memory = run(f"{options.bin}/wage-run", "info", binary)
    used = re.search(r"^(\d+) cores, (\d+) routes", information, re.M)
    result = {"cores": used[1], "routes": used[2], **{name: f"{s:.2f}" for name, s in stages.items()},
              "mapper": f"{sum(stages.values()):.1f}", "whole": f"{seconds:.1f}", "MiB": f"{memory:.0f}",
              "file, MB": f"{binary.stat().st_size / 1e6:.1f}", "load and cost": f"{loading:.1f}",
              "load, MiB": f"{loading_memory:.0f}"}
    if cores <= options.count_to:
        result.update(count_connections(options, network, chip))
    return result


def count_connections(options, network, chip):
    """What chip-print-connections says of the routed program."""
    line, _, _ = run(f"{options.bin}/wage-opt", network, "-o", "/dev/null",
                     f"--wage-onnx-to-wage-pipeline=mode={options.mode} init=wage batch=16", "--wage-to-integer-pipeline",
                     f"--convert-integer-to-chip=chip={chip}", "--chip-print-connections")
    fan_out, share = re.search(r"stages: ([\d.]+) from each, ([\d.]+) % long", line).groups()
    return {"fan-out": fan_out, "long": f"{share} %"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/dev/bin")
    parser.add_argument("--cores", default="1000,4000,40000,200000,1000000")
    parser.add_argument("--mode", choices=["infer", "train"], default="infer")
    parser.add_argument("--crossbar", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count-to", type=int, default=200000, help="count connections of networks of so many cores")
    options = parser.parse_args()
    heading = None
    for cores in map(int, options.cores.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            result = measure(options, cores, Path(folder))
        if heading is None:
            heading = list(result)
            print("| " + " | ".join(heading) + " |\n" + "|---" * len(heading) + "|", flush=True)
        print("| " + " | ".join(result.get(name, "") for name in heading) + " |", flush=True)


if __name__ == "__main__":
    main()
