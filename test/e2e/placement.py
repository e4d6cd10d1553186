"""The same bits wherever cores stand, and less traffic where the placer minds it.

    placement.py FOLDER SOURCE

Compiles a network for training and for inference with every placer, with faulty cores and with a pinned layer; runs each on
both engines. Logits of the network after that step must not differ, and no placer may be cheaper by the core engine's
byte_hops than the default is. Prints what was compared.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

BATCH = 8
PLACEMENTS = {"raster": ["--placer=raster"], "hilbert": ["--placer=hilbert"], "hilbert+force": ["--placer=hilbert+force"],
              "traffic": [], "faults": ["--faulty-cores=0:0,1,2:1,66"],
              "pinned": ["--pin=conv2:20:30:9:9", "--faulty-cores=21:31"]}


def run(*command, text=None):
    return subprocess.run([str(part) for part in command], input=text, check=True, capture_output=True, text=True).stdout


def outcome(binary, folder, mode):
    """Logits after a step of training, or of one image, on each engine; byte_hops of that step or image."""
    results = {}
    for engine in ("core", "fused"):
        used = binary
        if mode == "train":
            used = folder / "trained.wbin"
            report = run("wage-run", "train", binary, f"--images={folder}/images.npy", f"--labels={folder}/labels.npy",
                         "--steps=1", "--lr-log2=3", "--seed=7", "--health=off", f"--engine={engine}", "--json",
                         f"--save={used}")
        else:
            report = run("wage-run", "infer", binary, f"--images={folder}/one.npy", f"--engine={engine}", "--json")
        hops = json.loads(report).get("byte_hops")
        run("wage-run", "infer", used, f"--images={folder}/images.npy", f"--engine={engine}", f"--logits={folder}/out.npy")
        results[engine] = (np.load(folder / "out.npy"), hops)
    assert np.array_equal(results["core"][0], results["fused"][0])
    return results["core"]


def main(folder, source):
    folder.mkdir(parents=True)
    random = np.random.default_rng(3)
    images = random.integers(0, 256, (BATCH, 1, 28, 28), np.uint8)
    np.save(folder / "images.npy", images)
    np.save(folder / "one.npy", images[:1])
    np.save(folder / "labels.npy", random.integers(0, 10, BATCH).astype(np.uint8))
    run(source / "examples/make_lenet.py", folder / "net.onnx", "--channels=12,20", "--hidden=70")
    for mode in ("train", "infer"):
        first, byte_hops = None, {}
        for name, flags in PLACEMENTS.items():
            binary = folder / f"{mode}.{name}.wbin"
            run("wage-translate", "--onnx-to-chip", folder / "net.onnx", "--chip=generic-64", f"--mode={mode}",
                "--init=model", f"--batch={BATCH}", *flags, "-o", binary)
            logits, hops = outcome(binary, folder, mode)
            byte_hops[name] = hops
            first = logits if first is None else first
            assert np.array_equal(logits, first), (mode, name)
            print(f"{mode} {name}: equal logits, {hops} byte-hops")
        for name in ("raster", "hilbert", "hilbert+force"):
            assert byte_hops["traffic"] <= byte_hops[name], byte_hops


main(Path(sys.argv[1]), Path(sys.argv[2]))
