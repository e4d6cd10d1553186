#!/usr/bin/env python3
"""A network whose nodes all have one name, and one has the name of the number that another would get: equal_names.py FILE."""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(1)
weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in
           (("u", (8, 16)), ("v", (8, 8)), ("w", (4, 8)))}
nodes = [helper.make_node("Flatten", ["x"], ["f"], name="a"),
         helper.make_node("Gemm", ["f", "u"], ["p"], transB=1, name="a.1"),
         helper.make_node("Relu", ["p"], ["q"], name="a"),
         helper.make_node("Gemm", ["q", "v"], ["r"], transB=1, name="a"),
         helper.make_node("Relu", ["r"], ["a"]),
         helper.make_node("Gemm", ["a", "w"], ["z"], transB=1, name="a")]
graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 4, 4])],
                          [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", 4])],
                          [numpy_helper.from_array(value, name) for name, value in weights.items()])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), sys.argv[1])
