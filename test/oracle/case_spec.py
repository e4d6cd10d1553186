"""A whole case as plain data, in one dictionary that JSON holds, and the files it stands for.

    input, opset      shape of a sample; opset of the file
    layers            the nodes in file order: {op, inputs, attributes}; an input is the index of a layer, or -1 for the images.
                      A Conv or Gemm has also {channels, bias, weights}: the last is a seed of its own, so that other layers
                      may come and go
    settings          what case.json says of arithmetic and training (make_cases.draw_settings)
    samples, data     how many, and the seed that they and all weights are drawn from
    mode, code        train or infer; the spike code
    train_layers      linear layers that learn, counted in file order, or null: all
    recompute         linear layers whose gradients are not kept, or "all"
    chip              {base, numbers}: a listed chip, and sections of its description with other numbers
    mapping           flags of the mapper without dashes, and their values; copies of one layer as [linear layer, number]
    engines, threads, isas
                      every combination is run; isas may be "every": those of the computer
"""
import json
import unittest.mock
from pathlib import Path

import numpy as np
import onnx
import yaml

import make_cases
import wage_oracle

CHIPS = Path(__file__).resolve().parents[2] / "targets" / "Chips"
LINEAR = ("Conv", "Gemm")


class Invalid(Exception):
    """The data describes no network, or none that the arithmetic has."""


def dump(spec):
    """Text of a case: one line for each member, and for each layer."""
    lines = []
    for name, value in spec.items():
        text = json.dumps(value)
        if name == "layers":
            text = "[\n  " + ",\n  ".join(json.dumps(layer) for layer in value) + "]"
        lines.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


#-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- the network

def read_layers(model):
    """The layers of an ONNX model that make_cases.py has made; each gets a seed for new weights."""
    index = {model.graph.input[0].name: -1}
    layers = []
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        layer = {"op": node.op_type, "inputs": [index[name] for name in node.input if name in index], "attributes": attributes}
        if node.op_type in LINEAR:
            weights = next(t for t in model.graph.initializer if t.name == node.input[1])
            layer.update(channels=weights.dims[0], bias=len(node.input) > 2, weights=len(layers))
        index[node.output[0]] = len(layers)
        layers.append(layer)
    return layers


