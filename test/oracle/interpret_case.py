#!/usr/bin/python3
"""The golden cases through the compiler's own interpreter: no chip, no runtime.

    interpret_case.py CASE_DIR... [--level=wage|integer|copies] [--keep=DIR]

CASE_DIR is a folder as wage_oracle.py describes it. The model is imported, quantised and differentiated, with
--level=integer (the default) also brought to the integer level with proved widths, with
--level=copies every convolution also cut into three bands, and then trained by wage-interpret; the
arrays are compared with the golden model's. The last line is `N passed, N failed` over all arrays of all cases. The tools
wage-translate and wage-opt are taken from PATH. --keep=DIR leaves each case's arrays and IR in DIR/CASE.LEVEL/.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

GOLDEN_MODEL = Path(__file__).resolve().parent / "wage_oracle.py"
LEVELS = {"wage": [], "integer": ["--convert-wage-to-integer", "--integer-assign-widths", "--integer-verify-level"]}
LEVELS["copies"] = [*LEVELS["integer"], "--integer-copy-positions=copies=3"]


def run(*command):
    """Runs a tool, passes its output on, and ends the program if it fails."""
    if subprocess.run([str(part) for part in command]).returncode:
        sys.exit(f"interpret_case.py: error: {command[0]} failed")


def interpret(case_dir, level, out):
    """Writes the arrays of one case to `out`."""
    case = json.loads((case_dir / "case.json").read_text())
    bits = " ".join(f"{name}={width}" for name, width in case["bits"].items())
    quantise = f"{bits} batch={case['batch']} init-gain={case['init_gain']} rounding={case.get('rounding', 'half_even')}"
    if case.get("init") == "pretrained":  # what the golden model calls "wage" starts from the model's own weights
        quantise += " init=pretrained"
    run("wage-translate", "--import-onnx", case_dir / case["model"], "-o", out / "onnx.mlir")
    run("wage-opt", out / "onnx.mlir", f"--convert-onnx-to-wage={quantise}", "--wage-build-training-step", *LEVELS[level],
        "-o", out / f"{level}.mlir")
    trace = ",".join(map(str, case.get("trace", [])))
    options = [f"entry=train images={case_dir / case['images']} labels={case_dir / case['labels']} batch={case['batch']}",
               f"lr-log2={','.join(map(str, case['lr_log2']))} seed={case['seed']} trace-dir={out}"]
    run("wage-opt", out / f"{level}.mlir",
        "--wage-interpret=" + " ".join(options + ([f"trace-steps={trace}"] if trace else [])), "-o", "/dev/null")


def check(case_dir, out):
    """Compares with the golden model; returns how many arrays agree and how many do not."""
    checked = subprocess.run([sys.executable, GOLDEN_MODEL, "check", case_dir, out], capture_output=True, text=True)
    print(checked.stdout, end="", flush=True)
    return [int(number) for number in re.findall(r"(\d+) (?:passed|failed)", checked.stdout.splitlines()[-1])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--level", choices=LEVELS, default="integer")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        for case_dir in arguments.cases:
            out = (arguments.keep or Path(temporary)) / f"{case_dir.name}.{arguments.level}"
            out.mkdir(parents=True, exist_ok=True)
            interpret(case_dir, arguments.level, out)
            good, bad = check(case_dir, out)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
