#!/usr/bin/python3
"""Random networks on random chips, mapped at random: the golden model's bits wherever and however blocks stand.

    mapping_cases.py OUT_DIR [--seed=S] [--count=N] [--maps=M]

Makes cases as make_cases.py does, every other one with residual sums, and maps each M times: every time onto a chip description of its
own (crossbar, synapse and data memory, reduce fan-in, multicast, grid, several chips, faulty cores), with an objective, a number of
cores, messages as graded events or not, packing, a placer and more faulty cores drawn at random. Each mapping is trained on both engines, and every array is compared with the golden
model's. A mapping that is refused must be refused for its chip, by a limit of the fit report; at most half of all may be. The last line
is `N passed, N failed, N refused`; a failure prints the flags that repeat it, and its chip description stays in OUT_DIR.
"""
import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
import run_case  # noqa: E402

HERE = Path(__file__).resolve().parent
BASE = HERE.parents[1] / "targets" / "Chips" / "generic-64.yaml"


def random_chip(random, path):
    """Writes the description of a chip that trains; most can hold what the random cases need."""
    def pick(*values):
        return values[int(random.integers(len(values)))]

    chip = yaml.safe_load(BASE.read_text())
    chip["name"] = path.stem
    grid = {"columns": int(random.integers(5, 25)), "rows": int(random.integers(5, 25))}
    axons, neurons = pick(9, 17, 40, 64, 130, 256), pick(5, 16, 33, 64, 200)
    core = {"axons": axons, "neurons": neurons, "synapse_bytes": max(16, axons * neurons * pick(4, 8, 8, 16) // 8),
            "data_bytes": pick(2048, 8192, 65536), "reduce_fan_in": pick(1, 2, 3, 4, 8)}
    drawn = [(chip["grid"], grid), (chip["groups"][0], grid), (chip["groups"][0], core),
             (chip["chips"], {"columns": pick(1, 1, 2, 3), "rows": pick(1, 1, 2)}),
             (chip["noc"], {"multicast": pick(True, False), "link_bytes_per_cycle": pick(1, 8, 32)}),
             (chip["off_chip"], {"bytes": pick(0, 1 << 16, 1 << 28, 1 << 28)})]
    for part, numbers in drawn:
        for name, value in numbers.items():
            part[name]["value"] = value
    cores = grid["columns"] * grid["rows"] * chip["chips"]["columns"]["value"] * chip["chips"]["rows"]["value"]
    chip["faulty_cores"]["value"] = faulty_cores(random, cores)
    path.write_text(yaml.safe_dump(chip, sort_keys=False))
    return cores


def faulty_cores(random, cores):
    """A few cores, ascending; often none."""
    count = int(random.integers(0, 1 + cores // 10)) if random.random() < 0.5 else 0
    return sorted(int(core) for core in random.choice(cores, count, replace=False))


def random_flags(random, cores):
    flags = [f"--objective={random.choice(['cores', 'latency', 'throughput'])}",
             f"--placer={random.choice(['raster', 'hilbert', 'hilbert+force', 'traffic'])}",
             f"--pack={random.choice(['off', 'fit', 'on', 'on'])}"]
    if random.random() < 0.5:
        flags.append(f"--cores={int(random.integers(1, cores + 1))}")
    if random.random() < 0.5:
        flags.append(f"--copies={int(random.integers(1, 6))}")
    if faulty := faulty_cores(random, cores):
        flags.append("--faulty-cores=" + ",".join(map(str, faulty)))
    return flags


def schedule_flags(random):
    """Drawn by a generator of their own, so that the seeds of earlier findings give what they gave."""
    flags = [f"--buffer-slots={int(random.integers(1, 5))}"] if random.random() < 0.5 else []
    return flags + (["--recompute-gradients=all"] if random.random() < 0.3 else [])


def code_flags(random):
    """As schedule_flags: in every third mapping activations and errors cross as events."""
    return ["--spike-code=graded"] if random.random() < 0.33 else []


def without_shared_windows(flags):
    """Blocks share no cores where messages are events, and are not to be asked to."""
    return ["--pack=fit" if flag == "--pack=on" else flag for flag in flags] if "--spike-code=graded" in flags else flags


def is_refusal(text):
    """Whether the compiler has said that the chip is too small, and by which limit."""
    return "cannot train this network" in text and "needed" in text and "does not fit" in text


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--maps", type=int, default=3)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    tools = run_case.find_tools(None)
    passed = failed = refused = mappings = 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        kind = ["--residual"] if seed % 2 else []
        subprocess.run([sys.executable, HERE / "make_cases.py", arguments.folder, f"--seed={seed}", "--count=1", *kind], check=True,
                       stdout=subprocess.DEVNULL)
        random = np.random.default_rng([seed, 4])
        for index in range(arguments.maps):
            chip = arguments.folder / f"chip-{seed}-{index}.yaml"
            flags = schedule_flags(np.random.default_rng([seed, index, 5]))
            flags += code_flags(np.random.default_rng([seed, index, 6])) + random_flags(random, random_chip(random, chip))
            flags = without_shared_windows(flags)
            scratch = arguments.folder / f"map-{seed}-{index}"
            scratch.mkdir()
            mappings += 1
            for what, text, good, bad in run_case.run_case(tools, arguments.folder / f"random-{seed}", str(chip), ["core", "fused"],
                                                           ["2"], scratch, flags):
                if is_refusal(text):
                    refused += 1
                    print(f"{what} {' '.join(flags)}: refused", flush=True)
                    break
                print(f"{what} {' '.join(flags)}: {good} of {good + bad} arrays equal\n{text}".rstrip(), flush=True)
                passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed, {refused} refused")
    sys.exit(1 if failed or not passed or 2 * refused > mappings else 0)


if __name__ == "__main__":
    main()
