"""Hostile ONNX files, compiled for a chip: onnx_files.py FOLDER EVERY"""
import os
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from campaign import Campaign

sys.path.insert(0, str(Path(__file__).parents[2] / "compiler/Import/Inputs"))
from onnxtext import changed, constants, lenet, model, node, tensor_changed, weights  # noqa: E402

campaign = Campaign(sys.argv[1])
every = int(sys.argv[2])
COMPILE = ["wage-translate", "--onnx-to-chip", "model.onnx", "--chip=generic-64", "--batch=4", "--mode=infer", "--init=model",
           "-o=out.wbin"]
HUGE = [-1, 0, 2**15, 2**24, 2**31 - 1, 2**31, 2**32, 2**40, 2**62, 2**63 - 1, -2**63]


def feed(kind, name, content, codes=(1,), extra=None, command=COMPILE, **judgement):
    files = {"model.onnx": content.SerializeToString() if hasattr(content, "SerializeToString") else content}
    campaign.feed(kind, name, files | (extra or {}), command, codes=codes, output="out.wbin", **judgement)


def feed_cuts_and_flips():
    whole = lenet().SerializeToString()
    for length in range(0, len(whole), every):
        feed("ONNX cut short", f"at {length}", whole[:length], lines=1)
    for position in range(0, len(whole), every):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position // every % 8
        feed("ONNX with a bit flipped", f"at {position}", bytes(flipped), codes=(0, 1))


def rename(old, new):
    def change(proto):
        for n in proto.graph.node:
            n.input[:] = [new if name == old else name for name in n.input]
    return change


def feed_graphs():
    def nodes(count, chain):
        made = [node("Relu", f"v{i}" if chain else "x", f"v{i + 1}") for i in range(count)]
        return model([node("Identity", "x", "v0")] * chain + made + [node("Flatten", f"v{count}", "y")])

    def nested(depth):
        graph = helper.make_graph([], "leaf", [], [])
        for i in range(depth):
            graph = helper.make_graph([helper.make_node("If", ["x"], ["y"], then_branch=graph)], f"g{i}", [], [])
        return model([helper.make_node("If", ["x"], ["y"], then_branch=graph)])

    first = lenet().graph.node[0]
    for name, content, codes in [
            ("cycle", changed(lambda p: p.graph.node[0].input.__setitem__(0, p.graph.node[2].output[0])), (1,)),
            ("own output", changed(lambda p: p.graph.node[0].input.__setitem__(0, first.output[0])), (1,)),
            ("nodes in reverse", changed(lambda p: p.graph.node.extend([p.graph.node.pop(0) for _ in range(3)])), (1,)),
            ("a node twice", changed(lambda p: p.graph.node.append(first)), (1,)),
            ("an initializer twice", changed(lambda p: p.graph.initializer.append(p.graph.initializer[0])), (1,)),
            ("an initializer named as the input", tensor_changed(lambda t: setattr(t, "name", "x")), (1,)),
            ("an initializer named as an output", tensor_changed(lambda t: setattr(t, "name", first.output[0])), (1,)),
            ("undefined input", changed(rename("conv.weight", "nobody")), (1,)),
            ("empty input names", changed(rename("conv.weight", "")), (1,)),
            ("no nodes", changed(lambda p: p.graph.ClearField("node")), (1,)),
            ("no outputs", changed(lambda p: p.graph.ClearField("output")), (1,)),
            ("no inputs", changed(lambda p: p.graph.ClearField("input")), (1,)),
            ("no initializers", changed(lambda p: p.graph.ClearField("initializer")), (1,)),
            ("two inputs", changed(lambda p: p.graph.input.append(helper.make_tensor_value_info("z", 1, [1, 2]))), (1,)),
            ("two outputs", changed(lambda p: p.graph.output.append(helper.make_tensor_value_info("z", 1, [1, 2]))), (1,)),
            ("output is the input", changed(lambda p: setattr(p.graph.output[0], "name", "x")), (1,)),
            ("output is an initializer", changed(lambda p: setattr(p.graph.output[0], "name", "conv.weight")), (1,)),
            ("no graph", changed(lambda p: p.ClearField("graph")), (1,)),
            ("no opset", changed(lambda p: p.ClearField("opset_import")), (1,)),
            ("a graph in every node, 20 deep", nested(20), (1,)),
            ("a graph in every node, 60 deep", nested(60), (1,)),
            ("twenty thousand nodes without use", nodes(20000, False), (0, 1)),
            ("a chain of three thousand nodes", nodes(3000, True), (0, 1)),
            ("empty", b"", (1,)), ("zeros", bytes(10000), (1,)), ("text", b"This is no model\n" * 99, (1,)),
            ("the identifier of a binary", b"\x1c\0\0\0WAGE" + bytes(500), (1,)),
            ("a group of groups", b"\x0b" * 100000, (1,)), ("messages within messages", b"\x3a\x7f" * 60000, (1,)),
            ("a varint without end", b"\x08" + b"\xff" * 10000, (1,))]:
        feed("ONNX graphs", name, content, codes)
    for value in HUGE:
        feed("ONNX graphs", f"opset {value}", changed(lambda p: setattr(p.opset_import[0], "version", value)))
        feed("ONNX graphs", f"IR version {value}", changed(lambda p: setattr(p, "ir_version", value)), (0, 1))


