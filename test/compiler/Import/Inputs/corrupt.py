"""Changes single bytes of a good model and cuts it short: each is imported or refused, nothing else happens."""
import random
import subprocess
import sys
from pathlib import Path

from onnxtext import lenet

folder = Path(sys.argv[1])
folder.mkdir(exist_ok=True)
model, out = folder / "model.onnx", folder / "out.mlir"
whole = lenet().SerializeToString()
# The graph's structure, not the numbers, which may be anything: those are cut out of the range of bytes to change.
numbers = [(whole.index(t.raw_data), len(t.raw_data)) for t in lenet().graph.initializer]
structure = [i for i in range(len(whole)) if not any(begin <= i < begin + length for begin, length in numbers)]
random.seed(1)
contents = [whole[:length] for length in random.sample(range(len(whole)), 20)]
for position in random.sample(structure, 100):
    changed = bytearray(whole)
    changed[position] ^= 1 << random.randrange(8)
    contents.append(bytes(changed))

refused = 0
for content in contents:
    model.write_bytes(content)
    out.unlink(missing_ok=True)
    result = subprocess.run(["wage-translate", "--import-onnx", model, "-o", out], capture_output=True, text=True)
    # The wrong usage (2) and a signal (negative) are neither.
    assert result.returncode in (0, 1), (result.returncode, content.hex())
    assert out.exists() == (result.returncode == 0), content.hex()
    assert bool(result.stderr) == (result.returncode == 1), content.hex()
    assert result.returncode == 0 or all(line.startswith("wage-translate: error: ")
                                         for line in result.stderr.splitlines()), content.hex()
    refused += result.returncode
print(f"{len(contents)} files, {refused} refused")
assert refused > 50
