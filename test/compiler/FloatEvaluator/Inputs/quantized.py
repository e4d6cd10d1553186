"""Quantised networks in every form that is read, against integers in NumPy.

    quantized.py FOLDER

One small network, conv - Relu - pool - conv - fully connected, is quantised here and written as QuantizeLinear and
DequantizeLinear, as QLinear operators, as integer products and as QONNX. Beside it, single operators.
"""
import numpy as np
from onnx import TensorProto, helper

from forms import conv, i64, main, model, node, normal, rng, windows

MS, QONNX = "com.microsoft", "qonnx.custom_op.general"
f32 = np.float32
FINE = 1e-3  # on 65536 numbers, the rounding of sums in float32 shows


def quantize(x, scale, zero, low, high, rounding=np.rint):
    return np.clip(rounding(np.asarray(x, f32) / f32(scale)).astype(np.float64) + zero, low, high)


def real(q, scale, zero=0):
    return (np.asarray(q, np.float64) - zero) * np.float64(f32(scale))


def fake(x, scale, zero, low, high, rounding=np.rint):
    return real(quantize(x, scale, zero, low, high, rounding), scale, zero).astype(f32)


def max_pool(x):
    return windows(x, (2, 2), (2, 2), (0, 0, 0, 0), (1, 1), -np.inf).max(axis=(4, 5))


