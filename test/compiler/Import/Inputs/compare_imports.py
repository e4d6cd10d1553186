"""compare_imports.py EXPECTED.mlir MODEL...: every model must import as EXPECTED, but for the opset."""
import re
import subprocess
import sys

expected = re.sub(r"onnx.opset = \d+", "", open(sys.argv[1]).read())
models = sys.argv[2:]
assert len(models) >= 18, f"{len(models)} models"
for path in models:
    result = subprocess.run(["wage-translate", "--import-onnx", path], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert re.sub(r"onnx.opset = \d+", "", result.stdout) == expected, path
