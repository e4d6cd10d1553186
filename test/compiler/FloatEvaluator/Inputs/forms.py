"""Forms of the operators that ONNX's own tests leave out, against NumPy: old and new opsets, an open batch, shapes that the
graph computes, many samples. Each case is a model and what it must give.

    forms.py FOLDER
"""
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from evaluate_vectors import difference

rng = np.random.default_rng(7)


def normal(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(",") if inputs else [], outputs.split(","), **attributes)


def constants(**arrays):
    return [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()]


def model(nodes, x, opset=13, fixed=False, ir=8, domains=(), **arrays):
    """From input `x` like the array, its batch open unless `fixed`, to `y`."""
    element = onnx.helper.mapping.NP_TYPE_TO_TENSOR_TYPE[x.dtype] if hasattr(onnx.helper, "mapping") else TensorProto.FLOAT
    shape = list(x.shape) if fixed else ["n", *x.shape[1:]]
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", element, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], constants(**arrays))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in domains)],
                             ir_version=ir)


def listed(proto):
    """The initializers among the inputs too, as files of IR version 3 have them."""
    for tensor in proto.graph.initializer:
        proto.graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    return proto


def windows(x, kernel, strides, pads, dilations, fill):
    """[n, c, oh, ow, kh, kw]: what each window sees; pads are [top, left, bottom, right]."""
    padded = np.pad(x, [(0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])], constant_values=fill)
    span = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    view = np.lib.stride_tricks.sliding_window_view(padded, span, axis=(2, 3))
    return view[:, :, ::strides[0], ::strides[1], ::dilations[0], ::dilations[1]]


def conv(x, w, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), group=1):
    parts = []
    for g, weights in enumerate(np.split(w, group)):
        channels = x[:, g * w.shape[1]:(g + 1) * w.shape[1]]
        seen = windows(channels.astype(np.float64), w.shape[2:], strides, pads, dilations, 0)
        parts.append(np.einsum("nchwij,ocij->nohw", seen, weights))
    return np.concatenate(parts, axis=1)


