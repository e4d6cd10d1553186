"""Golden and random cases: ONNX Runtime's logits of the exported network against the chip's.

    compare_cases.py RUNTIME_DIR CASE_DIR... [--bits=W-A-G-E,...] [--rounding=R,...] [--mode=infer|train]
                     [--init=I,...] [--chip=NAME]

A case is a folder as wage_oracle.py describes it. Every combination of the given widths, roundings and starts is compiled
and exported; without a list, the case's own. What the compiler refuses is printed and counts for nothing.
"""
import argparse
import itertools
import json
import tempfile
from pathlib import Path

from exported import Refused, Verdict, check_model, run, run_onnx


def compare_case(root, network, arguments, scratch, verdict):
    """Compiles and exports one case with the flags `network`, and compares the logits of its images."""
    case = json.loads((root / "case.json").read_text())
    flags = [f"--mode={arguments.mode}", f"--init-gain={case['init_gain']}", *network]
    name = f"{root.name} {' '.join(flags)}"
    images = root / case["images"]
    try:
        run("wage-translate", "--onnx-to-chip", root / case["model"], f"--chip={arguments.chip}", *flags,
            "-o", scratch / "case.wbin")
    except Refused as refusal:
        print(f"{name}: refused: {refusal}")
        return
    run("wage-translate", "--export-onnx", root / case["model"], *flags, "-o", scratch / "case.onnx")
    run("wage-run", "infer", scratch / "case.wbin", f"--images={images}", "--engine=fused",
        f"--logits={scratch / 'chip.npy'}")
    run_onnx(arguments.runtime, scratch / "case.onnx", images, scratch / "onnx.npy")
    verdict.compare(f"{name} ({check_model(scratch / 'case.onnx')})", scratch / "onnx.npy", scratch / "chip.npy")


def networks(root, arguments):
    """The flags of every combination."""
    case = json.loads((root / "case.json").read_text())
    own = {"bits": "-".join(str(case["bits"][k]) for k in "wager"),
           "rounding": case.get("rounding", "half_even").replace("_", "-"),
           # What the golden model calls "wage" starts from the model's own weights.
           "init": {"wage": "model"}.get(case.get("init", "wage"), case.get("init"))}
    lists = [(getattr(arguments, choice) or own[choice]).split(",") for choice in own]
    for values in itertools.product(*lists):
        yield [f"--{choice}={value}" for choice, value in zip(own, values)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runtime", metavar="RUNTIME_DIR", type=Path)
    parser.add_argument("cases", metavar="CASE_DIR", nargs="+", type=Path)
    parser.add_argument("--bits")
    parser.add_argument("--rounding")
    parser.add_argument("--init")
    parser.add_argument("--mode", default="infer")
    parser.add_argument("--chip", default="generic-256")
    arguments = parser.parse_args()
    verdict = Verdict()
    with tempfile.TemporaryDirectory() as scratch:
        for root in arguments.cases:
            for network in networks(root, arguments):
                compare_case(root, network, arguments, Path(scratch), verdict)
    verdict.finish()


if __name__ == "__main__":
    main()
