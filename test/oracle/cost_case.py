#!/usr/bin/python3
"""Compares the costs that `wage-run info` derives without running with what the core engine counts.

    cost_case.py CASE_DIR... [--chip=C,...] [--batches=N,...] [--build-dir=DIR]

CASE_DIR is a golden case as run_case.py takes it. Each is compiled for every chip (a listed one or a YAML file), for training and
for inference; then one training step and one inference of each batch size (at most the case's) run on the core engine. Every
counter must be equal, energy to all its digits. The last line is `N passed, N failed` over all numbers.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from run_case import compile_case, find_tools

COUNTERS = ("cycles", "macs", "memory_bytes", "off_chip_bytes", "packets", "packet_bytes", "byte_hops", "energy_pj")


def output(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def count(run, root, case, binary, samples, command):
    """What the core engine counts for one batch of the first `samples` images."""
    flags = [f"--images={root / case['images']}", f"--labels={root / case['labels']}", f"--batch={samples}",
             "--engine=core", "--threads=2", "--json"]
    if command == "train":
        flags += ["--steps=1", "--lr-log2=0", "--shuffle=none", "--health=off"]
    else:
        flags.append(f"--limit={samples}")
    return output(run, command, binary, *flags)


def compare(what, expected, found):
    """(passed, failed), with the differences printed."""
    wrong = [name for name in COUNTERS if expected[name] != found[name]]
    for name in wrong:
        print(f"{what}: {name}: info says {found[name]}, the core engine counts {expected[name]}")
    return len(COUNTERS) - len(wrong), len(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", metavar="CASE_DIR", type=lambda text: Path(text).resolve())
    parser.add_argument("--chip", default="generic-64")
    parser.add_argument("--batches", default="1,3,1000000")
    parser.add_argument("--build-dir")
    arguments = parser.parse_args()
    translate, run = find_tools(arguments.build_dir)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="wage-cost-") as scratch:
        binary = Path(scratch) / "case.wbin"
        for root in arguments.cases:
            case = json.loads((root / "case.json").read_text())
            for chip in arguments.chip.split(","):
                if problem := compile_case(translate, root, case, chip, binary):
                    sys.exit(problem)
                for samples in sorted({min(int(batch), case["batch"]) for batch in arguments.batches.split(",")}):
                    info = output(run, "info", binary, f"--batch={samples}", "--json")
                    for command, member in (("train", "training"), ("infer", "inference")):
                        good, bad = compare(f"{root.name} on {chip}, {command}, batch {samples}",
                                            count(run, root, case, binary, samples, command), info["cost"][member])
                        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
