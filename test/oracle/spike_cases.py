#!/usr/bin/python3
"""Inference with activations as events: the golden model's integers in every code, on every chip that takes the network.

    spike_cases.py CASE_DIR... [--weight-bits=own,1,2] [--init=model|pretrained] [--on=CHIP:CODE,...] [--images=N]
                   [--threads=N] [--csv=F]

CASE_DIR is a golden case as wage_oracle.py describes it, of which the network, its weights and its images are taken.
Ties go away from zero, whatever the case says, and activations have 8 bits at most, so that windows stay short. Each
network is compiled dense for generic-64, and for each chip and code of --on, with the case's width of weights and with
others; then both engines infer. Compared with the golden model, number by number:

- the logits;
- the spikes that each layer sends, as the core engine counts them, where the layer's values cross once (a value that
  goes to several cores by packets of its own is sent several times): the golden model's own activations say how many
  those are.

Inference traces nothing else. With --init=pretrained the compiler chooses scales per channel and grids by rules that
the golden model does not have; the dense program's logits then stand for its own.

A network that a chip refuses must be refused by the fit report, by limits that the network's shape lets expect
(EXPECTED below), each with the layer it is of, and by none where nothing lets it expect any. Every chip and code must
take at least one network. Prints a row for each run, CSV into F; the last line is `N numbers equal, N differ; N
networks run, N refused as expected, N problems`. Exit code 0 if nothing differs and there is no problem.
"""
import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import run_case  # noqa: E402
import wage_oracle  # noqa: E402

CHIPS = HERE.parents[1] / "targets" / "Chips"
EVERYWHERE = ("loihi1:rate", "loihi1:phase", "loihi2:graded", "loihi2:rate", "loihi2:phase", "tianjic:graded", "tianjic:rate",
              "paicore2:rate", "paicore2.5:rate", "darwin3:rate", "generic-64:graded", "generic-64:rate", "generic-64:phase",
              "truenorth:rate", "truenorth:phase")
MOST_ACTIVATION_BITS = 8
COLUMNS = ("network", "bits", "chip", "code", "engine", "numbers", "equal", "images", "cores", "ticks", "spikes",
           "synaptic_events", "packets", "energy_uJ", "cycles_per_image", "outcome")
# Kinds of refusals, and what the fit report calls each (CODE: the code's name).
EXPECTED = {
    "split": {"axons", "CODE: no dense messages"},
    "no crossbar": {"axons", "weight width"},
    "sums": {"CODE: no dense messages"},
    "neurons": {"CODE: sums of one layer", "CODE: fired activations"},
    # What no shape tells: bounds of sums, and how much a core has left for buffers.
    "sizes": {"accumulator width", "data memory", "cores", "off-chip memory", "synapse memory", "synaptic events of a tick"},
}
NOTE = re.compile(r"note: [^:]*: (?P<limit>.*?)(?: of layer '(?P<layer>[^']*)')?: "
                  r"(?:needed, not there(?: \(.*\))?|(?P<need>\d+) [a-z ]+ needed, (?P<supply>\d+) there, \d+ too many)$")


class Golden:
    """A case's network with its initial weights, ties away from zero."""

    def __init__(self, root, weight_bits, init, most_images):
        self.root, self.init = root, init
        self.case = json.loads((root / "case.json").read_text())
        self.case["init"] = "wage"  # what the compiler calls model
        bits = self.case["bits"]
        if weight_bits != "own":
            bits["w"] = int(weight_bits)
        bits["a"], bits["g"] = min(bits["a"], MOST_ACTIVATION_BITS), max(bits["g"], bits["w"])
        self.case["rounding"] = "half_away"
        self.name, self.bits = root.name, "-".join(str(bits[k]) for k in "wager")
        self.images = np.load(root / self.case["images"])[:most_images]
        self.network = wage_oracle.Network(self.case, root)
        self.inputs = []  # of each linear layer, in order
        for linear in self.network.linears:
            linear.forward = self.recording(linear.forward)
        self.logits = self.network.forward(self.images).reshape(len(self.images), -1)
        if init == "pretrained":
            self.logits, self.inputs = None, []

    def recording(self, forward):
        def record(x):
            self.inputs.append(x)
            return forward(x)
        return record

    def flags(self, chip, code):
        return ["--onnx-to-chip", self.root / self.case["model"], f"--chip={chip}", f"--spike-code={code}", "--mode=infer",
                "--rounding=half-away", f"--bits={self.bits}", f"--init={self.init}", f"--init-gain={self.case['init_gain']}",
                f"--batch={len(self.images)}"]

    def nodes_between(self, index):
        """What stands between linear layer `index` - 1 and layer `index` of a chain: names of operations."""
        names, found = [], -1
        for op, _, _ in self.network.nodes:
            if isinstance(op, wage_oracle.Linear):
                found += 1
                if found == index:
                    return names
                names = []
            else:
                names.append(op if isinstance(op, str) else type(op).__name__)
        return names

    def is_chain(self):
        return all(op != "Add" and not isinstance(op, wage_oracle.AveragePool) for op, _, _ in self.network.nodes)

    def fires_by_its_sums(self):
        """Whether between layers there is a Relu at most, and a max pool in front of it at most, pools behind it left aside."""
        for i in range(1, len(self.network.linears)):
            words = [name for name in self.nodes_between(i) if name != "Flatten"]
            if words.count("Relu") > 1 or "Relu" in words and words.index("Relu") > 1 or "Relu" not in words and len(words) > 1:
                return False
        return True

    def rows(self, index):
        """Axons that one neuron of a layer takes: two to a row whose events may have a sign."""
        signed = index == 0 or "Relu" not in self.nodes_between(index)
        return int(np.prod(self.network.linears[index].shape[1:])) * (2 if signed else 1)

    def spikes(self, code):
        """Events of all images that each layer takes."""
        events = {"graded": lambda n: n != 0, "rate": np.abs,
                  "phase": lambda n: sum(np.abs(n) >> bit & 1 for bit in range(15))}[code]
        return [(x.size, int(events(x.astype(np.int64)).sum())) for x in self.inputs]


