#!/usr/bin/python3
"""Places the benchmark's networks on four systems of chips with every placer and prints a table.

    run.py [--bin=build/dev/bin] [--networks=lenet,...] [--chips=generic-64,...] [--batch=16] [--json=FILE]

Chips are the listed ones, as systems of several: enough for every network that their cores can run at all. They train
where they can (2-8-8-8 bits, one step of the batch) and infer (8-8 bits; 2-4 on chips whose accumulators have 24 bits);
traffic is that of one training step, or of one sample, and so are latency and energy, which are the static costs. Bytes
times hops of each placer stand relative to `hilbert+force`; of what else differs between placers a cell has one number
for each, in the order of those columns. `traffic above bound` is how far `traffic` is above what no placement is below.
The mapper's seconds are those of its passes (partition, allocation, verification) and of the encoder, measured once, with
those of the placer added. What does not fit stands below the table with the first of the mapper's reasons. Cores alone
move: all placers have the buffers that were allocated for `raster`. Needs wage-translate and benchmark-placers.
"""
import argparse
import json
import math
import re
import subprocess
import tempfile
from pathlib import Path

NETWORKS = ["lenet", "vgg7", "alexnet", "resnet20", "resnet18", "vgg16"]
SYSTEMS = {"generic-256": (2, 2), "generic-64": (4, 4), "tianjic": (24, 24), "loihi2": (8, 8)}
NARROW = ("tianjic", "loihi2")
PLACERS = ["raster", "hilbert", "hilbert+force", "traffic"]
MAPPER = ("convert-integer-to-chip", "chip-allocate", "chip-verify", "encode")
HERE = Path(__file__).resolve().parent


def make_system(chip, folder):
    """The listed chip's description with several chips."""
    columns, rows = SYSTEMS[chip]
    text = (HERE.parent.parent / "targets/Chips" / f"{chip}.yaml").read_text()
    text, found = re.subn(r"(chips:[^\n]*\n  columns: \{ value: )\d+(.*\n  rows: \{ value: )\d+",
                          rf"\g<1>{columns}\g<2>{rows}", text)
    assert found == 1
    path = folder / f"{chip}.yaml"
    path.write_text(text)
    return path


def measure(options, network, chip, mode, folder):
    """What benchmark-placers says, with the mapper's seconds; or the mapper's reason."""
    bits = "2-8-8-8" if mode == "train" else "2-4" if chip in NARROW else "8-8"
    binary, profile = folder / "out.wbin", folder / "profile.json"
    compiled = subprocess.run([f"{options.bin}/wage-translate", "--onnx-to-chip", folder / f"{network}.onnx",
                               f"--chip={folder}/{chip}.yaml", f"--mode={mode}", f"--bits={bits}", "--init=model",
                               f"--batch={options.batch}", "--placer=raster", f"--profile={profile}", "-o", binary],
                              capture_output=True, text=True)
    if compiled.returncode:
        notes = [line.split(".onnx: ")[-1] for line in compiled.stderr.splitlines() if "note: " in line]
        return "; ".join(notes[:1]) or compiled.stderr.splitlines()[0]
    result = json.loads(subprocess.run([f"{options.bin}/benchmark-placers", binary], check=True, capture_output=True,
                                       text=True).stdout)
    result["mapper"] = sum(event["dur"] for event in json.loads(profile.read_text())["traceEvents"]
                           if event["name"] in MAPPER) / 1e6
    return result


def row(network, chip, mode, r):
    def of_each(text):
        return "/".join(text(r["placers"][p]) for p in PLACERS)

    reference = r["placers"]["hilbert+force"]["byte_hops"]
    relative = [f"{r['placers'][p]['byte_hops'] / reference:.3f}" for p in PLACERS]
    above = r["placers"]["traffic"]["byte_hops"] / r["least_byte_hops"] - 1
    return [network, chip, mode, str(r["cores"]), f"{100 * r['utilisation']:.0f} %", f"{reference:.4g}", *relative,
            f"{100 * above:.1f} %", of_each(lambda placed: f"{placed['largest_link_load'] / 1000:.0f}"),
            of_each(lambda placed: f"{placed['cycles']:.4g}"), of_each(lambda placed: f"{placed['energy_uj']:.4g}"),
            of_each(lambda placed: f"{placed['seconds']:.3f}"),
            of_each(lambda placed: f"{r['mapper'] + placed['seconds']:.3f}")]


def summarize(results):
    """The bars: geometric means, rows on which a baseline is better, and how many times longer mapping takes."""
    ratios, links, longest, worse, busier = [], [], (0, ""), [], []
    for name, r in results.items():
        of = {p: r["placers"][p] for p in PLACERS}
        ratios.append(of["traffic"]["byte_hops"] / of["hilbert+force"]["byte_hops"])
        links.append(of["traffic"]["largest_link_load"] / of["hilbert+force"]["largest_link_load"])
        if links[-1] > 1:
            busier.append(name)
        times = [r["mapper"] + of[p]["seconds"] for p in ("traffic", "hilbert+force")]
        longest = max(longest, (times[0] / times[1], name))
        if of["traffic"]["byte_hops"] > min(of[p]["byte_hops"] for p in PLACERS):
            worse.append(name)
    mean, mean_link = (math.exp(sum(map(math.log, values)) / len(values)) for values in (ratios, links))
    print(f"\n{len(ratios)} rows; geometric mean of bytes times hops, traffic over hilbert+force: {mean:.3f}")
    print(f"busiest link, the same: {mean_link:.3f}; rows on which it is larger: {', '.join(busier) or 'none'}")
    print(f"rows on which a baseline is cheaper: {', '.join(worse) or 'none'}")
    print(f"mapper's seconds, traffic over hilbert+force, at most: {longest[0]:.2f} ({longest[1]})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/dev/bin")
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--chips", default=",".join(SYSTEMS))
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    columns = ["network", "chip", "mode", "cores", "crossbar use", "hilbert+force, bytes x hops",
               *PLACERS, "traffic above bound", "busiest link, kB (" + "/".join(PLACERS) + ")",
               "latency, cycles", "energy, uJ", "placing, s", "mapper, s"]
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|", flush=True)
    results, refused = {}, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for chip in options.chips.split(","):
            make_system(chip, folder)
        for network in options.networks.split(","):
            subprocess.run([HERE / "networks.py", folder / f"{network}.onnx", f"--network={network}"], check=True)
            for chip in options.chips.split(","):
                for mode in ("infer", "train"):
                    result = measure(options, network, chip, mode, folder)
                    if isinstance(result, str):
                        refused.append(f"- {network}, {chip}, {mode}: {result}")
                        continue
                    results[f"{network}, {chip}, {mode}"] = result
                    print("| " + " | ".join(row(network, chip, mode, result)) + " |", flush=True)
            (folder / f"{network}.onnx").unlink()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    summarize(results)
    print("\nNot mapped:\n\n" + "\n".join(refused))


if __name__ == "__main__":
    main()
