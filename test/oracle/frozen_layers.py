#!/usr/bin/python3
"""Networks of which only some layers learn, against the same networks of which all do.

    frozen_layers.py OUT_DIR [--seed=S] [--count=N] [--residual|--fronts] [--chip=C,...]

Makes random cases as make_cases.py does, and of each one trains all layers, then the first alone, the last alone, and a drawn
subset, everything else frozen. Checked of each choice, over chips, engines and thread counts:

- all of them, and the interpreter on the wage level, give the same arrays;
- in the first step the gradients, steps, masters and exponents of the layers that learn are those of the run in which all
  learn; the errors are some of that run's, in order;
- of a frozen layer there is no master, gradient or step, and its weights in the binary are the same after training;
- inference on the trained binary gives the logits that training ended with;
- the binary stores no more bytes of weights, and needs less data memory.

With --fronts the networks begin with what has no backward rule: layers with groups and dilations, a Concat, a function,
a product, a transposition. Only what stands behind learns; all the rest is checked but the comparison with a run in
which all layers learn, and that a network is refused where a layer in front of these is to learn.

The last line is `N passed, N failed`. Tools are taken from PATH.
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx

sys.path.insert(0, str(Path(__file__).resolve().parent))
import make_cases  # noqa: E402
import run_case  # noqa: E402

RUNS = [("core", 1), ("fused", 1), ("fused", 3)]


def tool(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"frozen_layers.py: error: {' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def arrays(folder):
    return {path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))}


def equal(a, b):
    return a.shape == b.shape and np.array_equal(a, b)


def is_subsequence(few, many):
    rest = iter(many)
    return all(any(equal(item, other) for other in rest) for item in few)


def linear_layers(model):
    """Names of nodes and weights in file order, which is that of the ordinals."""
    return [(node.name, node.input[1]) for node in onnx.load(model).graph.node
            if node.op_type in ("Conv", "Gemm", "MatMul")]


class Case:
    def __init__(self, root):
        self.root, self.case = root, json.loads((root / "case.json").read_text())
        self.layers = linear_layers(root / self.case["model"])
        self.rates = root / "rates.txt"
        self.rates.write_text("".join(f"{rate}\n" for rate in self.case["lr_log2"]))
        self.init = {"wage": "model"}.get(self.case.get("init", "wage"), self.case.get("init"))
        self.passed = self.failed = 0

    def check(self, good, what):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"{self.root.name}: {what}", flush=True)

    def compile(self, chip, names, binary):
        chosen = ["--train-layers=" + ",".join(names)] if names else []
        tool("wage-translate", "--onnx-to-chip", *run_case.compile_flags(self.root, self.case, chip), "--mode=train", "-o",
             binary, *chosen)

    def train(self, binary, engine, threads, out):
        case = self.case
        tool("wage-run", "train", binary, f"--images={self.root / case['images']}", f"--labels={self.root / case['labels']}",
             f"--batch={case['batch']}", f"--steps={len(case['lr_log2'])}", f"--lr-log2-file={self.rates}",
             f"--seed={case['seed']}", "--shuffle=none", f"--engine={engine}", f"--threads={threads}", "--json",
             f"--trace-dir={out}", "--trace-steps=" + ",".join(map(str, case["trace"])), f"--save={out}.wbin")
        return arrays(out)

    def interpret(self, names, out):
        case = self.case
        out.mkdir(parents=True, exist_ok=True)
        quantise = ("bits=" + "-".join(str(case["bits"][k]) for k in "wager") +
                    f" rounding={case.get('rounding', 'half_even').replace('_', '-')} init-gain={case['init_gain']}"
                    f" batch={case['batch']} init={self.init} train-layers={','.join(names)}")
        tool("wage-translate", "--import-onnx", self.root / case["model"], "-o", f"{out}.onnx.mlir")
        tool("wage-opt", f"{out}.onnx.mlir", f"--wage-onnx-to-wage-pipeline={quantise}",
             f"--wage-interpret=entry=train images={self.root / case['images']} labels={self.root / case['labels']} "
             f"batch={case['batch']} lr-log2={','.join(map(str, case['lr_log2']))} seed={case['seed']} trace-dir={out} "
             f"trace-steps={','.join(map(str, case['trace']))}", "-o", "/dev/null")
        return arrays(out)

    def compare_runs(self, what, got, expected):
        self.check(got.keys() == expected.keys(), f"{what}: arrays {sorted(got.keys() ^ expected.keys())} are in one run only")
        for name in got.keys() & expected.keys():
            self.check(equal(got[name], expected[name]), f"{what}: {name} differs")

    def compare_with_all(self, what, got, whole, learning):
        """What the first step must share with that of the run in which all layers learn."""
        for i in range(len(self.layers)):
            names = [f"initial.{i}", f"step0.grad.{i}", f"step0.delta.{i}", f"step0.master.{i}"]
            for name in names + [f"final.{i}"]:
                self.check((name in got) == (i in learning), f"{what}: {name} of a frozen layer, or missing")
            for name in names if i in learning else []:
                self.check(name in got and equal(got[name], whole[name]), f"{what}: {name} is not that of all layers")
        self.check(equal(got["step0.out"], whole["step0.out"]), f"{what}: the first outputs differ")
        errors = lambda run: [run[name] for name in sorted((n for n in run if re.fullmatch(r"step0\.error\.\d+", n)),
                                                           key=lambda n: int(n.split(".")[-1]))]
        self.check(is_subsequence(errors(got), errors(whole)), f"{what}: an error that training of all layers has not")
        few, many = got["exponents_and_wrong"][0].tolist(), whole["exponents_and_wrong"][0].tolist()
        count = len(self.layers)
        self.check(few[-1] == many[-1] and few[-1 - len(learning):-1] == [many[i - 1 - count] for i in learning],
                   f"{what}: the first exponents of gradients differ")
        self.check(is_subsequence([np.array(k) for k in few[:-1 - len(learning)]], [np.array(k) for k in many[:-1 - count]]),
                   f"{what}: the first exponents of errors differ")

    def compare_weights(self, what, binary, trained, learning):
        """Frozen weights are the same bytes before and after; the chip's text goes back to the same binary."""
        before, after = ({name: data for name, data in re.findall(r'(\S+): "(0x\w+)"', tool("wage-translate", "--binary-to-chip",
                                                                                          path))}
                         for path in (binary, trained))
        for i, (_, weights) in enumerate(self.layers):
            if i not in learning:
                self.check(before[weights] == after[weights], f"{what}: frozen weights '{weights}' have changed")
        tool("wage-translate", "--binary-to-chip", trained, "-o", f"{trained}.mlir")
        tool("wage-translate", "--chip-to-binary", f"{trained}.mlir", "-o", f"{trained}.again")
        self.check(Path(f"{trained}.again").read_bytes() == Path(trained).read_bytes(), f"{what}: another binary comes back")

    def compare_memory(self, what, binary, whole, learning):
        few, many = (json.loads(tool("wage-run", "info", "--json", path)) for path in (binary, whole))
        frozen = [layer.get("frozen", False) for layer in few["layers"]]
        self.check(frozen.count(False) == len(learning), f"{what}: info says {frozen}")
        self.check(few["weight_bytes"] <= many["weight_bytes"], f"{what}: more bytes of weights")
        data = lambda info: sum(layer["off_chip_bytes"] + layer["cores"] * layer["largest_core_data_bytes"]
                                for layer in info["layers"])
        self.check(data(few) < data(many), f"{what}: {data(few)} bytes of data memory, {data(many)} where all learn")

    def compare_inference(self, what, trained, got):
        logits = Path(f"{trained}.logits.npy")
        tool("wage-run", "infer", trained, f"--images={self.root / self.case['images']}", f"--logits={logits}", "--json")
        count = min(len(got["logits"]), len(np.load(logits)))
        self.check(np.array_equal(np.load(logits)[:count], got["logits"][:count]), f"{what}: inference differs")

    def choices(self, random):
        count = len(self.layers)
        subset = sorted(random.choice(count, int(random.integers(1, count)), replace=False).tolist()) if count > 1 else []
        return [choice for choice in {(0,), (count - 1,), tuple(subset)} if 0 < len(choice) < count]

    def run_choice(self, chips, names, learning, tag):
        """Trains one choice on every chip and engine; the interpreter's arrays are what all are compared with."""
        expected = self.interpret(names, self.root / f"{tag}.interpreted")
        for chip in chips:
            binary = self.root / f"{tag}.{chip}.wbin"
            self.compile(chip, names, binary)
            for engine, threads in RUNS:
                what = f"{tag}.{chip}.{engine}.{threads}"
                got = self.train(binary, engine, threads, self.root / what)
                self.compare_runs(what, got, expected)
            trained = self.root / f"{what}.wbin"
            self.compare_weights(what, binary, trained, learning)
            self.compare_inference(what, trained, got)
        return expected

    def run_front(self, chips):
        """The layers behind the front learn, all or the last; one more is refused."""
        count = len(self.layers)
        for learning in ((count - 1,), (count - 2, count - 1)):
            names = [self.layers[i][0] for i in learning]
            self.run_choice(chips, names, learning, "-".join(map(str, learning)))
        done = subprocess.run(["wage-translate", "--onnx-to-chip", str(self.root / self.case["model"]), f"--chip={chips[0]}",
                               f"--train-layers={self.layers[0][0]}", "-o", str(self.root / "refused.wbin")],
                              capture_output=True, text=True)
        self.check(done.returncode == 1 and "has no backward rule" in done.stderr, f"not refused: {done.stderr}")

    def run(self, chips, random):
        whole_binary = self.root / "whole.wbin"
        self.compile(chips[0], [], whole_binary)
        whole = self.train(whole_binary, "fused", 2, self.root / "whole")
        for learning in self.choices(random):
            tag = "-".join(map(str, learning))
            names = [self.layers[i][int(random.integers(0, 2))] for i in learning]
            expected = self.run_choice(chips, names, learning, tag)
            self.compare_with_all(tag, expected, whole, learning)
            self.compare_memory(tag, self.root / f"{tag}.{chips[0]}.wbin", whole_binary, learning)