class Chip:
    """What a network's shape is held against."""

    def __init__(self, name):
        def plain(x):
            return x["value"] if isinstance(x, dict) and "value" in x else x

        description = yaml.safe_load((CHIPS / f"{name}.yaml").read_text())
        self.groups = [{key: plain(value) for key, value in group.items()} for group in description["groups"]]
        self.speaks = plain(description["spikes"]["codes"])

    def axons(self, bits):
        """Rows of `bits`-bit weights that a core takes, of the kind of cores with the most."""
        def least_taken(group):
            return min(taken for width, taken in zip(group["weight_bits"], group["axons_per_weight"]) if width >= bits)
        return max([group["axons"] // least_taken(group) for group in self.groups if max(group["weight_bits"]) >= bits],
                   default=0)

    def adds(self):
        return "dense" in self.speaks and max(group["reduce_fan_in"] for group in self.groups) > 0


def expectations(golden, chip, code):
    """Kinds of refusals that must come, or may."""
    must, may = set(), {"sizes"}
    axons = chip.axons(golden.case["bits"]["w"])
    if axons == 0:
        return {"no crossbar"}, may
    if golden.is_chain():
        if not chip.adds() and any(golden.rows(i) > axons for i in range(len(golden.network.linears))):
            must.add("split")
        if code in ("rate", "phase") and "dense" not in chip.speaks and not golden.fires_by_its_sums():
            may.add("neurons")
        return must, may
    # With sums of layers: which rows are signed is not told here.
    if not chip.adds():
        may.add("split")
    if "dense" not in chip.speaks:
        may.add("sums")
    if code in ("rate", "phase") and "dense" not in chip.speaks:
        must.add("neurons")
    return must, may


def judge_refusal(text, expected, code):
    """What is wrong with a refusal: nothing, or a text."""
    must, may = expected
    notes = [NOTE.search(line) for line in text.splitlines() if "note: " in line]
    if "cannot run this network" not in text or not notes or not all(notes):
        return f"is not refused by the fit report\n{text}"
    names = {kind: {name.replace("CODE", code) for name in EXPECTED[kind]} for kind in must | may}
    limits = {note["limit"] for note in notes}
    if unexpected := limits - set().union(*names.values()):
        return f"is refused for {', '.join(sorted(unexpected))}, which nothing lets expect\n{text}"
    if missing := [kind for kind in must if not names[kind] & limits]:
        return f"is not refused for {', '.join(missing)}\n{text}"
    if nameless := [note["limit"] for note in notes if note["limit"] != "weight width" and not note["layer"]]:
        return f"is refused for {', '.join(nameless)} without a layer's name"
    return ""


def compare_spikes(golden, code, counted):
    """(numbers compared, differing) of the spikes of each layer whose values cross once."""
    numbers = wrong = 0
    if not golden.is_chain() or len(counted) != len(golden.inputs):
        return 0, 0
    for (values, spikes), layer in zip(golden.spikes(code), counted):
        if layer["values"] == values:
            numbers, wrong = numbers + 1, wrong + (layer["spikes"] != spikes)
    return numbers, wrong


class Runs:
    """All runs, and what became of them."""

    def __init__(self, tools, folder, threads):
        self.tools, self.folder, self.threads = tools, folder, threads
        self.rows, self.accepted, self.equal, self.differ, self.refused, self.problems = [], {}, 0, 0, 0, 0

    def problem(self, text):
        self.problems += 1
        print(f"problem: {text}", flush=True)

    def network(self, golden, chip, code):
        where = f"{chip}:{code}"
        self.accepted.setdefault(where, 0)
        binary = self.folder / "network.wbin"
        done = subprocess.run([str(word) for word in (self.tools[0], *golden.flags(chip, code), "-o", binary)],
                              capture_output=True, text=True)
        expected = expectations(golden, Chip(chip), code)
        what = f"{golden.name}, bits {golden.bits}, on {chip} in {code} code"
        if done.returncode:
            wrong = judge_refusal(done.stderr, expected, code)
            if wrong:
                return self.problem(f"{what}: {wrong}")
            self.refused += 1
            limits = sorted({f"{n['limit']} ({n['layer']})" if n["layer"] else n["limit"]
                             for n in map(NOTE.search, done.stderr.splitlines()) if n})
            return self.row(golden, chip, code, {"outcome": "refused: " + "; ".join(limits)})
        if expected[0]:
            return self.problem(f"{what}: is taken, in spite of {', '.join(sorted(expected[0]))}")
        self.accepted[where] += 1
        for engine in ("core", "fused"):
            self.run(golden, chip, code, engine, binary)

    def run(self, golden, chip, code, engine, binary):
        images, logits = self.folder / "images.npy", self.folder / "logits.npy"
        np.save(images, golden.images)
        logits.unlink(missing_ok=True)
        done = subprocess.run([self.tools[1], "infer", str(binary), f"--images={images}", f"--logits={logits}",
                               f"--engine={engine}", f"--threads={self.threads}", "--json"], capture_output=True, text=True)
        what = f"{golden.name}, bits {golden.bits}, on {chip} in {code} code, {engine} engine"
        if done.returncode:
            return self.problem(f"{what}: {done.stderr}")
        counters, got = json.loads(done.stdout), np.load(logits)
        if golden.logits is None:
            golden.logits = got.astype(np.int64)
        if got.shape != golden.logits.shape:
            return self.problem(f"{what}: logits of shape {got.shape}, needed {golden.logits.shape}")
        numbers, wrong = got.size, int((got.astype(np.int64) != golden.logits).sum())
        if code != "dense" and engine == "core":
            more, bad = compare_spikes(golden, code, counters["spikes_by_layer"])
            numbers, wrong = numbers + more, wrong + bad
            if bad:
                print(f"{what}: spikes by layer {counters['spikes_by_layer']}, needed {golden.spikes(code)}")
            if counters["ticks"] == 0 or counters["synaptic_events"] != 0 and counters["spikes"] == 0:
                self.problem(f"{what}: {counters['ticks']} ticks, {counters['spikes']} spikes")
        self.equal, self.differ = self.equal + numbers - wrong, self.differ + wrong
        measured = {}
        if engine == "core":
            measured = {name: counters.get(name, 0) for name in ("ticks", "spikes", "synaptic_events", "packets")}
            measured.update(energy_uJ=f"{counters['energy_pj'] * 1e-6:.4g}",
                            cycles_per_image=counters["cycles"] // len(golden.images))
            measured["cores"] = self.cores(binary)
        self.row(golden, chip, code,
                 {"engine": engine, "numbers": numbers, "equal": numbers - wrong, "images": len(golden.images),
                                      "outcome": "differs" if wrong else "equal", **measured})

    def cores(self, binary):
        done = subprocess.run([self.tools[1], "info", str(binary), "--json"], capture_output=True, text=True)
        return json.loads(done.stdout)["cores"] if done.returncode == 0 else ""

    def row(self, golden, chip, code, values):
        row = {"network": golden.name, "bits": golden.bits, "chip": chip, "code": code, **values}
        self.rows.append(row)
        print("  ".join(str(row.get(name, "-")) for name in COLUMNS), flush=True)

    def finish(self):
        for where, networks in self.accepted.items():
            if networks == 0:
                self.problem(f"{where} takes none of the networks")
        if not any(row.get("numbers") for row in self.rows):
            self.problem("nothing was compared")
        print(f"{self.equal} numbers equal, {self.differ} differ; {sum(self.accepted.values())} networks run, "
              f"{self.refused} refused as expected, {self.problems} problems")
        return 1 if self.differ or self.problems else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", metavar="CASE_DIR", type=lambda text: Path(text).resolve())
    parser.add_argument("--weight-bits", default="own")
    parser.add_argument("--init", default="model", choices=("model", "pretrained"))
    parser.add_argument("--on", default=",".join(EVERYWHERE))
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--csv", type=Path)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    print("  ".join(COLUMNS))
    with tempfile.TemporaryDirectory(prefix="wage-spikes-") as scratch:
        runs = Runs(run_case.find_tools(None), Path(scratch), arguments.threads)
        for root in arguments.cases:
            done = set()
            for width in arguments.weight_bits.split(","):
                golden = Golden(root, width, arguments.init, arguments.images)
                if golden.bits in done:
                    continue
                done.add(golden.bits)
                for where in ("generic-64:dense", *arguments.on.split(",")):
                    runs.network(golden, *where.split(":"))
    if arguments.csv:
        with arguments.csv.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(runs.rows)
    sys.exit(runs.finish())


if __name__ == "__main__":
    main()
