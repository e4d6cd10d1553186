"""Sets all weights of one initializer to zero: zero.py IN.onnx NAME OUT.onnx"""
import sys
import numpy
import onnx
from onnx import numpy_helper
model = onnx.load(sys.argv[1])
for tensor in model.graph.initializer:
    if tensor.name == sys.argv[2]:
        tensor.CopyFrom(numpy_helper.from_array(numpy.zeros(tuple(tensor.dims), numpy.float32), tensor.name))
onnx.save(model, sys.argv[3])
