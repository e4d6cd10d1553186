"""Runs ONNX's own tests through importer and evaluator, and writes what came of them.

    onnx_backend.py DATA PAGE.md [--write] [--save=RESULTS | --load=RESULTS]
    onnx_backend.py DATA --form=canonical|training

DATA is the folder of Debian's libonnx-testdata. Results can be kept, and the page checked with them again. Without
--write, PAGE.md must be what would be written. Fails if a result is wrong or a model ends in anything but a result or a
refusal. With --form, each graph is first brought to that form, which must change nothing; there is no page then.

Many node tests give shapes, axes and weights as inputs of the graph. The importer needs them constant, as every exporter
writes them; so what is refused as it stands is tried again with all inputs but the first as initializers, then with all.
"""
import collections
import json
import multiprocessing
import re
import sys
import tempfile
from pathlib import Path

import onnx

import evaluate_vectors
from evaluate_vectors import Refused, Wrong, check_set, difference, evaluate, numbered, read_tensor, with_constants

SETS = ["node", "simple", "pytorch-converted", "pytorch-operator"]
TOLERANCE = 1e-3


def attempt(folder, constants_from, scratch):
    """The largest difference over a test's data sets, inputs from number `constants_from` on as constants."""
    worst = 0.0
    for data in sorted(folder.glob("test_data_set_*")):
        if constants_from is None:
            worst = max(worst, check_set(folder / "model.onnx", data, scratch))
        else:
            model, inputs = with_constants(folder / "model.onnx", data, constants_from, scratch)
            expected = [read_tensor(path) for path in numbered(data, "output")]
            found = evaluate(model, inputs, len(expected), scratch)
            worst = max([worst] + [difference(f, e) for f, e in zip(found, expected)])
    return worst


def reasons_for(model, scratch):
    """Why the model is not imported; nothing if it is."""
    try:
        evaluate(model, [], 0, scratch)
    except Refused as refused:
        return refused.args[0]


def run_test(folder):
    """(set, test, operators, verdict, detail)"""
    proto = onnx.load(str(folder / "model.onnx"))
    operators = sorted({node.op_type for node in proto.graph.node})
    name = folder.parent.name, folder.name[len("test_"):], operators
    reasons = None
    with tempfile.TemporaryDirectory() as scratch:
        for constants_from in (None, 1, 0):
            try:
                worst = attempt(folder, constants_from, Path(scratch))
            except Refused as refused:
                # The last attempt says what is in the way when everything is constant that can be.
                reasons = refused.args[0] if reasons is None or constants_from == 1 else reasons
                if any("operator" in reason for reason in reasons):
                    break  # no constant would help
            except Wrong as wrong:
                return *name, "wrong", str(wrong)
            except ValueError:  # sequences and optional values as vectors: what does the importer say?
                reasons = reasons_for(folder / "model.onnx", Path(scratch))
                if not reasons:
                    return *name, "wrong", "is imported, but its vectors are no tensors"
                break
            except Exception as problem:
                return *name, "wrong", f"{type(problem).__name__}: {problem}"
            else:
                verdict = {None: "passes", 1: "passes with constants", 0: "passes folded"}[constants_from]
                return (*name, verdict, "") if worst <= TOLERANCE else (*name, "wrong", f"differs by {worst:.3g}")
    return *name, "refused", shorten(reasons)


def shorten(reasons):
    """The first reason without the node's name, and how many others there are."""
    first = re.sub(r"^.*? \((\w+), opset \d+\): ", r"\1: ", reasons[0])
    first = re.sub(r"'[^']{30,}'", "'...'", first)
    return first + (f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else "")


def make_page(results):
    counts = {name: collections.Counter(r[3] for r in results if r[0] == name) for name in SETS}
    lines = [
        "# ONNX's own tests", "",
        "Written by `test/compiler/FloatEvaluator/Inputs/onnx_backend.py` from the tests that ONNX 1.12 ships (Debian's "
        "`libonnx-testdata`); do not edit.",
        "Each model goes through importer and float evaluator and must give the test's vectors within a relative 1e-3.", "",
        "- *passes*: as the model stands. *with constants*: with all inputs of the graph but the first as initializers, since",
        "  shapes, axes and weights must be known when compiling. *folded*: with all inputs as initializers.",
        "- *refused*: named by the importer, with the reason below. There is no other end.", "",
        "| set | tests | passes | with constants | folded | refused | wrong |", "|---|---|---|---|---|---|---|"]
    verdicts = ["passes", "passes with constants", "passes folded", "refused", "wrong"]
    for name in SETS:
        lines.append(f"| {name} | {sum(counts[name].values())} | " + " | ".join(str(counts[name][v]) for v in verdicts) + " |")
    lines += ["", "## Operators", "",
              "What came of the tests whose models hold the operator, all sets together.", "",
              "| operator | passes | refused |", "|---|---|---|"]
    by_operator = collections.defaultdict(collections.Counter)
    for _, _, operators, verdict, _ in results:
        for operator in operators:
            by_operator[operator]["refused" if verdict == "refused" else "passes"] += 1
    for operator, count in sorted(by_operator.items()):
        if count["passes"]:
            lines.append(f"| {operator} | {count['passes']} | {count['refused']} |")
    lines += ["", "## Refused", "", "| reason | tests |", "|---|---|"]
    by_reason = collections.defaultdict(list)
    for set_name, test, _, verdict, detail in results:
        if verdict == "refused":
            by_reason[detail].append(test if set_name == "node" else f"{set_name}/{test}")
    for reason, tests in sorted(by_reason.items()):
        reason = reason.replace("|", "\\|")
        lines.append(f"| {reason} | {', '.join(tests)} |")
    return "\n".join(lines) + "\n"


def main():
    data, page = Path(sys.argv[1]), Path(sys.argv[2])
    options = dict(argument[2:].split("=", 1) for argument in sys.argv[2:] if "=" in argument)
    evaluate_vectors.default_form = options.get("form", "")
    if "load" in options:
        results = json.loads(Path(options["load"]).read_text())
    else:
        folders = [folder for name in SETS for folder in sorted((data / name).glob("test_*"))
                   if (folder / "model.onnx").exists()]
        with multiprocessing.Pool(2) as pool:
            results = pool.map(run_test, folders, chunksize=8)
    if "save" in options:
        Path(options["save"]).write_text(json.dumps(results))
    verdicts = collections.Counter(r[3] for r in results)
    wrong = [f"{r[0]}/{r[1]}: {r[4]}" for r in results if r[3] == "wrong"]
    passed = sum(count for verdict, count in verdicts.items() if verdict.startswith("passes"))
    print("\n".join(wrong))
    print(f"{len(results)} tests: {passed} pass, {verdicts['refused']} refused, {len(wrong)} wrong")
    text = make_page(results)
    if "form" in options:
        sys.exit(1 if wrong or not passed else 0)
    if "--write" in sys.argv:
        page.write_text(text)
    elif not page.exists() or page.read_text() != text:
        sys.exit(f"{page.name} is not current: run this program with --write")
    sys.exit(1 if wrong or not passed else 0)


if __name__ == "__main__":
    main()
