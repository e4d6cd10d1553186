"""Running exported networks with ONNX Runtime, and comparing what they give. For the scripts beside this one."""
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx

HERE = Path(__file__).resolve().parent
# Forms of int64 arithmetic aside, these operators carry a network; which of them an export uses is worth a line.
LAYERS = ("QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "MatMul", "MaxPool")


class Refused(Exception):
    """A tool ended with exit code 1; the text is its first line."""


def run(*command, **environment):
    """Runs a tool. Anything but success or a refusal of the input ends the program."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          env={**os.environ, **environment})
    if done.returncode == 1 and done.stderr:
        raise Refused(done.stderr.splitlines()[0])
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}".rstrip())


def run_onnx(runtime, model, images, logits, *flags):
    """ONNX Runtime's logits; `runtime` is the folder of install.py."""
    run("node", HERE / "run_model.js", model, images, logits, *flags, NODE_PATH=str(Path(runtime) / "node_modules"))


def check_model(path):
    """Has ONNX's own checker take the file, types and shapes included, and returns how often each layer's operator occurs."""
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(str(path))
    foreign = {node.domain for node in model.graph.node} - {""}
    if foreign or [opset.domain for opset in model.opset_import] != [""]:
        sys.exit(f"{path}: domains that are not standard: {foreign}")
    counts = {name: sum(node.op_type == name for node in model.graph.node) for name in LAYERS}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


class Verdict:
    """Counts comparisons; a run that compared nothing has failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def compare(self, name, found, expected):
        """Compares two .npy files of integers, exactly."""
        found, expected = np.load(found), np.load(expected)
        found = found.reshape(len(found), -1)
        expected = expected.reshape(len(expected), -1)
        same = found.shape == expected.shape
        differing = int((found != expected).sum()) if same else max(found.size, expected.size)
        print(f"{name}: {expected.size} logits, {differing} differ", flush=True)
        self.count(same and not differing and expected.size > 0)

    def count(self, good):
        self.passed += bool(good)
        self.failed += not good

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)
