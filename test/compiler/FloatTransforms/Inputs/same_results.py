"""Whether networks compute the same in each form of their graphs, within a relative 1e-4.

    same_results.py models FOLDER...        real networks, on their own vectors
    same_results.py random COUNT SEED       random ones, on random numbers
"""
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "FloatEvaluator" / "Inputs"))
from evaluate_vectors import Refused, Wrong, difference, evaluate, numbered
from random_graphs import random_model

TOLERANCE = 1e-4
FORMS = ["canonical", "training", "equalized"]


def tolerated(found, expected):
    """As `difference`, but with no number measured by less than 0.01: of random sums some are nothing but rounding."""
    if found.shape != expected.shape or found.size == 0:
        return difference(found, expected)
    scale = np.maximum(np.abs(expected), max(float(np.mean(np.abs(expected))), 0.01))
    return float(np.max(np.abs(found.astype(np.float64) - expected) / scale))


def random_input(proto, rng, scratch):
    """A file of random numbers for the first input of the network, which comes without any."""
    known = {tensor.name for tensor in proto.graph.initializer}
    value = next(v for v in proto.graph.input if v.name not in known)
    shape = [dim.dim_value or 2 for dim in value.type.tensor_type.shape.dim]
    path = scratch / "random.pb"
    path.write_bytes(numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32)).SerializeToString())
    return [path]


def worst_difference(model, outputs, inputs, scratch):
    """Over the forms and all outputs."""
    expected = evaluate(model, inputs, outputs, scratch, form="")
    worst = 0.0
    for form in FORMS:
        found = evaluate(model, inputs, outputs, scratch, form=form)
        worst = max([worst, *(tolerated(f, e) for f, e in zip(found, expected))])
    return worst


def check_models(folders, scratch):
    for folder in map(Path, folders):
        proto = onnx.load(str(folder / "model.onnx"), load_external_data=False)
        sets = [numbered(data, "input") for data in sorted(folder.glob("test_data_set_*"))]
        sets = [s or random_input(proto, np.random.default_rng(1), scratch) for s in sets]
        for inputs in sets[:1]:
            yield folder.name, folder / "model.onnx", len(proto.graph.output), inputs


def check_random(count, seed, scratch):
    for i in range(int(count)):
        rng = np.random.default_rng([int(seed), i])
        proto = random_model(rng)
        model = scratch / "model.onnx"
        model.write_bytes(proto.SerializeToString())
        yield f"random network {seed} {i}", model, 1, random_input(proto, rng, scratch)


def main():
    problems, count = [], 0
    kind, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for name, model, outputs, inputs in {"models": check_models, "random": check_random}[kind](*(
                [arguments] if kind == "models" else arguments), scratch):
            count += 1
            try:
                worst = worst_difference(model, outputs, inputs, scratch)
                if not worst <= TOLERANCE:
                    problems.append(f"{name}: differs by {worst:.3g}")
            except (Refused, Wrong) as problem:
                problems.append(f"{name}: {problem}")
    print("\n".join(problems))
    print(f"{count} networks, {len(problems)} problems")
    sys.exit(1 if problems or not count else 0)


if __name__ == "__main__":
    main()
