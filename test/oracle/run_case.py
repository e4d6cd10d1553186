#!/usr/bin/python3
"""Golden harness: compiles cases, trains them with wage-run, and compares every array with the golden model's.

    run_case.py CASE_DIR... [--chip=C,...] [--engine=E,...] [--threads=N,...] [--isa=NAME,...|every] [--spike-code=CODE]
                [--build-dir=DIR] [--keep=DIR]

CASE_DIR is a folder as wage_oracle.py describes it (case.json, the files it names, expected/). Every combination of the
given cases, chips, engines, thread counts and instruction sets (every: those that this machine has) is run; each run prints
the arrays that differ, and the last line is `N passed, N failed` over all arrays of all runs. Exit code 0 if all passed, 1 if
not.

The fused engine runs once more without traced steps, which it takes in larger steps of its own: the arrays that this run
writes (weights, exponents, logits) must be those of the traced one, byte for byte, and are counted with it.

--spike-code=graded lets activations and errors cross as events.

The tools are taken from DIR/bin; without --build-dir from PATH, or else from the latest build under build/.
--keep=DIR leaves each run's arrays there, in CASE.CHIP.ENGINE.THREADS/, and its binary beside them.
"""
import argparse
import contextlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# A run that takes longer hangs.
LONGEST_SECONDS = 1800
TOOLS = ("wage-translate", "wage-run")
# The golden model needs numpy. Debian's own python has it where another one in PATH may not.
DEBIAN_PYTHON = "/usr/bin/python3"
if __name__ == "__main__" and not importlib.util.find_spec("numpy") and sys.executable != DEBIAN_PYTHON:
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])
sys.path.insert(0, str(HERE))
import wage_oracle  # noqa: E402


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


def compile_flags(root, case, chip):
    """What wage-translate is told of the case's network, its arithmetic and the chip."""
    return [
        str(root / case["model"]), f"--chip={chip}", "--bits=" + "-".join(str(case["bits"][k]) for k in "wager"),
        f"--init-gain={case['init_gain']}", "--rounding=" + case.get("rounding", "half_even").replace("_", "-"),
        # What the golden model calls "wage" starts from the model's own weights.
        "--init=" + {"wage": "model"}.get(case.get("init", "wage"), case.get("init")), f"--batch={case['batch']}"]


def compile_case(translate, root, case, chip, binary, flags=()):
    """Compiles the case's network for training, with more `flags`. Returns an error text, or None."""
    command = [translate, "--onnx-to-chip", *compile_flags(root, case, chip), "--mode=train", *flags, "-o", str(binary)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0 and binary.exists():
        return None
    return f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}".rstrip()


def train_case(run, root, case, binary, engine, threads, isa, result, scratch, traced_steps=()):
    """Trains the case, writing arrays into `result`. Returns an error text, or None."""
    rates = scratch / "rates.txt"
    rates.write_text("".join(f"{rate}\n" for rate in case["lr_log2"]))
    command = [
        run, "train", str(binary), f"--images={root / case['images']}", f"--labels={root / case['labels']}",
        f"--batch={case['batch']}", f"--steps={len(case['lr_log2'])}", f"--lr-log2-file={rates}",
        f"--seed={case['seed']}", "--shuffle=none", f"--engine={engine}", f"--threads={threads}", f"--isa={isa}",
        "--json", f"--trace-dir={result}"]
    if traced_steps:
        command.append("--trace-steps=" + ",".join(str(step) for step in traced_steps))
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    if done.returncode == 0:
        return None
    return f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}".rstrip()


def expected_arrays(root):
    """How many arrays fail where there is nothing to compare; a case without any fails once."""
    return max(1, len(list((root / "expected").glob("*.npy"))))