def softmax(x, axis):
    e = np.exp(x.astype(np.float64) - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


x = normal(3, 4, 6, 7)
many = normal(50, 4, 6, 7)
w = normal(6, 2, 3, 2)
rows = normal(5, 8)
ones = np.ones_like(x)
i64 = lambda *numbers: np.array(numbers, np.int64)

mean_seen = windows(x, (3, 3), (2, 2), (1, 1, 2, 1), (1, 1), 0).sum(axis=(4, 5))
# ceil_mode adds a row of windows at the bottom; what hangs over the padding of 1 is not counted.
counted = windows(np.pad(ones, [(0, 0), (0, 0), (1, 1), (1, 1)], constant_values=1), (3, 3), (2, 2), (0, 0, 1, 0), (1, 1),
                  0).sum(axis=(4, 5))

CASES = {
    "conv-groups": (model([node("Conv", "x,w", "y", group=2, dilations=[1, 2], strides=[2, 1], pads=[1, 0, 2, 1])], many,
                          w=w), many, conv(many, w, (2, 1), (1, 0, 2, 1), (1, 2), 2)),
    "conv-same-lower": (model([node("Conv", "x,w", "y", group=2, auto_pad="SAME_LOWER", strides=[2, 2])], x, w=w), x,
                        conv(x, w, (2, 2), (1, 1, 0, 0), (1, 1), 2)),
    "conv-empty-batch": (model([node("Conv", "x,w", "y", group=2)], x, w=w), x[:0], conv(x, w, group=2)[:0]),
    "average-ceil": (model([node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
                                 ceil_mode=1, count_include_pad=1)], x), x, mean_seen / counted),
    "average-dilated": (model([node("AveragePool", "x", "y", kernel_shape=[2, 2], dilations=[2, 3])], x, opset=19), x,
                        windows(x, (2, 2), (1, 1), (0,) * 4, (2, 3), 0).mean(axis=(4, 5))),
    "max-ceil": (model([node("MaxPool", "x", "y", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)], x), x,
                 windows(x, (2, 2), (2, 2), (0, 0, 0, 1), (1, 1), -np.inf).max(axis=(4, 5))),
    "gemm-all": (model([node("Gemm", "x,w,c", "y", transA=1, transB=1, alpha=0.5, beta=2.0)], rows, fixed=True,
                       w=normal(3, 5), c=np.float32(0.25)), rows, None),
    "gemm-computed": (model([node("Gemm", "x,x,b", "y", transA=1, beta=0.5)], rows, fixed=True, b=np.ones((8, 1), np.float32)),
                      rows, rows.T @ rows + 0.5),
    "mat-mul-stack": (model([node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("MatMul", "x,t", "y")], x), x,
                      x @ x.transpose(0, 1, 3, 2)),
    "mat-mul-vector": (model([node("MatMul", "x,v", "y")], x, v=np.arange(7, dtype=np.float32)), x,
                       x @ np.arange(7, dtype=np.float32)),
    "add-old": (model([node("Add", "x,b", "y", broadcast=1, axis=1)], x, opset=6, b=np.arange(4, dtype=np.float32)), x,
                x + np.arange(4).reshape(4, 1, 1)),
    "p-relu-old": (model([node("PRelu", "x,s", "y")], x, opset=6, s=np.arange(4, dtype=np.float32)), x,
                   np.where(x < 0, x * np.arange(4).reshape(4, 1, 1), x)),
    "residual": (model([node("Relu", "x", "a"), node("Sub", "x,a", "b"), node("Mul", "b,a", "c"), node("Sum", "x,c,x", "y")],
                       many), many, 2 * many),
    "div-channels": (model([node("Div", "x,s", "y")], x, s=np.full((1, 4, 1, 1), 8, np.float32)), x, x / 8),
    "softmax-old": (model([node("Softmax", "x", "y", axis=2)], x, opset=11), x,
                    softmax(x.reshape(3, 4, 42), 2).reshape(x.shape)),
    "bytes": (model([node("Cast", "x", "f", to=1), node("Sub", "f,m", "s"), node("Div", "s,d", "y")],
                    np.arange(24, dtype=np.uint8).reshape(2, 12), m=np.float32(10), d=np.float32(4)),
              np.arange(24, dtype=np.uint8).reshape(2, 12), (np.arange(24).reshape(2, 12) - 10) / 4),
    "nhwc": (model([node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t,w", "c"),
                    node("Transpose", "c", "y", perm=[0, 2, 3, 1])], x, w=normal(2, 7, 1, 1)), x, None),
    # Shapes that the graph computes.
    "flatten-idiom": (model([node("Shape", "x", "s"), node("Gather", "s,zero", "n"), node("Unsqueeze", "n", "u", axes=[0]),
                             node("Concat", "u,rest", "r", axis=0), node("Reshape", "x,r", "y")], many, opset=11,
                            zero=i64(0).reshape(()), rest=i64(-1)), many, many.reshape(50, -1)),
    "view-idiom": (model([node("Shape", "x", "s"), node("Slice", "s,a,b", "front"), node("Concat", "front,rest", "r", axis=0),
                          node("Reshape", "x,r", "y")], many, a=i64(0), b=i64(2), rest=i64(-1)), many,
                   many.reshape(50, 4, 42)),
    "shuffle-idiom": (model([node("Shape", "x", "s"), node("Gather", "s,one", "c"), node("Div", "c,two", "half"),
                             node("Unsqueeze", "half", "h", axes=[0]), node("Concat", "n,pair,h,hw", "r", axis=0),
                             node("Reshape", "x,r", "g"), node("Transpose", "g", "t", perm=[0, 2, 1, 3, 4]),
                             node("Reshape", "t,whole", "y")], many, opset=11, one=i64(1).reshape(()), n=i64(-1),
                            two=i64(2).reshape(()), pair=i64(2), hw=i64(6, 7), whole=i64(0, 4, 6, 7)), many,
                      many.reshape(50, 2, 2, 6, 7).transpose(0, 2, 1, 3, 4).reshape(many.shape)),
    "pad-idiom": (model([node("ConstantOfShape", "four", "zeros", value=numpy_helper.from_array(i64(0))),
                         node("Concat", "sides,zeros", "all", axis=0), node("Reshape", "all,pairs", "p"),
                         node("Slice", "p,last,least,zero,last", "q"), node("Transpose", "q", "t", perm=[1, 0]),
                         node("Reshape", "t,flat", "f"), node("Cast", "f", "pads", to=7), node("Pad", "x,pads", "y")], x,
                        four=i64(4), sides=i64(1, 2, 3, 0), pairs=i64(-1, 2), last=i64(-1), least=i64(-(1 << 63)),
                        zero=i64(0), flat=i64(-1)), x, np.pad(x, [(0, 0), (0, 0), (3, 0), (1, 2)])),
    "resize-idiom": (model([node("Shape", "x", "s"), node("Slice", "s,a,b", "front"), node("Slice", "s,b,c", "hw"),
                            node("Cast", "hw", "f", to=1), node("Mul", "f,two", "m"), node("Floor", "m", "g"),
                            node("Cast", "g", "i", to=7), node("Concat", "front,i", "sizes", axis=0),
                            helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], coordinate_transformation_mode=
                                             "asymmetric", nearest_mode="floor")], many, a=i64(0), b=i64(2), c=i64(4),
                           two=np.float32(2)), many, many.repeat(2, axis=2).repeat(2, axis=3)),
    "weights-computed": (model([node("Transpose", "w", "t", perm=[1, 0]), node("Mul", "t,two", "v"), node("MatMul", "x,v", "y")],
                               rows, w=np.eye(8, dtype=np.float32), two=np.float32(2)), rows, 2 * rows),
    "half": (model([node("Cast", "w", "v", to=1), node("MatMul", "x,v", "y")], rows, w=np.eye(8, dtype=np.float16)), rows, rows),
    # Opsets 18 to 21 and IR version 10, which the installed ONNX library does not know.
    "split-uneven": (model([node("Split", "x", "a,b,c", axis=3, num_outputs=3), node("Concat", "c,a,b", "y", axis=3)], x,
                           opset=18), x, np.concatenate([x[..., 6:], x[..., :6]], axis=3)),
    "reduce-mean-18": (model([node("ReduceMean", "x,a", "y", keepdims=0)], x, opset=18, a=i64(-1, 2)), x, x.mean(axis=(2, 3))),
    "reduce-mean-none": (model([node("ReduceMean", "x", "y", noop_with_empty_axes=1)], x, opset=18), x, x),
    "pad-axes": (model([helper.make_node("Pad", ["x", "p", "", "a"], ["y"], mode="edge")], x, opset=18, p=i64(1, 2),
                       a=i64(-1)), x, np.pad(x, [(0, 0), (0, 0), (0, 0), (1, 2)], mode="edge")),
    "pad-wrap": (model([node("Pad", "x,p", "y", mode="wrap")], x, opset=19, p=i64(0, 0, 0, 9, 0, 0, 0, 8)), x,
                 np.pad(x, [(0, 0), (0, 0), (0, 0), (9, 8)], mode="wrap")),
    "pad-negative": (model([node("Pad", "x,p", "y")], x, p=i64(0, 0, -1, 2, 0, 0, 1, -3)), x,
                     np.pad(x[:, :, 1:, :-3], [(0, 0), (0, 0), (0, 1), (2, 0)])),
    "resize-axes": (model([helper.make_node("Resize", ["x", "", "", "z"], ["y"], axes=[3])], x, opset=18, z=i64(14)), x,
                    x.repeat(2, axis=3)),
    "unary-newest": (model([node("Gelu", "x", "a"), node("Gelu", "a", "b", approximate="tanh"), node("Mish", "b", "c"),
                            node("HardSwish", "c", "d"), node("Celu", "d", "e", alpha=0.5),
                            node("ThresholdedRelu", "e", "y", alpha=0.25)],
                           x, opset=20), x, None),
    "cast-most": (model([node("Cast", "x", "y", to=TensorProto.INT32)], np.zeros((1, 3), np.float32)),
                  np.array([[3e9, -3e9, 2.5]], np.float32), np.array([[(1 << 31) - (1 << 7), -(1 << 31), 2]])),
    "cast-saturate": (model([node("Cast", "x", "i", to=TensorProto.INT8, saturate=1), node("Cast", "i", "y", to=1)], x * 100,
                            opset=19),
                      x * 100, np.trunc(np.clip(x * 100, -128, 127))),
    "reshape-allow-zero": (model([node("Reshape", "x,s", "y", allowzero=1)], x, opset=19, s=i64(-1, 168)), x, x.reshape(3, 168)),
    "batch-norm-15": (model([node("BatchNormalization", "x,s,b,m,v", "y", epsilon=0.5, momentum=0.25)], x, opset=15,
                            s=np.arange(4, dtype=np.float32), b=np.ones(4, np.float32), m=np.full(4, 0.5, np.float32),
                            v=np.full(4, 3.5, np.float32)), x, (x - 0.5) / 2 * np.arange(4).reshape(4, 1, 1) + 1),
    "batch-norm-outputs": (model([node("BatchNormalization", "x,s,s,s,s", "y,m,v,p,q")], x, opset=9, s=np.ones(4, np.float32)), x,
                           (x - 1) / np.sqrt(1 + np.float32(1e-5)) + 1),
    "max-pool-newest": (model([node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 1], storage_order=0)], x,
                              opset=21, ir=10),
                        x, windows(x, (2, 2), (1, 1), (0,) * 4, (2, 1), -np.inf).max(axis=(4, 5))),
    "constant-forms": (model([node("Constant", "", "a", value_float=0.5), node("Constant", "", "b", value_floats=[1.0] * 7),
                              node("Constant", "", "c", value_int=1), node("Constant", "", "d", value_ints=[0, 4, -1]),
                              node("Mul", "x,a", "e"), node("Add", "e,b", "f"), node("Gather", "f,c", "g", axis=3),
                              node("Reshape", "g,d", "y")], x, opset=19), x, (x / 2 + 1)[..., 1]),
    "square": (model([node("Pow", "x,two", "y")], x, two=i64(2).reshape(())), x, x * x),
    "integer-functions": (model([node("Relu", "x", "r"), node("Clip", "r,lo,hi", "c"), node("Add", "c,one", "s"),
                                 node("Max", "s,lo", "m"), node("Mul", "m,one", "p"), node("Div", "p,two", "d"),
                                 node("Sub", "d,one", "e"), node("Cast", "e", "y", to=1)],
                                np.arange(-12, 12, dtype=np.int8).reshape(2, 12), opset=14, lo=np.int8(2), hi=np.int8(7),
                                one=np.int8(1), two=np.int8(2)), np.arange(-12, 12, dtype=np.int8).reshape(2, 12),
                          (np.clip(np.arange(-12, 12), 2, 7) + 1).reshape(2, 12) // 2 - 1),
    "double": (model([node("Cast", "x", "d", to=TensorProto.DOUBLE), node("Mul", "d,two", "p"), node("Cast", "p", "y", to=1)], x,
                     two=np.float64(2)), x, 2 * x),
    "dropout": (model([helper.make_node("Dropout", ["x", "", "off"], ["y", "mask"], seed=3)], x, off=np.array(False)), x, x),
    "dropout-ratio": (model([node("Dropout", "x,r", "y,mask")], x, r=np.float32(0.25)), x, x),
    "clip-old": (model([node("Clip", "x", "y", min=-0.5)], x, opset=10), x, np.maximum(x, -0.5)),
    "clip-missing": (model([helper.make_node("Clip", ["x", "", ""], ["y"])], x), x, x),
    "listed-initializers": (listed(model([node("Mul", "x,s", "y")], x, ir=3, s=np.float32(3), unused=np.float32(1))), x, 3 * x),
    # Nearest neighbours. Resize of opset 10 and both Upsamples are the asymmetric floor.
    **{name: (model([helper.make_node(op, inputs, ["y"], **attributes)], x, opset=opset, fixed=True,
                    s=np.array([1, 1, 2, 3], np.float32),
                    e=np.zeros(0, np.float32), z=i64(3, 4, 12, 21)), x, x.repeat(2, axis=2).repeat(3, axis=3))
       for name, op, opset, inputs, attributes in [
           ("upsample-7", "Upsample", 7, ["x"], dict(scales=[1.0, 1.0, 2.0, 3.0], mode="nearest")),
           ("upsample-9", "Upsample", 9, ["x", "s"], dict(mode="nearest")), ("resize-10", "Resize", 10, ["x", "s"], {}),
           ("resize-11", "Resize", 11, ["x", "e", "s"], {}), ("resize-11-sizes", "Resize", 11, ["x", "e", "e", "z"], {}),
           ("resize-13-half", "Resize", 13, ["x", "", "s"], dict(coordinate_transformation_mode="half_pixel")),
           ("resize-13-floor", "Resize", 13, ["x", "", "s"],
            dict(coordinate_transformation_mode="asymmetric", nearest_mode="floor")),
           ("resize-13-torch", "Resize", 13, ["x", "", "s"], dict(coordinate_transformation_mode="pytorch_half_pixel")),
           ("resize-19-symmetric", "Resize", 19, ["x", "", "s"], dict(coordinate_transformation_mode="half_pixel_symmetric"))]},
    "resize-align": (model([helper.make_node("Resize", ["x", "", "", "z"], ["y"], coordinate_transformation_mode="align_corners",
                                             nearest_mode="round_prefer_ceil")], x, fixed=True, z=i64(3, 4, 3, 13)), x,
                     x[:, :, [0, 3, 5]][..., np.floor(np.arange(13) / 2 + 0.5).astype(int)]),
    "newest": (model([node("Relu", "x", "a"), node("Flatten", "a", "f"), node("Identity", "f", "y")], x, opset=21, ir=10), x,
               np.maximum(x, 0).reshape(3, -1)),
    "optional-left-out": (model([helper.make_node("Clip", ["x", "", "six"], ["y"])], x, six=np.float32(0.5)), x,
                          np.minimum(x, 0.5)),
    "scalar": (model([node("ReduceMean", "x", "m", keepdims=0), node("Mul", "m,m", "y")], rows, fixed=True), rows,
               np.mean(rows.astype(np.float64)) ** 2),
    "empty": (model([node("Slice", "x,a,a,one", "e"), node("Relu", "e", "r"), node("Concat", "r,x,e", "y", axis=1)], rows,
                    a=i64(3), one=i64(1)), rows, rows),
    "log-softmax": (model([node("LogSoftmax", "x", "y")], rows * 100), rows * 100,
                    (rows * 100) - (rows * 100).max(1, keepdims=True)
                    - np.log(np.exp((rows * 100).astype(np.float64) - (rows * 100).max(1, keepdims=True)).sum(1, keepdims=True))),
}
erf, u = np.vectorize(math.erf), x.astype(np.float64)
u = u * (1 + erf(u / np.sqrt(2))) / 2
u = u * (1 + np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u ** 3))) / 2
u = u * np.tanh(np.log1p(np.exp(u)))
u = u * np.clip(u / 6 + 0.5, 0, 1)
u = np.where(u < 0, 0.5 * np.expm1(u / 0.5), u)
CASES["unary-newest"] = (*CASES["unary-newest"][:2], np.where(u > 0.25, u, 0))
gemm = {t.name: numpy_helper.to_array(t) for t in CASES["gemm-all"][0].graph.initializer}
CASES["gemm-all"] = (*CASES["gemm-all"][:2], 0.5 * rows.T @ gemm["w"].T + 2 * gemm["c"])
nhwc = numpy_helper.to_array(CASES["nhwc"][0].graph.initializer[0])
CASES["nhwc"] = (*CASES["nhwc"][:2], np.einsum("nhwc,oc->nhwo", x, nhwc[:, :, 0, 0]))


def main(cases):
    folder, problems = Path(sys.argv[1]), []
    folder.mkdir(exist_ok=True)
    for name, (proto, data, expected, *tolerance) in cases.items():
        path, inputs, out = folder / f"{name}.onnx", folder / f"{name}.in.npy", folder / f"{name}.out.npy"
        path.write_bytes(proto.SerializeToString())
        np.save(inputs, data)
        out.unlink(missing_ok=True)
        done = subprocess.run(["wage-translate", "--evaluate", path, f"--input={inputs}", "-o", out], capture_output=True,
                              text=True)
        if done.returncode:
            problems.append(f"{name}: exit status {done.returncode}: {done.stderr[:400]}")
            continue
        found, expected = np.load(out), np.asarray(expected)
        if found.shape != expected.shape:
            problems.append(f"{name}: shape {found.shape}, expected {expected.shape}")
        elif (error := difference(found, expected)) > (tolerance[0] if tolerance else 1e-5):
            problems.append(f"{name}: differs by {error:.3g}")
    print("\n".join(problems + [f"{len(cases)} forms, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main(CASES)
