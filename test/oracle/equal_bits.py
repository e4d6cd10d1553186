#!/usr/bin/python3
"""Equal bits or wrong: whole cases drawn from seeds, run in every way, against the golden model.

    equal_bits.py [--seed=S] [--count=N] [--seconds=T] [--shrink-seconds=T] [--out=DIR]
    equal_bits.py --case=FILE,... [--shrink-seconds=T] [--out=DIR]

Each seed draws a network (all that the golden model has, sums by identity and by convolution included), its arithmetic,
samples and learning rates, the layers that learn, a chip (listed or drawn), a mapping, a spike code, and whether it trains or
infers. The case is compiled, and run on both engines, with one host thread and with several, and under every instruction set
of this computer. Compared with the golden model are all arrays that training traces (wage_oracle.py lists them), and the
logits of inference. What the compiler refuses must be refused by the fit report, by limits of the chip; at most half of all
cases may be. With --seconds no case is begun after T seconds.

The first failure of a case is told in one line: which run, which array, where, what was found and expected; then the command
that repeats it. The case is then made smaller as long as the same kind of failure remains, for T seconds at most (default
300; 0: not at all), and the smallest one is written to DIR (default: build/equal-bits) as JSON, as case_spec.py describes it,
with its command.

The last line is `N passed, N failed`, over all arrays of all runs. Tools are taken from PATH, or else from the latest build
under build/. Exit code 0 if all passed.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import case_spec  # noqa: E402
import draw_case  # noqa: E402
import run_case  # noqa: E402
import shrink_case  # noqa: E402
import spike_cases  # noqa: E402

# In which order a step makes them; what differs first is what is told.
MADE = ("scale_log2", "initial", "out", "error", "grad", "delta", "master", "exponents_and_wrong", "final", "logits")
MOST_REFUSED = 0.5
PLACING = "--placer"  # which --check does not take
# A trace has hundreds of small files, and wage-run waits until a disk has each.
MEMORY = "/dev/shm"


class Failure(Exception):
    """A case fails: a kind that its smaller forms must share, a text whose first line says all, and how many arrays are wrong."""

    def __init__(self, kind, text, arrays=1):
        super().__init__(text)
        self.kind, self.arrays = kind, arrays


def kind_of(text):
    """A message without what differs between two cases that fail alike: numbers, names in quotes, paths."""
    return re.sub(r"'[^']*'|\S*/\S*|\w*\d\w*", "*", text)


def made_first(line):
    """Sorts lines on arrays that differ by when the array was made."""
    step, part, number = re.match(r"(?:step(\d+)\.)?([a-z_0-9]+)\.(?:(\d+)\.)?npy", line).groups()
    early = part in MADE[:2]
    return (-1 if early else int(step) if step else sys.maxsize), MADE.index(part), int(number or 0)


def run(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=run_case.LONGEST_SECONDS)


class Runner:
    """Runs cases, and counts what was compared."""

    def __init__(self, folder):
        self.translate, self.run = run_case.find_tools(None)
        self.isas, self.folder = run_case.supported_isas(self.run), folder
        self.networks = self.runs = self.arrays = self.refused = 0

    def ways(self, spec):
        isas = self.isas if spec["isas"] == "every" else spec["isas"]
        return [(engine, threads, isa) for engine in spec["engines"] for threads in spec["threads"] for isa in isas]

    def compiles(self, root, case, chip, flags, binary):
        """Whether the chip takes the network; raises Failure where compiler and fit report do not agree, or name no limit."""
        network = run_case.compile_flags(root, case, chip)
        compiled = run(self.translate, "--onnx-to-chip", *network, *flags, "-o", binary)
        checked = run(self.translate, "--check", *network, *(flag for flag in flags if not flag.startswith(PLACING)))
        said = compiled.stderr.strip() or f"exit code {compiled.returncode}"
        if compiled.returncode not in (0, 1) or checked.returncode not in (0, 1):
            raise Failure(f"crash {kind_of(said)}", f"compiler: {said}\n{checked.stderr}".rstrip())
        if compiled.returncode != checked.returncode:
            raise Failure(f"report {compiled.returncode}", f"compiler: --check ends with {checked.returncode}, compiling with "
                          f"{compiled.returncode}: {said}\n{checked.stdout}{checked.stderr}".rstrip())
        if compiled.returncode and not is_by_limits(said):
            raise Failure(f"refused {kind_of(said)}", f"compiler: refuses, but by no limit of the chip: {said}")
        return compiled.returncode == 0

    def infer(self, root, case, binary, engine, threads, isa, result):
        """As run_case.judge_run, for inference."""
        result.mkdir()
        done = run(self.run, "infer", binary, f"--images={root / case['images']}", f"--engine={engine}", f"--threads={threads}",
                   f"--isa={isa}", f"--logits={result / 'logits.npy'}")
        if done.returncode:
            return f"infer: exit code {done.returncode}: {done.stderr.strip()}", 0, 1
        return run_case.compare(root, result)

    def judge(self, spec):
        """Runs a case. Returns whether its chip takes it; raises Failure, or case_spec.Invalid."""
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            try:
                return self.judge_in(Path(scratch), spec)
            except subprocess.TimeoutExpired as late:
                raise Failure("hangs", f"no end in {late.timeout} s: {' '.join(late.cmd)}") from None

    def judge_in(self, root, spec):
        case, chip, flags = case_spec.write(spec, root)
        binary = root / "case.wbin"
        if not self.compiles(root, case, chip, flags, binary):
            return False
        for way in self.ways(spec):
            result = root / ".".join(map(str, way))
            text, good, bad = (run_case.judge_run(self.run, root, case, binary, *way, result, root)
                               if spec["mode"] == "train" else self.infer(root, case, binary, *way, result))
            self.runs, self.arrays = self.runs + 1, self.arrays + good
            if bad:
                raise difference("{} engine, {} threads, {}".format(*way), text, bad)
        return True


def difference(way, text, bad):
    """The failure of one run, with so many bad arrays."""
    lines = text.split("\n")
    arrays = [line for line in lines if re.match(r"\S+\.npy: ", line)]
    if not arrays:
        return Failure(f"run {kind_of(lines[-1])}", f"{way}: {text}", bad)
    more = f" (and {len(arrays) - 1} more arrays)" if len(arrays) > 1 else ""
    return Failure("differs", f"{way}: {min(arrays, key=made_first)}{more}", bad)


def is_by_limits(text):
    """Whether a refusal is the fit report's, every note of it a limit of the chip."""
    notes = [line for line in text.splitlines() if "note: " in line]
    return bool(notes) and all(map(spike_cases.NOTE.search, notes)) and bool(re.search("cannot (train|run) this network", text))


