"""list_nodes.py MODEL.onnx: has ONNX's checker take the file, and prints its input, nodes and output, one a line."""
import sys

import onnx
from onnx import TensorProto, numpy_helper

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def describe(name):
    """A small constant as its value, any other as its type and shape, a tensor as its name."""
    if name not in constants:
        return name
    array = constants[name]
    return str(array.tolist()) if array.size <= 8 else f"{array.dtype}{list(array.shape)}"


def declare(value):
    tensor = value.type.tensor_type
    shape = [dim.dim_param or dim.dim_value for dim in tensor.shape.dim]
    return f"{value.name} {TensorProto.DataType.Name(tensor.elem_type)}{shape}"


print("IR", model.ir_version, "opset", [(opset.domain, opset.version) for opset in model.opset_import])
print("input", *map(declare, model.graph.input))
for node in model.graph.node:
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    print(f"{node.output[0]} = {node.op_type}({', '.join(map(describe, node.input))})",
          *(f"{name}={value}" for name, value in attributes.items()))
print("output", *map(declare, model.graph.output))