def compare(root, result):
    """The golden model's verdict on the traced arrays: (text of the differences, passed, failed)."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        wage_oracle.main(["check", str(root), str(result)])
    *lines, last = said.getvalue().strip().split("\n")
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", last)
    if not counts or counts[1] == counts[2] == "0":
        return f"no verdict from the golden model\n{said.getvalue()}".rstrip(), 0, expected_arrays(root)
    return "\n".join(lines), int(counts[1]), int(counts[2])


def compare_untraced(traced, untraced):
    """As `compare`, for a run that traced no steps beside one that did."""
    paths = sorted(untraced.glob("*.npy"))
    if not paths:
        return "no arrays without traced steps", 0, 1
    lines = [f"{path.name}: differs from the run with traced steps" for path in paths
             if not (traced / path.name).exists() or path.read_bytes() != (traced / path.name).read_bytes()]
    return "\n".join(lines), len(paths) - len(lines), len(lines)


def judge_run(run, root, case, binary, engine, threads, isa, result, scratch):
    """Trains the case, with the fused engine twice. Returns (text of the differences, passed, failed)."""
    text = train_case(run, root, case, binary, engine, threads, isa, result, scratch, case.get("trace", ()))
    if text:
        return text, 0, expected_arrays(root)
    verdicts = [compare(root, result)]
    if engine == "fused" and case.get("trace"):
        untraced = result.with_name(result.name + ".untraced")
        text = train_case(run, root, case, binary, engine, threads, isa, untraced, scratch)
        verdicts.append((text, 0, 1) if text else compare_untraced(result, untraced))
    texts, passed, failed = zip(*verdicts)
    return "\n".join(filter(None, texts)), sum(passed), sum(failed)


def supported_isas(run):
    """The instruction sets that this machine has, as the tool tells them apart: others it refuses before it opens a file."""
    names = []
    for name in ("portable", "avx2", "avx512", "avx512-vnni"):
        done = subprocess.run([run, "infer", "no-such-file", "--images=none", f"--isa={name}"], capture_output=True, text=True)
        if "instruction set" not in done.stderr:
            names.append(name)
    return names


def run_case(tools, root, chip, engines, thread_counts, folder, flags=(), isas=("auto",)):
    """Compiles one case for one chip and runs it on all engines, thread counts and instruction sets. Yields (what, text, passed,
    failed)."""
    case = json.loads((root / "case.json").read_text())
    name = f"{root.name}.{chip}".replace("/", "_")
    binary = folder / f"{name}.wbin"
    problem = compile_case(tools[0], root, case, chip, binary, flags)
    for engine in engines:
        for threads in thread_counts:
            for isa in isas:
                of_isa, saying = ("", "") if isa == "auto" else (f".{isa}", f", {isa}")
                result = folder / f"{name}.{engine}.{threads}{of_isa}"
                verdict = (problem, 0, expected_arrays(root)) if problem else judge_run(
                    tools[1], root, case, binary, engine, threads, isa, result, folder)
                yield f"{root.name} on {chip}, {engine} engine, {threads} threads{saying}", *verdict


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", metavar="CASE_DIR", type=lambda text: Path(text).resolve())
    parser.add_argument("--chip", default="generic-256")
    parser.add_argument("--engine", default="core")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--isa", default="auto")
    parser.add_argument("--spike-code")
    parser.add_argument("--build-dir")
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    tools = find_tools(arguments.build_dir)
    flags = [f"--spike-code={arguments.spike_code}"] if arguments.spike_code else []
    isas = supported_isas(tools[1]) if arguments.isa == "every" else arguments.isa.split(",")
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="wage-case-") as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        begin = time.monotonic()
        for root in arguments.cases:
            for chip in arguments.chip.split(","):
                for what, text, good, bad in run_case(tools, root, chip, arguments.engine.split(","),
                                                      arguments.threads.split(","), folder, flags, isas):
                    if text:
                        print(text)
                    now = time.monotonic()
                    print(f"{what}: {good} of {good + bad} arrays equal ({now - begin:.1f} s)", flush=True)
                    passed, failed, begin = passed + good, failed + bad, now
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
