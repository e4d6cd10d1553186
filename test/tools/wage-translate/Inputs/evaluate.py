"""Writes a model with two outputs and inputs for it into the folder given."""
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

folder = Path(sys.argv[1])
folder.mkdir()
nodes = [helper.make_node("Relu", ["x"], ["r"]), helper.make_node("Split", ["r", "sizes"], ["a", "b"], axis=1)]
value = helper.make_tensor_value_info
graph = helper.make_graph(nodes, "g", [value("x", TensorProto.FLOAT, ["n", 3])],
                          [value("a", TensorProto.FLOAT, None), value("b", TensorProto.FLOAT, None)],
                          [numpy_helper.from_array(np.array([2, 1]), "sizes")])
proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
(folder / "split.onnx").write_bytes(proto.SerializeToString())
x = np.array([[1, -2, 3], [-4, 5, 7]], np.float32)
np.save(folder / "x.npy", x)
(folder / "x.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
np.save(folder / "wide.npy", np.zeros((2, 4), np.float32))
np.save(folder / "large.npy", np.full((2, 3), (1 << 24) + 1))
np.save(folder / "complex.npy", np.zeros((2, 3), np.complex64))
