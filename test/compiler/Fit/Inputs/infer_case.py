"""Infers a golden case on chips and compares the logits: infer_case.py DIR SCRATCH CHIP...

Expected are the golden model's logits of the first step; where a case keeps none, those of generic-256, which other tests
compare with the golden model. Chips that exchange nothing but spikes round ties away from zero; then those of generic-256 that
does so too are expected."""
import json
import pathlib
import subprocess
import sys

import numpy as np

root, scratch = map(pathlib.Path, sys.argv[1:3])
case = json.loads((root / "case.json").read_text())
bits = "-".join(str(case["bits"][k]) for k in "wager")
own_rounding = case.get("rounding", "half_even").replace("_", "-")
SPIKES_ALONE = ("loihi1", "truenorth")


def compile_for(chip, rounding):
    binary = scratch / f"{chip}.wbin"
    subprocess.run(["wage-translate", "--onnx-to-chip", str(root / case["model"]), f"--chip={chip}", "--mode=infer",
                    "--init=model", f"--bits={bits}", f"--rounding={rounding}", f"--init-gain={case['init_gain']}",
                    f"--batch={case['batch']}", "-o", str(binary)], check=True)
    return binary


def logits_of(binary, engine):
    logits = scratch / "logits.npy"
    subprocess.run(["wage-run", "infer", str(binary), f"--images={root / case['images']}", f"--limit={case['batch']}",
                    f"--engine={engine}", f"--logits={logits}", "--json"], check=True, stdout=subprocess.DEVNULL)
    return np.load(logits)


first = root / "expected" / "step0.out.npy"
expected = {own_rounding: np.load(first)} if first.exists() else {}
for chip in sys.argv[3:]:
    rounding = "half-away" if chip in SPIKES_ALONE else own_rounding
    if rounding not in expected:
        expected[rounding] = logits_of(compile_for("generic-256", rounding), "core")
    binary = compile_for(chip, rounding)
    for engine in ("core", "fused"):
        same = np.array_equal(logits_of(binary, engine), expected[rounding])
        print(f"{root.name} on {chip}, {engine} engine: {'equal' if same else 'DIFFERENT'}")
