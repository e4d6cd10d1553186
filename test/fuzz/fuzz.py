#!/usr/bin/python3
"""Feeds changed files to the readers of wage, guided by what the code does with them (libFuzzer).

    fuzz.py [READER ...] [--seconds=60] [--jobs=1] [--build=build/fuzz] [--tools=build/dev] [--corpus=build/fuzz-corpus]
            [--coverage[=build/fuzz-coverage]] [--short]

Readers: onnx, binary, chip, idx, npy, cifar, gz, checkpoint, events-text, events-npy; all if none is named.

Makes seeds, replays what crashed once (Inputs/regressions), and runs each reader's target for --seconds, --jobs of them
side by side. Inputs that reach something new are kept in CORPUS/READER, and a later run goes on from them; crashes,
each told with the command that reproduces it, are kept in CORPUS/crashes. --build has the targets (`cmake --preset
fuzz`, then `cmake --build --preset fuzz`), --tools has wage-translate and wage-run, which make seeds. --coverage tells
the share of lines of the reader's own files that the corpus runs, by a build of the preset fuzz-coverage. --short is
the suite's run: a fixed number of inputs from a fixed seed.

Exit code: 0, or 1 if anything crashed.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import seeds  # noqa: E402

SOURCE = Path(__file__).resolve().parents[2]
REGRESSIONS = Path(__file__).resolve().parent / "Inputs/regressions"
LLVM = Path("/usr/lib/llvm-22/bin")
MOST_CRASHES = 10  # of one reader in one run; most are the same bug
# An input that takes longer than this, or a process that takes more memory, counts as a crash.
# Leaks are looked for at the end of a process: to look after each input that leaves something in a cache takes half a second.
LIMITS = ["-timeout=60", "-rss_limit_mb=2048", "-malloc_limit_mb=1024", "-detect_leaks=0"]
DATA = ["runtime/Data/FileFormats.cpp", "runtime/Data/Dataset.cpp", "runtime/Data/ByteSource.cpp"]
EVENTS = ["runtime/Data/EventFiles.cpp", "runtime/Data/EventRecording.cpp"]
# Name: inputs of the short run, most bytes of an input, the reader's own files.
READERS = {
    "onnx": (1500, 20000, ["compiler/Import/*.cpp"]),
    "binary": (400, 27000, ["runtime/Format/*.cpp"]),
    "chip": (1500, 10000, ["targets/ChipModel/Chip*.cpp"]),
    "idx": (5000, 4000, DATA),
    "npy": (5000, 4000, [*DATA, "runtime/Data/Npy.cpp", "runtime/Data/RealArray.cpp"]),
    "cifar": (3000, 10000, DATA),
    "gz": (3000, 4000, DATA),
    "checkpoint": (300, 4000, ["runtime/Checkpoint/Checkpoint.cpp"]),
    "events-text": (5000, 4000, EVENTS),
    "events-npy": (5000, 4000, [*EVENTS, "runtime/Data/Npy.cpp"]),
}


class Target:
    """One reader's target, and what became of its inputs."""

    def __init__(self, name, arguments, scratch):
        self.short_runs, self.longest, self.sources = READERS[name]
        self.name, self.arguments = name, arguments
        self.corpus, self.crash_folder = arguments.corpus / name, arguments.corpus / "crashes"
        # The targets write their input there, and a crash leaves it behind.
        self.environment = {**os.environ, "TMPDIR": scratch}
        self.runs = self.seconds = self.edges = 0
        self.crashes = []

    def command(self, build, *words):
        program = [str(build / "bin" / f"fuzz-{self.name}")]
        if self.name == "checkpoint":
            program.append(f"--binary={self.arguments.corpus / 'net.wbin'}")
        return [*program, *map(str, words)]

    def call(self, *words):
        """Runs the target once; a failure is kept with the command that repeats it."""
        kept = set(self.crash_folder.glob(f"{self.name}-*"))
        done = subprocess.run(self.command(self.arguments.build, *LIMITS, *words), env=self.environment, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            given = [word for word in words if not str(word).startswith("-")][:1]
            inputs = sorted(set(self.crash_folder.glob(f"{self.name}-*")) - kept) or given
            log = self.crash_folder / f"{self.name}-{len(self.crashes)}.log"
            log.write_text(done.stdout)
            reason = re.search(r"^(?:.*(?:ERROR: \w+Sanitizer|ERROR: libFuzzer|runtime error|Assertion|fuzz: ).*)$",
                               done.stdout, re.M)
            self.crashes.append(f"{reason[0] if reason else 'exit code ' + str(done.returncode)}\n  all of it: {log}\n  again: "
                                + shlex.join(self.command(self.arguments.build, *LIMITS, *inputs)))
        return done.stdout

    def replay(self):
        for case in sorted((REGRESSIONS / self.name).glob("*")):
            self.call(case, "-runs=1")

    def fuzz(self):
        self.replay()
        flags = [f"-max_len={self.longest}", "-print_final_stats=1", f"-artifact_prefix={self.crash_folder}/{self.name}-"]
        dictionary = self.arguments.corpus / f"{self.name}.dict"
        flags += [f"-dict={dictionary}"] if dictionary.exists() else []
        end = time.monotonic() + self.arguments.seconds
        while len(self.crashes) < MOST_CRASHES:
            begin = time.monotonic()
            if self.arguments.short:
                limit = [f"-runs={self.short_runs}", "-seed=1"]
            else:
                limit = [f"-max_total_time={max(int(end - begin), 1)}"]
            output = self.call(self.corpus, *flags, *limit)
            self.seconds += time.monotonic() - begin
            self.runs += int((re.findall(r"stat::number_of_executed_units: (\d+)", output)
                              or re.findall(r"^#(\d+)", output, re.M) or [0])[-1])
            self.edges = max([self.edges, *map(int, re.findall(r" cov: (\d+)", output))])
            if self.arguments.short or time.monotonic() >= end - 1:
                break
        return self

    def row(self):
        corpus = list(self.corpus.iterdir())
        cells = [self.name, self.runs, round(self.runs / self.seconds) if self.seconds else 0, len(corpus), self.edges,
                 len(self.crashes)]
        return cells + ([self.lines()] if self.arguments.coverage else [])

    def lines(self):
        """Percent of the lines of the reader's own files that the corpus runs."""
        build, profile = self.arguments.coverage, self.arguments.corpus / f"{self.name}.profraw"
        program = self.command(build, self.corpus, "-runs=0")
        subprocess.run(program, env={**self.environment, "LLVM_PROFILE_FILE": str(profile)}, check=True, capture_output=True)
        merged = profile.with_suffix(".profdata")
        subprocess.run([LLVM / "llvm-profdata", "merge", "-sparse", profile, "-o", merged], check=True)
        sources = [path for pattern in self.sources for path in SOURCE.glob(pattern)]
        summary = subprocess.run([LLVM / "llvm-cov", "export", "-summary-only", f"-instr-profile={merged}", program[0], *sources],
                                 check=True, stdout=subprocess.PIPE).stdout
        profile.unlink()
        return "{:.1f} %".format(json.loads(summary)["data"][0]["totals"]["lines"]["percent"])


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", metavar="READER")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--build", type=Path, default=SOURCE / "build/fuzz")
    parser.add_argument("--tools", type=Path, default=SOURCE / "build/dev")
    parser.add_argument("--corpus", type=Path, default=SOURCE / "build/fuzz-corpus")
    parser.add_argument("--coverage", type=Path, nargs="?", const=SOURCE / "build/fuzz-coverage")
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    unknown = [reader for reader in arguments.readers if reader not in READERS]
    if unknown:
        parser.error(f"no reader '{unknown[0]}', there are {', '.join(READERS)}")
    for build in [arguments.build, *([arguments.coverage] if arguments.coverage else [])]:
        if not (build / "bin/fuzz-binary").exists():
            parser.error(f"no targets in {build}/bin: cmake --preset {build.name} && cmake --build --preset {build.name}")
    return arguments


def main():
    arguments = read_arguments()
    (arguments.corpus / "crashes").mkdir(parents=True, exist_ok=True)
    seeds.make_seeds(arguments.corpus, arguments.tools / "bin", many=not arguments.short, readers=arguments.readers or READERS)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as scratch, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        targets = [Target(name, arguments, scratch) for name in arguments.readers or READERS]
        for target in pool.map(Target.fuzz, targets):
            for crash in target.crashes:
                print(f"{target.name}: {crash}", flush=True)
        rows = list(pool.map(Target.row, targets))
    titles = ["reader", "executions", "per second", "corpus", "edges", "crashes"] + (["lines"] if arguments.coverage else [])
    for row in [titles, *rows]:
        print(f"{row[0]:12}" + "".join(f"{cell:>12}" for cell in row[1:]))
    sys.exit(1 if any(target.crashes for target in targets) else 0)


if __name__ == "__main__":
    main()