class FrontMaker(make_cases.NetworkMaker):
    """Begins with what can only infer; two layers behind it can learn."""

    def join(self, op, other, **attributes):
        output = f"value{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(op, [self.value, other], [output], name=f"{op}_{len(self.nodes)}", **attributes))
        self.value = output

    def grouped(self):
        c, h, w = self.shape
        dilation, pad = ([2, 2], 2) if self.chance(0.5) else ([1, 1], 1)
        self.add("Conv", [self.parameter("weights", self.weights((c, 1, 3, 3)))], kernel_shape=[3, 3], pads=[pad] * 4,
                 group=c, dilations=dilation)

    def network(self):
        self.conv(self.integer(2, 5))
        self.add("Relu")
        start, c = self.value, self.shape[0]
        self.grouped()
        self.add(["Relu", "Sigmoid", "Tanh"][self.integer(0, 2)])
        if self.chance(0.3):
            self.join("Mul", start)
        else:
            self.join("Concat", start, axis=1)
            self.shape = (2 * c, *self.shape[1:])
        if self.chance(0.4):
            self.add("Transpose", perm=[0, 1, 3, 2])
            self.shape = (self.shape[0], self.shape[2], self.shape[1])
        self.conv(self.width())
        self.add("Relu")
        self.flatten()
        self.gemm(self.integer(2, 8))


