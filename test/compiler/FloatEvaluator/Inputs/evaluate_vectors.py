"""Runs models with vectors through importer and evaluator: what ONNX's own tests and the model zoo keep beside a model.

A folder holds `model.onnx` and `test_data_set_*/{input,output}_N.pb`.
"""
import subprocess

import numpy as np
import onnx
from onnx import numpy_helper


class Refused(Exception):
    """The tool refused the model: its lines, without the file."""


class Wrong(Exception):
    """A result that differs, or an end that is neither success nor refusal."""


def read_tensor(path):
    proto = onnx.TensorProto()
    proto.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(proto)


def numbered(folder, stem):
    """`stem`_0.pb, `stem`_1.pb, ... of a data set."""
    return sorted(folder.glob(f"{stem}_*.pb"), key=lambda path: int(path.stem.split("_")[-1]))


tools = {}  # by form, one for all models of this process
default_form = ""


def evaluate(model, inputs, outputs, scratch, form=None):
    """What the evaluator makes of `inputs` (files): a list of `outputs` arrays.

    The graph is first brought to `form`, an argument of evaluate-models; "" leaves it as it is.
    """
    form = default_form if form is None else form
    tool = tools.get(form)
    if tool is None or tool.poll() is not None:
        tool = tools[form] = subprocess.Popen(["evaluate-models", *form.split()], stdin=subprocess.PIPE,
                                              stdout=subprocess.PIPE, text=True)
    out = scratch / "out.npy"
    tool.stdin.write(f"{model}\t{','.join(map(str, inputs))}\t{out}\n")
    tool.stdin.flush()
    status, *errors = tool.stdout.readline().rstrip("\n").split("\t")
    if status == "1" and errors:
        raise Refused(errors)
    if status != "0":
        raise Wrong(f"ends with exit status {tool.wait()}")
    return [np.load(out if i == 0 else f"{out}.{i}") for i in range(outputs)]


def difference(found, expected):
    """The largest difference, relative to the larger of the element and the tensor's mean magnitude.

    So a sum that cancels to almost zero is measured by the numbers that made it.
    """
    if found.shape != expected.shape:
        raise Wrong(f"shape {list(found.shape)}, expected {list(expected.shape)}")
    if found.size == 0:
        return 0.0
    found, expected = found.astype(np.float64), expected.astype(np.float64)
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        scale = np.maximum(np.abs(expected), np.mean(np.abs(expected[np.isfinite(expected)])) + 1e-30)
        errors = np.where(same, 0.0, np.abs(found - expected) / scale)
    return float(np.max(np.where(np.isnan(errors), np.inf, errors)))


def check_set(model, data, scratch):
    """The largest difference of one data set; raises Refused or Wrong."""
    expected = [read_tensor(path) for path in numbered(data, "output")]
    found = evaluate(model, numbered(data, "input"), len(expected), scratch)
    return max(difference(f, e) for f, e in zip(found, expected))


def with_constants(model, data, first, scratch):
    """The model with its inputs from number `first` on as initializers that hold the data set's numbers, and the files of
    the inputs left."""
    proto = onnx.load(str(model))
    known = {tensor.name for tensor in proto.graph.initializer}
    inputs = [value for value in proto.graph.input if value.name not in known]
    files = numbered(data, "input")
    for value, path in list(zip(inputs, files))[first:]:
        tensor = onnx.TensorProto()
        tensor.ParseFromString(path.read_bytes())
        tensor.name = value.name
        # Types that NumPy lacks are stored under another.
        tensor.data_type = value.type.tensor_type.elem_type or tensor.data_type
        proto.graph.initializer.append(tensor)
        proto.graph.input.remove(value)
    changed = scratch / "model.onnx"
    changed.write_bytes(proto.SerializeToString())
    return changed, files[:first]
