"""Quantised networks without their integers, as the canonical form has them, against what they say with them: close where
the grid was fine, equal where it was coarse and has stayed.

    quantized_networks.py FOLDER
"""
import sys
from pathlib import Path

import numpy as np
from onnx import numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "FloatEvaluator" / "Inputs"))
from evaluate_vectors import evaluate
from quantized import CASES

# Results that are integers, and ranges that do not hold what occurs: nothing to compare.
OTHERS = {"quantized-result", "per-channel"}


def noise(found, expected):
    """Root of the mean square of the difference, relative to the same of the expected numbers."""
    found, expected = found.astype(np.float64), np.asarray(expected, np.float64)
    return np.sqrt(np.mean((found - expected) ** 2) / np.mean(expected ** 2))


def main():
    folder, problems = Path(sys.argv[1]), []
    folder.mkdir(parents=True, exist_ok=True)
    for name, (proto, data, *_) in CASES.items():
        if name in OTHERS:
            continue
        # The ranges that the exporter chose are dropped: nothing is promised of numbers beyond them.
        if data.dtype == np.float32:
            data = np.clip(np.abs(data), 0, 1)
        model, inputs = folder / f"{name}.onnx", folder / f"{name}.pb"
        model.write_bytes(proto.SerializeToString())
        inputs.write_bytes(numpy_helper.from_array(data).SerializeToString())
        [expected] = evaluate(model, [inputs], 1, folder, form="")
        [found] = evaluate(model, [inputs], 1, folder, form="canonical")
        most = 1e-5 if name.startswith("qonnx") else 0.1
        if found.shape != expected.shape:
            problems.append(f"{name}: shape {found.shape}, expected {expected.shape}")
        elif not (error := noise(found, expected)) <= most:
            problems.append(f"{name}: noise {error:.3g}, needed at most {most}")
    print("\n".join(problems + [f"{len(CASES) - len(OTHERS)} networks, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
