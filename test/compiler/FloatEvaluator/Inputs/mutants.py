"""Changes single bytes of models with every kind of operator, and evaluates them: a result or a refusal, nothing else.

    mutants.py FOLDER COUNT
"""
import random
import subprocess
import sys
from pathlib import Path

import numpy as np

from forms import CASES as FORMS
from quantized import CASES as QUANTIZED

CASES = {**FORMS, **QUANTIZED}
folder, count = Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(exist_ok=True)
random.seed(3)
path, inputs, out = folder / "mutant.onnx", folder / "x.npy", folder / "out.npy"
names = list(CASES)
ends = {0: 0, 1: 0}
for i in range(count):
    proto, data, *_ = CASES[names[i % len(names)]]
    changed = bytearray(proto.SerializeToString())
    for _ in range(random.choice((1, 1, 2))):
        position = random.randrange(len(changed))
        changed[position] = random.choice((changed[position] ^ (1 << random.randrange(8)), 0, 255, random.randrange(256)))
    path.write_bytes(changed)
    np.save(inputs, data)
    done = subprocess.run(["wage-translate", "--evaluate", path, f"--input={inputs}", "-o", out], capture_output=True,
                          text=True, timeout=60)
    if done.returncode not in ends:
        (folder / f"crash-{i}.onnx").write_bytes(changed)
        sys.exit(f"mutant {i} of {names[i % len(names)]}: exit status {done.returncode}\n{done.stderr[:2000]}")
    ends[done.returncode] += 1
print(f"{count} mutants: {ends[0]} evaluated, {ends[1]} refused")