def smallest(runner, spec, failure, seconds):
    """The case made smaller, as long as it fails in the same way."""
    def fails(candidate):
        try:
            runner.judge(candidate)
        except Failure as other:
            return other.kind == failure.kind
        except case_spec.Invalid:
            pass
        return False

    before = runner.runs, runner.arrays
    spec = shrink_case.shrink(spec, fails, seconds, runner.ways(spec))
    runner.runs, runner.arrays = before
    return spec


def report(runner, name, spec, failure, again, arguments):
    """Tells a failure, and its smallest form."""
    print(f"{name}: {failure}\n  again: {Path(__file__).name} {again}", flush=True)
    if arguments.shrink_seconds <= 0:
        return
    spec = smallest(runner, spec, failure, arguments.shrink_seconds)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{name.replace(' ', '-')}.json"
    path.write_text(case_spec.dump(spec))
    print(f"  smaller: {len(spec['layers'])} layers, {len(runner.ways(spec))} runs")
    print(f"  again: {Path(__file__).name} --case={path}", flush=True)


def cases(arguments):
    """(name, case, arguments that repeat it) of all that is to be run."""
    for path in arguments.case:
        yield path.stem, json.loads(path.read_text()), f"--case={path}"
    if not arguments.case:
        for seed in range(arguments.seed, arguments.seed + arguments.count):
            if time.monotonic() > arguments.begin + arguments.seconds:
                return
            yield f"seed {seed}", draw_case.draw(seed), f"--seed={seed} --count=1"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--case", type=lambda text: [Path(name) for name in text.split(",")], default=[])
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--shrink-seconds", type=float, default=300)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "build" / "equal-bits")
    parser.set_defaults(begin=time.monotonic())
    return parser.parse_args()


def main():
    arguments, failed = parse_arguments(), 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no scratch files stay in memory
    with tempfile.TemporaryDirectory(prefix="wage-equal-bits-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as scratch:
        runner = Runner(Path(scratch))
        for name, spec, again in cases(arguments):
            runner.networks += 1
            try:
                if not runner.judge(spec):
                    runner.refused += 1
                    print(f"{name}: refused", flush=True)
            except Failure as failure:
                failed += failure.arrays
                report(runner, name, spec, failure, again, arguments)
    print(f"{runner.networks} networks, {runner.refused} of them refused by limits of their chips; {runner.runs} runs")
    if crowded := runner.refused > MOST_REFUSED * runner.networks:
        print("more than half are refused: too little is compared")
    print(f"{runner.arrays} passed, {failed} failed")
    sys.exit(1 if failed or crowded else 0)


if __name__ == "__main__":
    main()
