"""Quantised networks all the way to a chip: what the chip computes from real values against what the network says, or why the
network is refused.

    quantized_models.py FOLDER
"""
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "FloatEvaluator" / "Inputs"))
from quantized import CASES
from quantized_networks import noise

# Of 8 bits behind 8 bits on other grids; the networks have two layers at most.
MOST_NOISE = 0.1


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def check(name, proto, data, folder):
    """The relative noise, or the refusal; whether that is as it should be."""
    model, samples = folder / f"{name}.onnx", folder / "x.npy"
    model.write_bytes(proto.SerializeToString())
    np.save(samples, np.asarray(data, np.float32))
    compiled = run("wage-translate", "--onnx-to-chip", model, "--chip=generic-256", "--mode=infer", "--bits=8-8",
                   f"--calibrate-input={samples}", "-o", folder / "m.wbin")
    refusals = [line for line in compiled.stderr.splitlines() if line.startswith("wage-translate: error: ")]
    if compiled.returncode:
        return refusals[0] if refusals else compiled.stderr[-500:], compiled.returncode == 1 and bool(refusals)
    for command in (run("wage-run", "infer", folder / "m.wbin", f"--input={samples}", f"--outputs={folder / 'y.npy'}"),
                    run("wage-translate", "--evaluate", model, f"--input={samples}", "-o", folder / "f.npy")):
        if command.returncode:
            return command.stderr, False
    relative = noise(np.load(folder / "y.npy"), np.load(folder / "f.npy"))
    return f"noise {relative:.4f}", relative <= MOST_NOISE


def main():
    folder, passed, wrong = Path(sys.argv[1]), 0, 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, (proto, data, *_) in CASES.items():
        text, good = check(name, proto, data, folder)
        print(f"{name}: {text}", flush=True)
        passed, wrong = passed + good, wrong + (not good)
    print(f"{passed} passed, {wrong} failed")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