def make_front_network(random):
    shape = (int(random.integers(1, 4)), int(random.integers(4, 8)), int(random.integers(4, 8)))
    net = FrontMaker(random, shape)
    net.opset = 13
    net.network()
    return net.model(shape), shape, net.shape[0]


def make_front_case(root, seed):
    """A case as make_cases.py's, without the golden model's numbers."""
    random = np.random.default_rng([seed, 2])
    model, shape, classes = make_front_network(random)
    pick = lambda low, high: int(random.integers(low, high + 1))
    batch, steps = pick(2, 6), pick(2, 3)
    case = {"model": "model.onnx", "bits": {"w": pick(2, 8), "a": pick(4, 9), "g": pick(8, 12), "e": 8, "r": 16},
            "init_gain": 3, "images": "images.npy", "labels": "labels.npy", "batch": batch,
            "lr_log2": [pick(-1, 5) for _ in range(steps)], "seed": seed, "trace": list(range(steps)),
            "init": "pretrained" if random.random() < 0.5 else "model"}
    root.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(root / "model.onnx"))
    np.save(root / "images.npy", random.integers(0, 256, (3 * batch, *shape), dtype=np.uint8))
    np.save(root / "labels.npy", random.integers(0, classes, 3 * batch).astype(np.uint8))
    (root / "case.json").write_text(json.dumps(case, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--residual", action="store_true")
    parser.add_argument("--fronts", action="store_true")
    parser.add_argument("--chip", default="generic-64,generic-256")
    arguments = parser.parse_args()
    passed = failed = 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        root = arguments.folder / f"random-{seed}"
        if arguments.fronts:
            make_front_case(root, seed)
        else:
            make_cases.make_case(root, seed, arguments.residual)
        case = Case(root)
        if arguments.fronts:
            case.run_front(arguments.chip.split(","))
        else:
            case.run(arguments.chip.split(","), np.random.default_rng(seed))
        passed, failed = passed + case.passed, failed + case.failed
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
