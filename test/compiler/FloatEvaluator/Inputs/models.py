"""models.py FOLDER...: every model's vectors, through importer and evaluator, within a relative 1e-3."""
import sys
import tempfile
from pathlib import Path

from evaluate_vectors import Refused, Wrong, check_set, difference, evaluate, numbered, read_tensor

import numpy as np
import onnx
from onnx import numpy_helper

TOLERANCE = 1e-3


def zeros_for(model, scratch):
    """An input of zeros as a file: for a model that comes with its output only, which then depends on no input."""
    proto = onnx.load(str(model), load_external_data=False)
    known = {tensor.name for tensor in proto.graph.initializer}
    value = next(v for v in proto.graph.input if v.name not in known)
    shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    path = scratch / "zeros.pb"
    path.write_bytes(numpy_helper.from_array(np.zeros(shape, np.float32)).SerializeToString())
    return [path]


problems = []
for folder in map(Path, sys.argv[1:]):
    sets = sorted(folder.glob("test_data_set_*"))
    worst = 0.0
    try:
        for data in sets:
            with tempfile.TemporaryDirectory() as scratch:
                if numbered(data, "input"):
                    worst = max(worst, check_set(folder / "model.onnx", data, Path(scratch)))
                else:
                    inputs = zeros_for(folder / "model.onnx", Path(scratch))
                    [found] = evaluate(folder / "model.onnx", inputs, 1, Path(scratch))
                    worst = max(worst, difference(found, read_tensor(numbered(data, "output")[0])))
        print(f"{folder.name}: {len(sets)} sets, largest relative difference {worst:.2g}")
        if not sets or worst > TOLERANCE:
            problems.append(f"{folder.name}: {len(sets)} sets, {worst:.3g}")
    except (Refused, Wrong) as problem:
        problems.append(f"{folder.name}: {problem}")
print("\n".join(problems))
print(f"{len(sys.argv) - 1} models, {len(problems)} problems")
sys.exit(1 if problems or len(sys.argv) == 1 else 0)
