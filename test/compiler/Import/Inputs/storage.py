"""Writes the same model into the folder given, its numbers stored in each way that ONNX has: all must import alike."""
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnxtext import lenet, save

folder = Path(sys.argv[1])
(folder / "below").mkdir(parents=True, exist_ok=True)
float_types = {"float": (TensorProto.FLOAT, np.float32), "double": (TensorProto.DOUBLE, np.float64),
               "float16": (TensorProto.FLOAT16, np.float16)}


def restore(proto, element, raw):
    """Stores each initializer of `proto` as `element`, in bytes or in the typed field."""
    kind, dtype = float_types[element]
    for i, tensor in enumerate(proto.graph.initializer):
        array = onnx.numpy_helper.to_array(tensor).astype(dtype)
        values = array.tobytes() if raw else array.flatten()
        proto.graph.initializer[i].CopyFrom(helper.make_tensor(tensor.name, kind, array.shape, values, raw=raw))
    for value in list(proto.graph.input) + list(proto.graph.output):
        value.type.tensor_type.elem_type = kind
    return proto


for element in float_types:
    for raw in (False, True):
        name = f"{element}-{'raw' if raw else 'typed'}"
        (folder / name).mkdir(exist_ok=True)
        save(restore(lenet(), element, raw), folder / name / "model.onnx")

# Outside the file: one data file beside it, with a gap, and one in a folder below.
proto, data = lenet(), b"gap!"
for tensor in proto.graph.initializer:
    raw = onnx.numpy_helper.to_array(tensor).tobytes()
    location, offset = ("below/first.bin", 0) if tensor.name == "conv.weight" else ("rest.bin", len(data))
    entries = {"location": location, "offset": str(offset), "length": str(len(raw))}
    if location == "rest.bin":
        data += raw
    else:
        (folder / "external" / "below").mkdir(parents=True, exist_ok=True)
        (folder / "external" / location).write_bytes(raw)
        del entries["offset"], entries["length"]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=value)
(folder / "external" / "rest.bin").write_bytes(data)
save(proto, folder / "external" / "model.onnx")

# Initializers listed among the inputs, as files of IR version 3 do.
(folder / "inputs").mkdir(exist_ok=True)
proto = lenet()
for tensor in proto.graph.initializer:
    proto.graph.input.insert(0, helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
save(proto, folder / "inputs" / "model.onnx")

for opset in range(7, 18):
    (folder / f"opset{opset}").mkdir(exist_ok=True)
    save(lenet(opset), folder / f"opset{opset}" / "model.onnx")