def feed_names():
    for text in ["A" * 1000000, "\0", "\n\x1b[31m", "%s%n", "../../x", "\u00e9" * 300, "'\"@#", "a.b", "main", "infer",
                 "network"]:
        feed("ONNX names", f"node {text[:8]!r}", changed(lambda p: setattr(p.graph.node[0], "name", text)), (0, 1))
        feed("ONNX names", f"operator {text[:8]!r}", changed(lambda p: setattr(p.graph.node[0], "op_type", text)))
        feed("ONNX names", f"domain {text[:8]!r}", changed(lambda p: setattr(p.graph.node[0], "domain", text)))
        feed("ONNX names", f"graph {text[:8]!r}", changed(lambda p: setattr(p.graph, "name", text)), (0, 1))

        def everywhere(proto):
            rename("conv.weight", text)(proto)
            next(t for t in proto.graph.initializer if t.name == "conv.weight").name = text
        feed("ONNX names", f"initializer {text[:8]!r}", changed(everywhere), (0, 1))
        feed("ONNX names", f"missing {text[:8]!r}", changed(rename("conv.weight", text)))


def feed_numbers():
    for value in HUGE:
        for shape in ([value, 1, 8, 8], ["n", value, 8, 8], ["n", 1, value, 8], ["n", 1, 8, value], ["n", 1, value, value]):
            def reshape(proto, shape=shape):
                dims = proto.graph.input[0].type.tensor_type.shape
                dims.ClearField("dim")
                for extent in shape:
                    dims.dim.add(**({"dim_param": extent} if isinstance(extent, str) else {"dim_value": extent}))
            feed("ONNX shapes", f"input {shape}", changed(reshape), (0, 1))
        for axis in range(4):
            feed("ONNX shapes", f"weights, axis {axis} = {value}",
                 tensor_changed(lambda t: t.dims.__setitem__(axis, value)))
        for attribute, count in [("strides", 2), ("pads", 4), ("kernel_shape", 2), ("dilations", 2), ("group", 0)]:
            for where in range(max(count, 1)):
                numbers = [1] * count
                if count:
                    numbers[where] = value
                made = helper.make_attribute(attribute, numbers if count else value)
                for index, name in ((0, "Conv"), (2, "MaxPool")):
                    def change(proto):
                        target = proto.graph.node[index]
                        assert target.op_type == name, target.op_type
                        kept = [a for a in target.attribute if a.name != attribute]
                        target.ClearField("attribute")
                        target.attribute.extend(kept + [made])
                    feed("ONNX attributes", f"{name}.{attribute}[{where}] = {value}", changed(change), (0, 1))
        pool = [node("MaxPool", "x", "p", "pool", kernel_shape=[max(value, 1)] * 2, pads=[max(value, 1) - 1] * 4),
                node("Flatten", "p", "y")]
        feed("ONNX attributes", f"a pool of {value} x {value}, padded", model(pool), (0, 1))
        feed("ONNX attributes", f"Flatten.axis = {value}", model([node("Flatten", "x", "y", axis=value)]), (0, 1))
        feed("ONNX attributes", f"Reshape to {value}", model([node("Reshape", "x s", "y")], constants(
            s=np.array([value, -1], np.int64))), (0, 1))
    for dims in ([2**20, 2**20], [2**32, 2**32], [2**16] * 4, [1] * 100000, [2**63 - 1, 2], [3] * 64, [], [0], [-5, -5]):
        feed("ONNX shapes", f"weights {dims[:5]}", tensor_changed(lambda t: t.dims.__setitem__(slice(None), dims)))
    for alpha in (float("nan"), float("inf"), 1e38, 1e-45, 0.0, -1.0):
        gemm = model([node("Flatten", "x", "f"), node("Gemm", "f w", "y", alpha=alpha)], constants(w=weights(64, 10)))
        feed("ONNX attributes", f"Gemm.alpha = {alpha}", gemm, (0, 1))


