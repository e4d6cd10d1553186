"""What quantised networks are refused for; as refusals.py."""
import numpy as np
from onnx import TensorProto
from onnxtext import changed, constants, model, node, weights
from refusals import main


def quantized(op, element=TensorProto.FLOAT, opset=13, s=np.float32(0.5), z=np.uint8(0), **attributes):
    return model([node(op, "x s z", "y", "q", **attributes)], constants(s=s, z=z), element=element, opset=opset)


def to_float8(proto):
    """The zero point as a type that the installed library does not know."""
    proto.graph.initializer[1].data_type = 17


def microsoft(op, inputs, **attributes):
    return model([node("QuantizeLinear", "x s z", "q", "q"), node(op, inputs, "y", "op", domain="com.microsoft", **attributes)],
                 constants(s=np.float32(0.5), z=np.uint8(0), b=np.int32([0])))


def qonnx(s=np.float32(0.5), b=np.float32(4), **attributes):
    return model([node("Quant", "x s z b", "y", "quant", domain="qonnx.custom_op.general", signed=1, narrow=0, **attributes)],
                 constants(s=s, z=np.float32(0), b=b))


CASES = {
    "quantize-scale": (quantized("QuantizeLinear", s=np.float32(0)),
                       ["q (QuantizeLinear, opset 13): scale 's' is 0, needed a positive one"]),
    "quantize-scales": (quantized("QuantizeLinear", s=weights(3)), [
        "q (QuantizeLinear, opset 13): has 3 scales and 1 zero points for a value of shape [?, 1, 8, 8], needed one, or one per "
        "element of axis 1"]),
    "quantize-axis": (quantized("QuantizeLinear", axis=7, s=weights(3)), [
        "q (QuantizeLinear, opset 13): axis = 7 is none of the 4 dimensions"]),
    "quantize-type": (quantized("QuantizeLinear", z=np.int32(0)), [
        "q (QuantizeLinear, opset 13): quantises to int32, needed int4, uint4, int8, uint8, int16 or uint16"]),
    "quantize-float8": (changed(to_float8, quantized("QuantizeLinear", opset=19)), [
        "q (QuantizeLinear, opset 19): zero point 'z' has element type float8e4m3fn, needed integers or bool"]),
    "quantize-blocks": (quantized("QuantizeLinear", opset=21, block_size=16), [
        "q (QuantizeLinear, opset 21): block_size = 16 is not supported, only block_size = 0"]),
    "quantize-computed": (model([node("ReduceMean", "x", "s", "mean", axes=[1, 2, 3]),
                                 node("QuantizeLinear", "x s", "y", "q")]), [
        "q (QuantizeLinear, opset 13): scale 's' is computed, needed an initializer or a Constant"]),
    "dequantize-float": (quantized("DequantizeLinear"), [
        "q (DequantizeLinear, opset 13): input 'x' has element type float or int64, needed int4, uint4, int8, uint8, int16, "
        "uint16 or int32"]),
    "dequantize-type": (quantized("DequantizeLinear", element=TensorProto.UINT8, z=np.int8(0)), [
        "q (DequantizeLinear, opset 13): zero point 'z' has element type int8, needed the input's"]),
    "q-linear-conv": (model([node("QuantizeLinear", "x s z", "q", "q"),
                             node("QLinearConv", "q s z w s z s z", "y", "conv", pads=[1, 1])],
                            constants(s=np.float32(0.5), z=np.uint8(0), w=np.zeros((4, 2, 3, 3), np.uint8))), [
        "conv (QLinearConv, opset 13): pads = [1, 1] is not supported, only 4 numbers, none below 0"]),
    "q-linear-concat": (microsoft("QLinearConcat", "s z q s z q", axis=1), [
        "op (QLinearConcat, opset 13): has 6 inputs, needed two and three for each value"]),
    "q-linear-channels": (microsoft("QLinearGlobalAveragePool", "q s z s z", channels_last=1), [
        "op (QLinearGlobalAveragePool, opset 13): channels_last = 1 is not supported, only channels_last = 0"]),
    "q-linear-softmax": (microsoft("QLinearSoftmax", "q s z s z", opset=11), [
        "op (QLinearSoftmax, opset 13): opset = 11 is not supported in a model of opset 13"]),
    "q-gemm": (microsoft("QGemm", "q s z q s z b", alpha=0.5), [
        "op (QGemm, opset 13): alpha = 0.5 is not supported beside a bias, only 1"]),
    "quant-rounding": (qonnx(rounding_mode="DOWN"), [
        "quant (Quant, opset 13): rounding_mode = 'DOWN' is not supported, only ROUND, CEIL and FLOOR"]),
    "quant-bits": (qonnx(b=np.float32(2.5)), ["quant (Quant, opset 13): bit width 'b' is 2.5, needed one from 1 to 32"]),
    "quant-scale": (qonnx(s=np.float32([0.5, -1.0])), [
        "quant (Quant, opset 13): scale 's' is -1, needed a positive one",
        "quant (Quant, opset 13): shapes [?, 1, 8, 8] and [2] do not go together"]),
    "quant-shape": (qonnx(s=np.ones((1, 2, 1, 1), np.float32)), [
        "quant (Quant, opset 13): scale or zero point has shape [1, 2, 1, 1], needed one that goes with [?, 1, 8, 8]"]),
}

if __name__ == "__main__":
    main({name: (proto.SerializeToString(), lines) for name, (proto, lines) in CASES.items()})
