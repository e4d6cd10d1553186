"""Writes an ONNX model of one layer, a Gemm from a row of numbers: make_gemm.py OUT.onnx INPUTS OUTPUTS [NAME]"""
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

path, inputs, outputs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
name = sys.argv[4] if len(sys.argv) > 4 else "fc"
weights = numpy.random.default_rng(3).uniform(-1, 1, (outputs, inputs)).astype(numpy.float32)
graph = helper.make_graph([helper.make_node("Gemm", ["images", "weight"], ["logits"], name=name, transB=1)], name,
                          [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", inputs])],
                          [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", outputs])],
                          [numpy_helper.from_array(weights, "weight")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), path)
