"""Small helpers with which the import tests write ONNX models: no model is kept as a file."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper


def weights(*shape):
    """Numbers that are exact in every float type, and all different as far as a float16 goes."""
    count = int(np.prod(shape))
    return ((np.arange(count) % 64 - 31) / 32).astype(np.float32).reshape(shape)


def constants(**arrays):
    """Initializers by name; a dot in a name is written as two underscores."""
    return [numpy_helper.from_array(np.asarray(a), name.replace("__", ".")) for name, a in arrays.items()]


def node(op, inputs, output, name=None, **attributes):
    outputs = output.split() if isinstance(output, str) else output
    return helper.make_node(op, inputs.split() if isinstance(inputs, str) else inputs, outputs,
                            name=op.lower() if name is None else name, **attributes)


def model(nodes, initializers=(), shape=("batch", 1, 8, 8), output="y", opset=13, element=TensorProto.FLOAT):
    """A model from input `x` of `shape` to `output`, whose own shape is left to the importer."""
    graph = helper.make_graph(
        nodes, "graph", [helper.make_tensor_value_info("x", element, shape)],
        [helper.make_tensor_value_info(output, element, None)], list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def lenet(opset=13):
    """One of each operator that carries weights, behind one another."""
    nodes = [
        node("Conv", "x conv.weight conv.bias", "c", "conv1", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", "c", "r", "relu1"),
        node("MaxPool", "r", "p", "pool1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", "p", "f", ""),
        node("Gemm", "f fc1.weight fc1.bias", "g", "fc1", transB=1),
        node("Relu", "g", "h", "relu2"),
        node("MatMul", "h fc2.weight", "m", "fc2"),
        node("Add", "m fc2.bias", "y", "bias2"),
    ]
    return model(nodes, constants(conv__weight=weights(4, 1, 3, 3), conv__bias=weights(4), fc1__weight=weights(8, 64),
                                  fc1__bias=weights(8), fc2__weight=weights(8, 5), fc2__bias=weights(1, 5)), opset=opset)


def changed(change, proto=None):
    """The model, LeNet if none is given, after `change` has been applied to it."""
    proto = proto or lenet()
    change(proto)
    return proto


def tensor_changed(change, name="conv.weight"):
    """LeNet after `change` has been applied to the named initializer."""
    return changed(lambda p: change(next(t for t in p.graph.initializer if t.name == name)))


def save(proto, path):
    with open(path, "wb") as file:
        file.write(proto.SerializeToString())
