"""Infers a golden case on chips and compares the logits with the golden model's first step: infer_case.py DIR SCRATCH CHIP..."""
import json
import pathlib
import subprocess
import sys

import numpy as np

root, scratch = map(pathlib.Path, sys.argv[1:3])
case = json.loads((root / "case.json").read_text())
bits = "-".join(str(case["bits"][k]) for k in "wager")
rounding = case.get("rounding", "half_even").replace("_", "-")
for chip in sys.argv[3:]:
    binary, logits = scratch / f"{chip}.wbin", scratch / f"{chip}.npy"
    subprocess.run(["wage-translate", "--onnx-to-chip", str(root / case["model"]), f"--chip={chip}", "--mode=infer",
                    "--init=model", f"--bits={bits}", f"--rounding={rounding}", f"--init-gain={case['init_gain']}",
                    f"--batch={case['batch']}", "-o", str(binary)], check=True)
    expected = np.load(root / "expected" / "step0.out.npy")
    for engine in ("core", "fused"):
        subprocess.run(["wage-run", "infer", str(binary), f"--images={root / case['images']}", f"--limit={case['batch']}",
                        f"--engine={engine}", f"--logits={logits}", "--json"], check=True, stdout=subprocess.DEVNULL)
        same = np.array_equal(np.load(logits), expected)
        print(f"{root.name} on {chip}, {engine} engine: {'equal' if same else 'DIFFERENT'}")
