"""Gives every node of a model a name that steers a terminal: hostile_names.py IN.onnx OUT.onnx"""
import sys

import onnx

model = onnx.load(sys.argv[1])
for node in model.graph.node:
    node.name = "\x1b[31m\x07" + node.name
onnx.save(model, sys.argv[2])
