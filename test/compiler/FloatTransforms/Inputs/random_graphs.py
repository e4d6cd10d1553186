"""Random float networks: chains and branches of what exporters write, in NCHW and NHWC, with constants in all positions."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

NHWC_TO_NCHW, NCHW_TO_NHWC = [0, 3, 1, 2], [0, 2, 3, 1]


class Graph:
    """Grows node by node. A value is its name and the shape of one sample, the batch in front of it left out."""

    def __init__(self, rng):
        self.rng, self.nodes, self.constants, self.count = rng, [], [], 0

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def numbers(self, shape, least=-1.0, most=1.0):
        return self.constant(self.rng.uniform(least, most, shape).astype(np.float32))

    def node(self, op, inputs, **attributes):
        name = f"v{self.count}"
        self.count += 1
        self.nodes.append(helper.make_node(op, inputs, [name], name=f"n{self.count}", **attributes))
        return name

    def pick(self, *choices):
        return choices[self.rng.integers(len(choices))]


def window(g, shape, kernel):
    """Strides and pads of windows of `kernel`, and the size of the result."""
    strides = [int(g.pick(1, 1, 2)) for _ in kernel]
    pads = [int(g.rng.integers(0, k)) for k in kernel] + [int(g.rng.integers(0, k)) for k in kernel]
    pads = g.pick(pads, [0] * len(pads))
    n = len(kernel)
    size = [(shape[i + 1] + pads[i] + pads[i + n] - kernel[i]) // strides[i] + 1 for i in range(n)]
    return {"kernel_shape": kernel, "strides": strides, "pads": pads}, size


def conv(g, value, shape):
    kernel = [int(g.rng.integers(1, min(3, d) + 1)) for d in shape[1:]]
    attributes, size = window(g, shape, kernel)
    group = int(g.pick(1, 1, *[d for d in range(1, shape[0] + 1) if shape[0] % d == 0]))
    neurons = group * int(g.rng.integers(1, 4))
    weights = g.numbers([neurons, shape[0] // group, *kernel])
    inputs = [value, weights] + ([g.numbers([neurons])] if g.rng.random() < 0.5 else [])
    return g.node("Conv", inputs, group=group, **attributes), [neurons, *size]


def pool(g, value, shape):
    attributes, size = window(g, shape, [int(g.rng.integers(1, min(3, d) + 1)) for d in shape[1:]])
    op = g.pick("MaxPool", "AveragePool")
    if op == "AveragePool":
        attributes["count_include_pad"] = int(g.rng.integers(2))
    return g.node(op, [value], **attributes), [shape[0], *size]


def global_pool(g, value, shape):
    return g.node(g.pick("GlobalAveragePool", "GlobalMaxPool"), [value]), [shape[0]] + [1] * (len(shape) - 1)


def normalization(g, value, shape):
    c = [shape[0]]
    scale = g.numbers(c, 0.25, 2.0) if g.rng.random() < 0.5 else g.numbers(c, -1.0, 1.0)
    return g.node("BatchNormalization", [value, scale, g.numbers(c), g.numbers(c), g.numbers(c, 0.25, 2.0)]), shape


def affine(g, value, shape):
    full = [1] + shape
    kept = [g.rng.random() < 0.3 for _ in full]
    if g.rng.random() < 0.6:
        kept = [i == 1 for i in range(len(full))]
    dims = [d if k else 1 for d, k in zip(full, kept)]
    dims = g.pick([], dims, dims)
    op = g.pick("Add", "Mul", "Sub", "Div")
    constant = g.numbers(dims, *g.pick((0.5, 2.0), (-2.0, -0.5)))
    return g.node(op, g.pick([value, constant], [value, constant], [constant, value]) if op != "Div"
                  else [value, constant]), shape


def function(g, value, shape):
    op = g.pick("Relu", "Relu", "LeakyRelu", "Tanh", "Sigmoid", "Neg", "Abs", "Identity", "Clip", "HardSwish", "Max", "Min",
                "PRelu", "Pow", "Dropout")
    if op == "Clip":
        return g.node(op, [value, g.constant(np.float32(g.pick(0, -0.5, 0.25))), g.constant(np.float32(1))]), shape
    if op in ("Max", "Min", "Pow"):
        return g.node(op, [value, g.constant(np.float32(2 if op == "Pow" else g.pick(0, 0.5)))]), shape
    if op == "PRelu":
        return g.node(op, [value, g.numbers(g.pick([1], [shape[0]] + [1] * (len(shape) - 1)), 0.1, 0.5)]), shape
    return g.node(op, [value]), shape


def pad(g, value, shape):
    before, after = [0] * (len(shape) + 1), [0] * (len(shape) + 1)
    for d in range(2, len(shape) + 1):
        before[d], after[d] = (int(n) for n in g.rng.integers(0, 2, 2))
    before, after = g.pick((before, after), ([0] * len(before),) * 2)
    inputs = [value, g.constant(np.array(before + after, np.int64))]
    inputs += g.pick([], [g.constant(np.float32(0.5))])
    return g.node("Pad", inputs), [d + b + a for d, b, a in zip(shape, before[1:], after[1:])]


def cut(g, value, shape):
    axis = int(g.rng.integers(len(shape)))
    start = int(g.rng.integers(shape[axis]))
    end = int(g.rng.integers(start, shape[axis])) + 1
    start, end = g.pick((start, end), (0, shape[axis]))
    lists = [g.constant(np.array([n], np.int64)) for n in (start, end, axis + 1)]
    return g.node("Slice", [value, *lists]), [*shape[:axis], end - start, *shape[axis + 1:]]


def gather(g, value, shape):
    axis = int(g.rng.integers(len(shape)))
    indices = g.rng.integers(0, shape[axis], int(g.rng.integers(1, 4)))
    return g.node("Gather", [value, g.constant(indices)], axis=axis + 1), [*shape[:axis], len(indices), *shape[axis + 1:]]


def lrn(g, value, shape):
    return g.node("LRN", [value], size=int(g.rng.integers(1, 5)), alpha=0.5, bias=1.5), shape


def mean(g, value, shape):
    axes = sorted(int(a) for a in g.rng.choice(np.arange(1, len(shape) + 1), int(g.rng.integers(1, len(shape))), replace=False))
    keep = int(g.rng.integers(2))
    result = [1 if i + 1 in axes else d for i, d in enumerate(shape) if keep or i + 1 not in axes]
    return g.node("ReduceMean", [value], axes=axes, keepdims=keep), result


def turn(g, value, shape):
    order = [0] + [int(d) + 1 for d in g.rng.permutation(len(shape))]
    if len(shape) == 3 and g.rng.random() < 0.7:
        order = g.pick(NHWC_TO_NCHW, NCHW_TO_NHWC)
    return g.node("Transpose", [value], perm=order), [shape[d - 1] for d in order[1:]]


def fold(g, value, shape):
    """Another shape: flat, or a dimension of 1 more or less, or two dimensions as one."""
    ones = [d for d in shape if d != 1] or [1]
    at = int(g.rng.integers(len(shape) + 1))
    shapes = [[int(np.prod(shape))], ones]
    if len(shape) < 4:
        shapes += [[*shape[:at], 1, *shape[at:]]] * 2
    if len(shape) > 1:
        shapes.append([shape[0] * shape[1], *shape[2:]])
    result = shapes[g.rng.integers(len(shapes))]
    return g.node("Reshape", [value, g.constant(np.array([-1, *result], np.int64))]), result


def product(g, value, shape):
    if len(shape) >= 2 and g.rng.random() < 0.3:
        rows = int(g.rng.integers(1, 5))
        return g.node("MatMul", [g.numbers([rows, shape[-2]]), value]), [*shape[:-2], rows, shape[-1]]
    columns = int(g.rng.integers(1, 6))
    return g.node("MatMul", [value, g.numbers([shape[-1], columns])]), [*shape[:-1], columns]


def gemm(g, value, shape):
    neurons, turned = int(g.rng.integers(1, 8)), int(g.rng.integers(2))
    weights = g.numbers([neurons, shape[0]] if turned else [shape[0], neurons])
    return g.node("Gemm", [value, weights] + ([g.numbers([neurons])] if g.rng.random() < 0.5 else []), transB=turned), [neurons]


def step(g, values):
    """Makes one more value of those there are, mostly of the newest."""
    value, shape = values[-1] if g.rng.random() < 0.75 else values[g.rng.integers(len(values))]
    same = [other for other, s in values if s == shape]
    if g.rng.random() < 0.2 and len(same) > 1:
        other = same[g.rng.integers(len(same))]
        return g.node(g.pick("Add", "Add", "Sub", "Mul", "Sum"), [value, other]), shape
    axis = int(g.rng.integers(len(shape)))
    fitting = [v for v in values if len(v[1]) == len(shape)
               and all(a == b for i, (a, b) in enumerate(zip(v[1], shape)) if i != axis)]
    if g.rng.random() < 0.1 and len(fitting) > 1 and shape[axis] < 16:
        other, its = fitting[g.rng.integers(len(fitting))]
        return g.node("Concat", [value, other], axis=axis + 1), [*shape[:axis], shape[axis] + its[axis], *shape[axis + 1:]]
    steps = [affine, affine, affine, function, function, cut, gather, turn, turn, fold, product, pad]
    if len(shape) >= 2:
        steps += [mean]
    if len(shape) in (2, 3):
        steps += [conv, conv, conv, pool, pool, normalization, normalization, pad, lrn, global_pool]
    if len(shape) == 1:
        steps += [gemm, gemm, gemm, normalization]
    return g.pick(*steps)(g, value, shape)


def random_model(rng):
    """A network of 3 to 20 nodes from `x` to `y`."""
    g = Graph(rng)
    shape = list(g.pick([3, 6, 7], [6, 7, 3], [4, 9], [12], [1, 8, 8], [8, 8, 1]))
    values = [("x", shape)]
    for _ in range(int(rng.integers(3, 21))):
        made = step(g, values)
        if 0 < np.prod(made[1]) < 5000:
            values.append((made[0], [int(d) for d in made[1]]))
        else:
            g.nodes.pop()
    last, result = values[-1] if len(values) > 1 else (g.node("Relu", ["x"]), shape)
    g.nodes.append(helper.make_node("Identity", [last], ["y"], name="out"))
    graph = helper.make_graph(g.nodes, "random", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", *result])], g.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
