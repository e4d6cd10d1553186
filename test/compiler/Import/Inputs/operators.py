"""Writes lenet.onnx, passing.onnx, shapes.onnx, padding.onnx, gemm.onnx and residual.onnx and folded.onnx into the
folder given."""
import sys
from pathlib import Path

import numpy as np
from onnxtext import constants, lenet, model, node, save, weights

folder = Path(sys.argv[1])
folder.mkdir(exist_ok=True)
save(lenet(), folder / "lenet.onnx")

# What hands a value or a constant on; Constant nodes in each form.
save(model([
    node("Constant", [], "w", "weights", value=constants(w=weights(4, 8))[0]),
    node("Constant", [], "b", "bias", value_floats=[0.5, 1.0, 1.5, 2.0]),
    node("Constant", [], "ratio", "", value_float=0.5),
    node("Identity", "w", "w2", "alias"),
    node("Identity", "x", "i", "same"),
    node("Dropout", "i ratio", "d", "drop"),
    node("Gemm", "d w2 b", "y", "fc", transB=1),
], shape=("batch", 8)), folder / "passing.onnx")

# Reshapes; the shapes are initializers and Constant nodes. The batch is fixed to 3 by the file.
save(model([
    node("Reshape", "x open", "a", "open_batch"),
    node("Reshape", "a copied", "b", "copied_batch"),
    node("Constant", [], "explicit", "", value_ints=[3, 16, 1, 4]),
    node("Reshape", "b explicit", "c", "fixed_batch"),
    node("Reshape", "c zeros", "d", "copied_dimension"),
    node("Reshape", "w rows", "w2", "constant"),
    node("MatMul", "d w2", "y", "fc"),
], constants(open=np.array([-1, 64]), copied=np.array([0, 8, -1]), zeros=np.array([0, -1]), rows=np.array([64, -1]),
             w=weights(4, 16, 5)), shape=(3, 1, 8, 8)), folder / "shapes.onnx")

# Padding that the file leaves to the reader.
save(model([
    node("Conv", "x w", "a", "upper", auto_pad="SAME_UPPER", strides=[2, 2]),
    node("Conv", "a v", "b", "lower", auto_pad="SAME_LOWER"),
    node("MaxPool", "b", "c", "valid", kernel_shape=[2, 3], auto_pad="VALID"),
    node("MaxPool", "c", "d", "explicit", kernel_shape=[3, 3], strides=[2, 1], pads=[1, 0, 2, 1]),
    node("Flatten", "d", "y", "flatten", axis=-3),
], constants(w=weights(2, 1, 3, 3), v=weights(2, 2, 4, 2)), shape=("batch", 1, 9, 8)), folder / "padding.onnx")

# Both layouts, factors, and a constant on the left of Add.
save(model([
    node("Gemm", "x w", "a", "no_bias"),
    node("Gemm", "a v c", "b", "factors", transB=1, alpha=0.5, beta=2.0),
    node("Add", "k b", "y", "left"),
], constants(w=weights(8, 4), v=weights(3, 4), c=np.array([[1, 2, 4]], np.float32), k=np.array([1, 2, 3], np.float32)),
    shape=("batch", 8)), folder / "gemm.onnx")

# A sum of two activations between two kinds of mean.
save(model([
    node("AveragePool", "x", "a", "means", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER", count_include_pad=1),
    node("Conv", "a w", "b", "branch"),
    node("Add", "b a", "c", "sum"),
    node("GlobalAveragePool", "c", "d", "mean"),
    node("Flatten", "d", "y", "flatten"),
], constants(w=weights(2, 2, 1, 1)), shape=("batch", 2, 8, 6)), folder / "residual.onnx")

# Shapes that the graph computes and weights made of weights are constants; one initializer with two factors is two.
save(model([
    node("Shape", "x", "s", "shape"),
    node("Gather", "s zero", "n", "batch_size"),
    node("Unsqueeze", "n zeros", "u", "list"),
    node("Concat", "u rest", "r", "target", axis=0),
    node("Reshape", "x r", "f", "flatten"),
    node("Transpose", "w", "t", "turn", perm=[1, 0]),
    node("MatMul", "f t", "m", "fc"),
    node("Gemm", "m v", "a", "whole"),
    node("Gemm", "a v", "b", "half", alpha=0.5),
    node("LeakyRelu", "b", "y", "leaky", alpha=0.25),
], constants(zero=np.array(0), zeros=np.array([0]), rest=np.array([-1]), w=weights(4, 64), v=weights(4, 4))),
    folder / "folded.onnx")
