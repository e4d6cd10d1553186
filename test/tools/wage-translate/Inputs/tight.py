#!/usr/bin/env python3
"""A network of two full layers, and a chip of few cores with little memory: tight.py GENERIC-64.yaml FOLDER

Writes FOLDER/tight.onnx and FOLDER/tight.yaml. A block of 64 x 64 weights has a gradient of 16 KiB; there are 12 KiB,
none off chip, and hardly more cores than blocks.
"""
import sys
from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import helper, numpy_helper

listed, folder = Path(sys.argv[1]), Path(sys.argv[2])
random = np.random.default_rng(3)
weights = [numpy_helper.from_array(random.normal(0, 0.3, shape).astype(np.float32), name)
           for name, shape in {"hidden.w": (64, 784), "out.w": (10, 64)}.items()]
nodes = [helper.make_node("Flatten", ["images"], ["flat"]),
         helper.make_node("Gemm", ["flat", "hidden.w"], ["sums"], name="hidden", transB=1),
         helper.make_node("Relu", ["sums"], ["codes"]),
         helper.make_node("Gemm", ["codes", "out.w"], ["logits"], name="out", transB=1)]
graph = helper.make_graph(nodes, "tight", [helper.make_tensor_value_info("images", 1, ["n", 1, 28, 28])],
                          [helper.make_tensor_value_info("logits", 1, ["n", 10])], weights)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), folder / "tight.onnx")
chip = yaml.safe_load(listed.read_text())
chip["name"] = "tight"
for part in chip["grid"], chip["groups"][0]:
    part["columns"]["value"] = part["rows"]["value"] = 4
chip["groups"][0]["data_bytes"]["value"] = 12 << 10
chip["off_chip"]["bytes"]["value"] = 0
(folder / "tight.yaml").write_text(yaml.safe_dump(chip, sort_keys=False))