def feed_tensors():
    for name in ("conv.weight", "conv.bias"):
        for value in (np.nan, np.inf, -np.inf, 3e38, 1e-45):
            def spoil(tensor):
                numbers = numpy_helper.to_array(tensor).copy()
                numbers.flat[-1] = value
                tensor.CopyFrom(numpy_helper.from_array(numbers, tensor.name))
            feed("ONNX tensors", f"{name} holds {value}", tensor_changed(spoil, name), (0, 1) if np.isfinite(value) else (1,))
        for kind in range(-1, 30):
            feed("ONNX tensors", f"{name} of type {kind}", tensor_changed(lambda t: setattr(t, "data_type", kind), name),
                 (0,) if kind == TensorProto.FLOAT else (1,))
        for length in (0, 1, 3, 4, 1000000):
            feed("ONNX tensors", f"{name} of {length} bytes",
                 tensor_changed(lambda t: setattr(t, "raw_data", bytes(length)), name))

    def outside(**entries):
        def change(tensor):
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in entries.items():
                tensor.external_data.add(key=key, value=value)
        return tensor_changed(change)

    data = bytes(144)
    cases = {"no such file": dict(location="none"), "no location": dict(offset="0"), "above": dict(location="../data"),
             "above, hidden": dict(location="a/../../data"), "absolute": dict(location="/etc/passwd"), "a device": dict(
                 location="zero"), "a folder": dict(location="."), "a pipe": dict(location="pipe"), "empty": dict(location=""),
             "a link out": dict(location="link"), "a null": dict(location="data\0x")}
    cases |= {f"offset {value}": dict(location="data", offset=value)
              for value in ("1", "-1", "9" * 30, "x", "1e9", str(2**64 - 1))}
    cases |= {f"length {value}": dict(location="data", length=value) for value in ("0", "143", "-1", str(2**64), "x")}
    for name, entries in cases.items():
        feed("ONNX external data", name, outside(**entries), extra={
            "data": data, "zero": lambda path: path.symlink_to("/dev/zero"), "pipe": os.mkfifo,
            "link": lambda path: path.symlink_to("/etc/passwd")})
    feed("ONNX external data", "good", outside(location="data"), (0,), extra={"data": data})


def feed_no_files():
    for name, make in {"a folder": os.mkdir, "a pipe": os.mkfifo, "/dev/zero": lambda path: path.symlink_to("/dev/zero"),
                       "a dangling link": lambda path: path.symlink_to("nothing"),
                       "a link to itself": lambda path: path.symlink_to("model.onnx")}.items():
        for action in (["--onnx-to-chip", "--chip=generic-64", "--batch=4"], ["--check", "--chip=generic-64"], ["--import-onnx"],
                       ["--binary-to-chip"], ["--chip-to-binary"]):
            output = [] if action[0] == "--check" else ["-o=out.wbin"]
            campaign.feed("no files", f"{name} for {action[0]}", {"model.onnx": make},
                          ["wage-translate", *action, "model.onnx", *output], codes=(1,), output="out.wbin", lines=1)
        campaign.feed("no files", f"{name} as a chip", {"model.onnx": lenet().SerializeToString(), "chip.yaml": (
            make if name != "a link to itself" else lambda path: path.symlink_to("chip.yaml"))},
                      ["wage-translate", "--check", "model.onnx", "--chip=chip.yaml"], codes=(1,), lines=1)


feed_cuts_and_flips()
feed_graphs()
feed_names()
feed_numbers()
feed_tensors()
feed_no_files()
campaign.finish()