def window_shape(channels, shape, attributes):
    """Shape of a sample behind a convolution or a pool."""
    kernel, strides, pads = (attributes.get(name, default) for name, default in
                             (("kernel_shape", None), ("strides", [1, 1]), ("pads", [0] * 4)))
    sides = [(shape[i + 1] + pads[i] + pads[i + 2] - kernel[i]) // strides[i] + 1 for i in (0, 1)]
    if min(sides) < 1:
        raise Invalid(f"a window of {kernel} on {shape}")
    return (channels, *sides)


class Builder(make_cases.NetworkMaker):
    """Makes an ONNX graph of layers."""

    def __init__(self, spec):
        self.seed = spec["data"]
        super().__init__(np.random.default_rng([self.seed, 0]), spec["input"])
        self.opset = spec["opset"]
        self.values = [(self.value, self.shape)]
        for layer in spec["layers"]:
            values = [self.values[i + 1] for i in layer["inputs"]]
            self.value, self.shape = values[0]
            self.layer(layer, values)
            self.values.append((self.value, self.shape))

    def layer(self, layer, values):
        op, attributes = layer["op"], layer["attributes"]
        if op not in ("Relu", "Add", "Flatten") and len(self.shape) != (1 if op == "Gemm" else 3):
            raise Invalid(f"{op} of {self.shape}")
        if op in LINEAR:
            self.random = np.random.default_rng([self.seed, 1, layer["weights"]])
            window = attributes["kernel_shape"] if op == "Conv" else ()
            self.add(op, self.linear_inputs((layer["channels"], self.shape[0], *window), layer["bias"]), **attributes)
            self.shape = window_shape(layer["channels"], self.shape, attributes) if window else (layer["channels"],)
        elif op == "Add":
            if values[0][1] != values[1][1]:
                raise Invalid(f"a sum of {values[0][1]} and {values[1][1]}")
            self.add(op, [values[1][0]])
        else:
            self.add(op, **attributes)
            if op == "Flatten":
                self.shape = (int(np.prod(self.shape)),)
            elif op == "GlobalAveragePool":
                self.shape = (self.shape[0], 1, 1)
            elif op != "Relu":
                self.shape = window_shape(self.shape[0], self.shape, attributes)


def check_end(layers):
    """The output is an accumulator, behind at least one linear layer."""
    at = len(layers) - 1
    while at >= 0 and layers[at]["op"] in ("Flatten", "MaxPool"):
        at = layers[at]["inputs"][0]
    if at < 0 or layers[at]["op"] not in LINEAR:
        raise Invalid("the output is no accumulator of a linear layer")


def build(spec):
    """The ONNX model; raises Invalid."""
    check_end(spec["layers"])
    net = Builder(spec)
    if len(net.shape) != 1:
        raise Invalid("the output is no row of classes")
    net.random = np.random.default_rng([spec["data"], 2])
    return net.model(spec["input"])


def linear_names(spec, indices):
    """Names of the nodes of linear layers, given by their number; raises Invalid."""
    names = [f"{layer['op']}_{at}" for at, layer in enumerate(spec["layers"]) if layer["op"] in LINEAR]
    if any(index >= len(names) for index in indices):
        raise Invalid("a layer that is not there")
    return [names[index] for index in indices]


#-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- golden numbers

class PartlyLearning(wage_oracle.Network):
    """The golden model where only the linear layers learn that the case names: the others keep their weights, and no error is
    formed that leads to none that learns. Random numbers are counted as ever."""

    def learns(self, value):
        """Whether a layer that learns stands in front of this value."""
        for op, inputs, output in self.nodes:
            if output == value:
                return (isinstance(op, wage_oracle.Linear) and op.index in self.case["train_layers"]
                        or any(self.learns(name) for name in inputs))
        return False

    def backward(self, error):
        exponents = super().backward(error)
        values = [self.output, *(out for _, _, out in reversed(self.nodes) if out in self.masks)]
        kept = [(k, e) for value, k, e in zip(values, exponents, self.errors) if self.learns(value)]
        self.errors = [e for _, e in kept]
        return [k for k, _ in kept]

    def train_step(self, images, labels, step, lr_log2):
        before = [layer.master for layer in self.linears]
        exponents, of_gradients = super().train_step(images, labels, step, lr_log2)
        for layer, master in zip(self.linears, before):
            if layer.index not in self.case["train_layers"]:
                layer.master = master
        return exponents, [of_gradients[index] for index in self.case["train_layers"]]


def training_arrays(root, train_layers):
    """As the golden model's run_case, without the arrays of layers that are frozen."""
    if train_layers is None:
        return wage_oracle.run_case(root)
    with unittest.mock.patch.object(wage_oracle, "Network", PartlyLearning):
        arrays = wage_oracle.run_case(root)
    parts = ("initial", "final", "grad", "delta", "master")
    frozen = {str(i) for i in range(sum(name.startswith("initial.") for name in arrays))} - {str(i) for i in train_layers}
    return {name: array for name, array in arrays.items()
            if not (name.split(".")[-1] in frozen and name.split(".")[-2] in parts)}


def golden_arrays(spec, case, root):
    """What the golden model expects of every run, by name."""
    if spec["mode"] == "infer":
        images = np.load(root / case["images"])
        return {"logits": wage_oracle.Network(case, root).forward(images)}
    arrays = training_arrays(root, spec["train_layers"])
    recomputed = spec["recompute"]
    if recomputed:  # such gradients are formed part by part, and there is none to show; steps and masters tell what they were
        arrays = {name: array for name, array in arrays.items()
                  if ".grad." not in name or recomputed != "all" and int(name.split(".")[-1]) not in recomputed}
    return arrays


#-- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- files

def write_chip(spec, root):
    """The chip's name, or the path of its description."""
    chip = spec["chip"]
    if not chip["numbers"]:
        return chip["base"]
    text = yaml.safe_load((CHIPS / f"{chip['base']}.yaml").read_text())
    text["name"] = "drawn"
    numbers = dict(chip["numbers"])
    if "faulty_cores" in numbers:
        text["faulty_cores"]["value"] = numbers.pop("faulty_cores")
    for section, facts in numbers.items():
        parts = {"grid": [text["grid"], text["groups"][0]], "core": [text["groups"][0]]}.get(section) or [text[section]]
        for part in parts:
            for name, number in facts.items():
                part[name]["value"] = number
    path = root / "chip.yaml"
    path.write_text(yaml.safe_dump(text, sort_keys=False))
    return str(path)


def flags(spec):
    """What wage-translate is told beside network, chip and arithmetic; raises Invalid."""
    named = {"mode": spec["mode"], "spike-code": spec["code"], **spec["mapping"]}
    if isinstance(named.get("copies"), list):
        index, number = named["copies"]
        named["copies"] = f"{linear_names(spec, [index])[0]}:{number}"
    if spec["train_layers"] is not None:
        named["train-layers"] = ",".join(linear_names(spec, spec["train_layers"]))
    if recomputed := spec["recompute"]:
        named["recompute-gradients"] = "all" if recomputed == "all" else ",".join(linear_names(spec, recomputed))
    return [f"--{name}={value}" for name, value in named.items()]


def write(spec, root):
    """Writes the case directory with the golden model's numbers, and the chip. Returns (case, chip, flags of wage-translate).
    Raises Invalid."""
    model, more = build(spec), flags(spec)
    case = make_cases.write_case(root, model, {**spec["settings"], "train_layers": spec["train_layers"]},
                                 np.random.default_rng([spec["data"], 3]), spec["samples"])
    (root / "expected").mkdir()
    for name, array in golden_arrays(spec, case, root).items():
        np.save(root / "expected" / f"{name}.npy", wage_oracle.compact(array))
    return case, write_chip(spec, root), more
