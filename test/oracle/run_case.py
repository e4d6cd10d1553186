#!/usr/bin/python3
"""Golden harness: compiles cases, trains them with wage-run, and compares every array with the golden model's.

    run_case.py CASE_DIR... [--chip=C,...] [--engine=E,...] [--threads=N,...] [--build-dir=DIR] [--keep=DIR]

CASE_DIR is a folder as wage_oracle.py describes it (case.json, the files it names, expected/). Every combination of the
given cases, chips, engines and thread counts is run; each run prints the arrays that differ, and the last line is
`N passed, N failed` over all arrays of all runs. Exit code 0 if all passed, 1 if not.

The tools are taken from DIR/bin; without --build-dir from PATH, or else from the latest build under build/.
--keep=DIR leaves each run's arrays there, in CASE.CHIP.ENGINE.THREADS/, and its binary beside them.
"""
import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = ("wage-translate", "wage-run")


def find_tools(build_dir):
    """The paths of wage-translate and wage-run."""
    if build_dir:
        folder = Path(build_dir) / "bin"
    elif all(shutil.which(tool) for tool in TOOLS):
        return [shutil.which(tool) for tool in TOOLS]
    else:
        built = sorted(HERE.parents[1].glob("build/*/bin/wage-run"), key=lambda path: path.stat().st_mtime)
        if not built:
            sys.exit("run_case.py: error: no build found, --build-dir=DIR is needed")
        folder = built[-1].parent
    for tool in TOOLS:
        if not (folder / tool).exists():
            sys.exit(f"run_case.py: error: '{folder / tool}' does not exist")
    return [str(folder / tool) for tool in TOOLS]


def compile_case(translate, root, case, chip, binary):
    """Compiles the case's network for training. Returns an error text, or None."""
    bits = case["bits"]
    command = [
        translate, "--onnx-to-chip", str(root / case["model"]), f"--chip={chip}", "--mode=train",
        "--bits=" + "-".join(str(bits[k]) for k in "wager"), f"--init-gain={case['init_gain']}",
        "--rounding=" + case.get("rounding", "half_even").replace("_", "-"),
        # What the golden model calls "wage" starts from the model's own weights.
        "--init=" + {"wage": "model"}.get(case.get("init", "wage"), case.get("init")),
        f"--batch={case['batch']}", "-o", str(binary)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0 and binary.exists():
        return None
    return f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}".rstrip()


def train_case(run, root, case, binary, engine, threads, result, scratch):
    """Trains the case, tracing into `result`. Returns an error text, or None."""
    rates = scratch / "rates.txt"
    rates.write_text("".join(f"{rate}\n" for rate in case["lr_log2"]))
    command = [
        run, "train", str(binary), f"--images={root / case['images']}", f"--labels={root / case['labels']}",
        f"--batch={case['batch']}", f"--steps={len(case['lr_log2'])}", f"--lr-log2-file={rates}",
        f"--seed={case['seed']}", "--shuffle=none", f"--engine={engine}", f"--threads={threads}", "--json",
        f"--trace-dir={result}"]
    if case.get("trace"):
        command.append("--trace-steps=" + ",".join(str(step) for step in case["trace"]))
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    return f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}".rstrip()


def compare(root, result):
    """The golden model's verdict on the traced arrays: (text of the differences, passed, failed)."""
    done = subprocess.run([sys.executable, str(HERE / "wage_oracle.py"), "check", str(root), str(result)],
                          capture_output=True, text=True)
    *lines, last = done.stdout.strip().split("\n")
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", last)
    if not counts:
        return done.stdout + done.stderr, 0, 1
    return "\n".join(lines), int(counts[1]), int(counts[2])


def run_combination(tools, root, case, chip, engine, threads, binary, folder):
    result = folder / f"{root.name}.{chip}.{engine}.{threads}".replace("/", "_")
    problem = train_case(tools[1], root, case, binary, engine, threads, result, folder)
    if problem:
        return problem, 0, max(1, len(list((root / "expected").glob("*.npy"))))
    return compare(root, result)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", metavar="CASE_DIR", type=lambda text: Path(text).resolve())
    parser.add_argument("--chip", default="generic-256")
    parser.add_argument("--engine", default="core")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--build-dir")
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    tools = find_tools(arguments.build_dir)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="wage-case-") as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for root in arguments.cases:
            case = json.loads((root / "case.json").read_text())
            for chip in arguments.chip.split(","):
                binary = folder / f"{root.name}.{chip}.wbin".replace("/", "_")
                problem = compile_case(tools[0], root, case, chip, binary)
                for engine in arguments.engine.split(","):
                    for threads in arguments.threads.split(","):
                        begin = time.monotonic()
                        text, good, bad = (problem, 0, max(1, len(list((root / "expected").glob("*.npy"))))) \
                            if problem else run_combination(tools, root, case, chip, engine, threads, binary, folder)
                        if text:
                            print(text)
                        print(f"{root.name} on {chip}, {engine} engine, {threads} threads: "
                              f"{good} of {good + bad} arrays equal ({time.monotonic() - begin:.1f} s)", flush=True)
                        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
