#!/usr/bin/env python3
"""The same network with one, two and any number of places for samples: slots.py FOLDER GENERIC-64.yaml, with digits and
net.onnx in it.

Checked: logits (of training those after three steps) are the same bits; samples follow each other no slower with more
places, and faster with two than with one; static costs are what the core engine counts; and on a chip whose cores have
just the memory that one place each takes, none takes more, and nothing goes off chip.
"""
import json
import sys
from pathlib import Path

import numpy as np
import yaml

from mapped_logits import logits_of, run

folder, listed = Path(sys.argv[1]), Path(sys.argv[2])


def compile_net(name, chip, *flags):
    binary = folder / f"{name}.wbin"
    run("wage-translate", "--onnx-to-chip", folder / "net.onnx", f"--chip={chip}", "--bits=2-8-8-8", "--init=model",
        "--batch=8", *flags, "-o", binary)
    return binary, json.loads(run("wage-run", "info", binary, "--json"))


for mode in ("infer", "train"):
    wanted, cycles = None, {}
    for name, flags in {"one": ["--buffer-slots=1"], "two": ["--buffer-slots=2"], "any": []}.items():
        binary, info = compile_net(f"{mode}.{name}", "generic-64", f"--mode={mode}", *flags)
        cycles[name] = info["cost"]["training" if mode == "train" else "inference"]["interval_cycles"]
        logits, _ = logits_of(folder, binary, mode == "train", "core")
        wanted = logits if wanted is None else wanted
        assert wanted.any() and np.array_equal(logits, wanted), (mode, name)
        tight = [phase["tightest_buffer"] for phase in info["phases"] if "tightest_buffer" in phase]
        assert tight and all(one["slots"] <= {"one": 1, "two": 2, "any": 8}[name] for one in tight), (mode, name, tight)
        counted = json.loads(run("wage-run", "infer", binary, f"--images={folder / 'test-images'}", "--batch=8",
                                 "--engine=core", "--json"))
        assert counted["cycles"] == 2 * info["cost"]["inference"]["cycles"], (mode, name)
    assert cycles["any"] <= cycles["two"] < cycles["one"], cycles
    print(f"{mode}: {cycles['one']} cycles with one place, {cycles['two']} with two, {cycles['any']} with as many as help")

_, one = compile_net("one", "generic-64", "--mode=infer", "--buffer-slots=1")
_, free = compile_net("free", "generic-64", "--mode=infer")
room, wish = (max(info["core_table"]["data_bytes"]) for info in (one, free))
assert room < wish
chip = yaml.safe_load(listed.read_text())
chip["name"] = "full"
chip["groups"][0]["data_bytes"]["value"] = room
(folder / "full.yaml").write_text(yaml.safe_dump(chip, sort_keys=False))
_, full = compile_net("full", folder / "full.yaml", "--mode=infer")
assert max(full["core_table"]["data_bytes"]) <= room and not any(full["core_table"]["off_chip_bytes"])
intervals = [info["cost"]["inference"]["interval_cycles"] for info in (free, full, one)]
assert intervals == sorted(intervals) and full["cost"]["inference"]["off_chip_bytes"] == 0, intervals
print(f"memory for one place each: {room} bytes, of {wish} wished; nothing goes off chip, {intervals[1]} cycles")