class Network:
    """Weights as integers of `bits` with a scale per neuron; grids of the activations; what it computes."""

    def __init__(self, power_of_two, low, high, zero):
        grid = (lambda s: 2.0 ** np.round(np.log2(s))) if power_of_two else (lambda s: s)
        self.x = normal(20, 2, 8, 8)
        self.w = rng.integers(-127, 128, (4, 2, 3, 3)), rng.integers(-127, 128, (4, 4, 3, 3))
        self.fc = rng.integers(-127, 128, (16, 5))
        self.w_scale = tuple(grid(rng.uniform(0.001, 0.004, 4)).astype(f32) for _ in range(2))
        self.fc_scale = f32(grid(0.003))
        self.low, self.high, self.zero = low, high, zero
        # Input on both sides of 0, everything else from 0 up: Relu is in the range.
        levels = high - low
        self.grids = [(f32(grid(8 / levels)), low + (levels + 1) // 2)] + [(f32(grid(s / levels)), low) for s in (6, 4, 3)]
        self.bias = tuple(rng.integers(-500, 500, 4) for _ in range(2))

    def bias_scale(self, layer):
        return self.grids[layer][0] * self.w_scale[layer]

    def run(self):
        """Codes of the last layer."""
        code = lambda x, i: quantize(x, *self.grids[i], self.low, self.high)
        x = real(code(self.x, 0), *self.grids[0])
        for layer in (0, 1):
            w = self.w[layer] * self.w_scale[layer].astype(np.float64)[:, None, None, None]
            b = self.bias[layer] * self.bias_scale(layer).astype(np.float64)
            x = conv(x, w, (1, 1), (1 - layer,) * 4) + b[:, None, None]
            x = real(code(x, layer + 1), *self.grids[layer + 1])
            x = max_pool(x) if layer == 0 else x
        return code(x.reshape(len(x), 16) @ real(self.fc, self.fc_scale), 3)

    def expected(self):
        return real(self.run(), *self.grids[3])

    def constants(self, dtype):
        arrays = {f"s{i}": scale for i, (scale, _) in enumerate(self.grids)}
        arrays |= {f"z{i}": np.asarray(zero, dtype) for i, (_, zero) in enumerate(self.grids)}
        for layer in (0, 1):
            arrays |= {f"w{layer}": self.w[layer].astype(np.int8), f"ws{layer}": self.w_scale[layer],
                       f"wz{layer}": np.zeros(4, np.int8), f"b{layer}": self.bias[layer].astype(np.int32),
                       f"bs{layer}": self.bias_scale(layer)}
        return arrays | {"fc": self.fc.astype(np.int8), "fs": self.fc_scale, "fz": np.int8(0)}

    def qdq(self, dtype, opset, ir=8, domain="", **attributes):
        q = lambda x, i, y: helper.make_node("QuantizeLinear", [x, f"s{i}", f"z{i}"], [y], domain=domain, **attributes)
        d = lambda x, s, y, **a: helper.make_node("DequantizeLinear", [x, *s.split(",")], [y], domain=domain, **a)
        around = lambda x, i: [q(x, i, f"{x}q"), d(f"{x}q", f"s{i},z{i}", f"{x}d")]
        layer = lambda x, i: [d(f"w{i}", f"ws{i},wz{i}", f"w{i}d", axis=0), d(f"b{i}", f"bs{i}", f"b{i}d", axis=0),
                              node("Conv", f"{x},w{i}d,b{i}d", f"c{i}", pads=[1 - i] * 4)]
        nodes = [*around("x", 0), *layer("xd", 0), *around("c0", 1),
                 node("MaxPool", "c0d", "p", kernel_shape=[2, 2], strides=[2, 2]),
                 *around("p", 1), *layer("pd", 1), *around("c1", 2), node("Flatten", "c1d", "f"), d("fc", "fs,fz", "fcd"),
                 node("MatMul", "f,fcd", "m"), q("m", 3, "mq"), d("mq", "s3,z3", "y")]
        return model(nodes, self.x, opset=opset, ir=ir, domains=[domain] if domain else [], **self.constants(dtype))

    def qlinear(self, dtype):
        nodes = [node("QuantizeLinear", "x,s0,z0", "q"),
                 node("QLinearConv", "q,s0,z0,w0,ws0,wz0,s1,z1,b0", "c0", pads=[1] * 4),
                 node("MaxPool", "c0", "p", kernel_shape=[2, 2], strides=[2, 2]),
                 node("QLinearConv", "p,s1,z1,w1,ws1,wz1,s2,z2,b1", "c1"),
                 node("Reshape", "c1,shape", "f"), node("QLinearMatMul", "f,s2,z2,fc,fs,fz,s3,z3", "m"),
                 node("DequantizeLinear", "m,s3,z3", "y")]
        return model(nodes, self.x, shape=i64(0, 16), **self.constants(dtype))


networks = {"uneven": Network(False, 0, 255, 0), "even": Network(True, -128, 127, 0), "wide": Network(False, 0, 65535, 0)}
x, signs = normal(6, 4, 5, 5), normal(6, 12)
images = rng.integers(0, 256, (3, 2, 6, 6)).astype(np.uint8)
weights = rng.integers(-127, 128, (4, 2, 3, 3))
matrix = rng.integers(-127, 128, (72, 3))
codes = lambda a, scale, zero: quantize(a, scale, zero, 0, 255)
bytes_of = dict(s=f32(0.03), z=np.uint8(100), t=f32(0.05), u=np.uint8(100))
per_neuron = np.array([0.5, 0.25, 0.125, 0.3], f32).reshape(4, 1, 1, 1)
a = real(codes(x, 0.03, 100), 0.03, 100)


def microsoft(nodes, data, **arrays):
    return model(nodes, data, domains=[MS], **(bytes_of | arrays))


def one(op, inputs, **attributes):
    """`op` of com.microsoft between quantised values: of the input, quantised by s and z, to y."""
    return [node("QuantizeLinear", "x,s,z", "q"), node(op, inputs, "r", domain=MS, **attributes),
            node("DequantizeLinear", "r,t,u", "y")]


def given(expected):
    return fake(expected, 0.05, 100, 0, 255)


def quant(inputs, output, **attributes):
    return helper.make_node("Quant", inputs.split(","), [output], domain=QONNX, **attributes)


def qonnx(nodes, data, domain=QONNX, **arrays):
    for n in nodes:
        n.domain = domain if n.domain == QONNX else n.domain
    return model(nodes, data, domains=[domain], **arrays)


w = normal(4, 4, 3, 3)
narrow = fake(w, per_neuron, 0, -7, 7)
steps = fake(np.maximum(x, 0), 0.25, 0, 0, 15)
qonnx_nodes = lambda: [quant("w,ws,zero,four", "wq", signed=1, narrow=1, rounding_mode="ROUND"), node("Relu", "x", "r"),
                       quant("r,as,zero,four", "rq", signed=0, narrow=0), node("Conv", "rq,wq", "y")]
qonnx_arrays = dict(w=w, ws=per_neuron, zero=f32(0), four=f32(4), **{"as": f32(0.25)})
channel = np.array([0.5, 0.25, 1, 2], f32).reshape(1, 4, 1, 1)

CASES = {
    "qdq-uint8": (networks["uneven"].qdq(np.uint8, 13), networks["uneven"].x, networks["uneven"].expected()),
    "qdq-int8": (networks["even"].qdq(np.int8, 10 + 3), networks["even"].x, networks["even"].expected()),
    "qdq-opset19": (networks["uneven"].qdq(np.uint8, 19, ir=9, saturate=1), networks["uneven"].x, networks["uneven"].expected()),
    "qdq-uint16": (networks["wide"].qdq(np.uint16, 21, ir=10, block_size=0, output_dtype=TensorProto.UINT16), networks["wide"].x,
                   networks["wide"].expected(), FINE),
    "qdq-microsoft": (networks["wide"].qdq(np.uint16, 13, domain=MS), networks["wide"].x, networks["wide"].expected(), FINE),
    "qlinear-uint8": (networks["uneven"].qlinear(np.uint8), networks["uneven"].x, networks["uneven"].expected()),
    "qlinear-int8": (networks["even"].qlinear(np.int8), networks["even"].x, networks["even"].expected()),
    "quantized-result": (model([node("QuantizeLinear", "x,s", "q"), node("Clip", "q,l", "y")], x, s=f32(0.03), l=np.uint8(5)), x,
                         np.maximum(codes(x, 0.03, 0), 5).astype(np.uint8)),
    "quantized-padding": (model([node("QuantizeLinear", "x,s,z", "q"), node("Pad", "q,p,z", "e"),
                                 node("DequantizeLinear", "e,s,z", "y")],
                                x, p=i64(0, 0, 1, 1, 0, 0, 0, 0), s=f32(0.03), z=np.uint8(100)), x,
                          np.pad(a, [(0, 0), (0, 0), (1, 0), (1, 0)])),
    "bytes": (model([node("DequantizeLinear", "x,s,z", "y")], images, s=f32(1 / 128), z=np.uint8(128)), images,
              (images - 128.0) / 128),
    "per-channel": (model([node("QuantizeLinear", "x,s,z", "q", axis=1), node("DequantizeLinear", "q,s,z", "y", axis=-3)], x,
                          s=channel.ravel() / 32, z=np.array([0, 1, -2, 3], np.int8)), x,
                    fake(x, channel / 32, np.array([0, 1, -2, 3]).reshape(1, 4, 1, 1), -128, 127)),
    # Integers all the way.
    "conv-integer": (model([node("ConvInteger", "x,w,xz,wz", "i", pads=[1, 1, 1, 1], strides=[2, 2]),
                            node("Cast", "i", "f", to=1),
                            node("Mul", "f,s", "y")], images, w=weights.astype(np.int8), xz=np.uint8(10),
                           wz=np.array([0, 1, 2, -3], np.int8), s=f32(0.5)), images,
                     0.5 * conv(images - 10.0, weights - np.array([0, 1, 2, -3]).reshape(4, 1, 1, 1), (2, 2), (1, 1, 1, 1))),
    "mat-mul-integer": (model([node("MatMulInteger", "x,w", "i"), node("Add", "i,b", "j"), node("DequantizeLinear", "j,s", "y")],
                              images.reshape(3, 72), w=matrix.astype(np.int8), b=np.array([1, 2, 3], np.int32),
                              s=f32(0.25)), images.reshape(3, 72),
                        0.25 * (images.reshape(3, 72) @ matrix.astype(float) + [1, 2, 3])),
    # What ONNX Runtime adds.
    "q-linear-add": (microsoft(one("QLinearAdd", "q,s,z,q,s,z,t,u"), x), x, given(a + a)),
    "q-linear-mul": (microsoft(one("QLinearMul", "q,s,z,c,t,u,t,u"), x, c=np.full((4, 1, 1), 120, np.uint8)), x,
                     given(a * real(120, 0.05, 100))),
    "q-linear-concat": (microsoft(one("QLinearConcat", "t,u,q,s,z,q,t,u", axis=1), x), x,
                        given(np.concatenate([a, real(codes(x, 0.03, 100), 0.05, 100)], 1))),
    "q-linear-average": (microsoft(one("QLinearAveragePool", "q,s,z,t,u", kernel_shape=[5, 5], channels_last=0), x), x,
                         given(a.mean((2, 3), keepdims=True))),
    "q-linear-global": (microsoft(one("QLinearGlobalAveragePool", "q,s,z,t,u"), x), x, given(a.mean((2, 3), keepdims=True))),
    "q-linear-leaky": (microsoft(one("QLinearLeakyRelu", "q,s,z,t,u", alpha=0.25), x), x, given(np.where(a < 0, a / 4, a))),
    "q-linear-sigmoid": (microsoft(one("QLinearSigmoid", "q,s,z,t,u"), x), x, given(1 / (1 + np.exp(-a)))),
    "q-gemm": (microsoft([node("QuantizeLinear", "x,s,z", "q"), node("QGemm", "q,s,z,w,t,wz,b", "y", domain=MS, transB=1)], signs,
                         w=weights.reshape(6, 12).astype(np.int8), wz=np.int8(0), b=np.arange(6, dtype=np.int32) * 100), signs,
               real(codes(signs, 0.03, 100), 0.03, 100) @ real(weights.reshape(6, 12), 0.05).T
               + real(np.arange(6) * 100, f32(0.03) * f32(0.05))),
    # QONNX.
    "qonnx-conv": (qonnx(qonnx_nodes(), x, **qonnx_arrays), x, conv(steps, narrow)),
    "qonnx-brevitas": (qonnx(qonnx_nodes(), x, domain="onnx.brevitas", **qonnx_arrays), x, conv(steps, narrow)),
    "qonnx-floor": (qonnx([quant("x,s,z,b", "y", signed=1, narrow=0, rounding_mode="FLOOR")], x, s=channel, z=f32(0),
                          b=f32(3)), x,
                    fake(x, channel, 0, -4, 3, np.floor)),
    "qonnx-zero-point": (qonnx([quant("x,s,z,b", "y", signed=0, narrow=1, rounding_mode="CEIL")], x, s=f32(0.1), z=f32(3),
                               b=f32(4)), x,
                         (np.ceil(np.clip(x / f32(0.1) + f32(3), 0, 14)) - f32(3)) * f32(0.1)),
    "qonnx-signs": (qonnx([quant("x,s,z,b", "y", signed=1, narrow=1)], signs, s=f32(0.5), z=f32(0), b=f32(1)), signs,
                    np.where(signs >= 0, 0.5, -0.5)),
    "qonnx-bipolar": (qonnx([helper.make_node("BipolarQuant", ["w", "s"], ["b"], domain=QONNX), node("MatMul", "x,b", "y")],
                            signs, w=normal(12, 3), s=f32(0.25)), signs, None),
}
bipolar = CASES["qonnx-bipolar"][0].graph.initializer[0]
CASES["qonnx-bipolar"] = (*CASES["qonnx-bipolar"][:2],
                          signs @ np.where(np.frombuffer(bipolar.raw_data, f32).reshape(12, 3) >= 0, 0.25, -0.25))

if __name__ == "__main__":
    main(CASES)
