#!/usr/bin/python3
"""Measures how fast wage is beside other programs, and writes tables of ratios.

    benchmarks/run.sh [--rows=NAME,...] [--quick] [--list] [--threads=1,2] [--pairs=N] [--seconds=S]
                      [--clock=wall|processor] [--build=build/dev] [--processors=0,1] [--output=FILE]

Everything is built, and peers are installed, by benchmarks/run.sh. --rows picks rows by the beginnings of their names
(--list prints them); then, and with --quick (two short pairs each), the page goes to the build folder, else to
benchmarks/speed/results.md. --threads leaves out rows of other numbers of threads. --output names another file.
--clock=processor is for a machine that does other things as well: on one thread it counts what the processor computes,
for both sides and the probe.
"""
import argparse
import os
import sys
import time
from pathlib import Path

from bench import ROOT, Bench, install_onnxruntime, processor_line
from pairs import Pair, Probe, Spread, compare
from report import page
from rows import PROCESSES, ROWS, Row
from servers import ServerFailed, measure_process

PROBE_SECONDS = 0.05
REST_SECONDS = 0.02
CLOCKS = {"wall": "the wall's", "processor": "on one thread the processor's; the machine did other things as well"}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Prober:
    """Asks the probes, on one thread and, for rows that use them, on two."""

    def __init__(self, bench):
        self.busy = bench.busy
        self.servers = {threads: bench.probe(threads) for threads in (1, 2)[:len(bench.processors)]}
        self.counts = {threads: server.count_for(PROBE_SECONDS) for threads, server in self.servers.items()}

    def ask(self, threads):
        busy = self.busy and threads == 1
        return Probe(*(self.servers[each].run(self.counts[each], busy) for each in range(1, threads + 1)))

    def close(self):
        for server in self.servers.values():
            server.close()


def version_of(server):
    """What a server says it is. Errors: its network gives the same number for everything, so that it shows nothing."""
    version, _, logits = server.about.partition(" logits ")
    if logits == "1":
        raise ServerFailed(f"all logits of {version} are equal")
    return version


def rested(server, count, busy):
    """Runs when the threads of the side before have gone to sleep."""
    time.sleep(REST_SECONDS)
    return server.run(count, busy)


def measure(bench, prober, row, about):
    """The row's result: the other's label with a comparison, or with the reason why there is none."""
    result = {"row": row}
    if row.threads > len(bench.processors):
        return {**result, "why": f"needs {row.threads} processors"}
    try:
        other = row.other(bench)
        result["other"] = other.label
        with row.ours.start(bench) as ours, other.start(bench) as theirs:
            about["beside"] |= {version_of(ours), version_of(theirs)} - {"wage"}
            counts = [server.count_for(bench.seconds * row.part) for server in (ours, theirs)]

            def pair():
                before = prober.ask(row.threads)
                busy = bench.busy and row.threads == 1
                seconds = [rested(server, count, busy) for server, count in zip((ours, theirs), counts)]
                return Pair(before, *seconds, prober.ask(row.threads))
            result["comparison"] = compare(bench.pairs, pair)
    except ServerFailed as problem:
        result["why"] = str(problem)
    return result


def measure_whole(bench, process):
    try:
        command = process.command(bench)
        count = 1 if bench.quick else process.runs
        runs = [measure_process(command, bench.pinned(process.processors)) for _ in range(count)]
    except ServerFailed as problem:
        return {"process": process, "why": str(problem)}
    seconds, busy, mebibytes = zip(*runs)
    return {"process": process, "seconds": Spread.of(seconds), "busy": Spread.of(busy), "mebibytes": max(mebibytes)}


def told(result):
    comparison = result.get("comparison")
    if "seconds" in result:
        peak = f"{result['mebibytes']:.0f} MiB" if result["mebibytes"] else "a small peak"
        return f"{result['seconds'].text(3)} s, {peak}"
    if comparison is None or not comparison.kept:
        return result.get("why") or f"no pair counted ({comparison.counts()})"
    ours, other = comparison.spread(lambda pair: pair.ours * 1e3), comparison.spread(lambda pair: pair.other * 1e3)
    return (f"{comparison.spread(lambda pair: pair.ratio).text()} x {result['other']} "
            f"({ours.median:.4g} and {other.median:.4g} ms), pairs {comparison.counts()}")


def positive(kind):
    def read(text):
        if (value := kind(text)) <= 0:
            raise ValueError
        return value
    read.__name__ = "positive number"
    return read


def processors(text):
    """Numbers of two processors that this process may use, or of one."""
    numbers = tuple(int(number) for number in text.split(","))
    if not set(numbers) <= os.sched_getaffinity(0) or len(numbers) > 2 or len(set(numbers)) < len(numbers):
        raise ValueError
    return numbers


def parse():
    parser = argparse.ArgumentParser(prog="benchmarks/run.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="", help="beginnings of the names of rows")
    parser.add_argument("--threads", default="1,2", help="numbers of threads of the rows")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--pairs", type=positive(int))
    parser.add_argument("--seconds", type=positive(float), help="of one side of a pair")
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev")
    parser.add_argument("--processors", type=processors, default="0,1", help="the first does all work on one thread")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    if not options.list and not (options.build / "CMakeCache.txt").exists():
        parser.error(f"--build: '{options.build}' is no build folder, run benchmarks/run.sh")
    if options.output and not options.output.parent.is_dir():
        parser.error(f"--output: folder '{options.output.parent}' does not exist")
    return options


def chosen(options, entries):
    wanted = tuple(options.rows.split(",")) if options.rows else ("",)
    threads = options.threads.split(",")
    return [entry for entry in entries
            if entry.name.startswith(wanted) and str(getattr(entry, "threads", 1)) in threads]


def measure_all(bench, prober, rows, processes, about, output):
    """Writes the page after each row, so that an interrupted run leaves what it has."""
    results, whole = [], []
    for entry in rows + processes:
        if isinstance(entry, Row):
            results.append(measure(bench, prober, entry, about))
        else:
            whole.append(measure_whole(bench, entry))
        say(f"{entry.name}: {told((results if isinstance(entry, Row) else whole)[-1])}")
        output.write_text(page(about, results, whole))


def prepare(bench):
    """Binaries are compiled afresh, by the compiler that is measured. Returns what is wrong with peers."""
    bench.folder.mkdir(parents=True, exist_ok=True)
    for path in bench.folder.glob("*.wbin"):
        path.unlink()
    return install_onnxruntime(bench.build)


def main():
    options = parse()
    rows, processes = chosen(options, ROWS), chosen(options, PROCESSES)
    if options.list:
        print(*(entry.name for entry in rows + processes), sep="\n")
        return
    if not rows and not processes:
        sys.exit(f"benchmarks/run.sh: error: no row begins with '{options.rows}' (--list prints all)")
    bench = Bench(options.build.resolve(), options.quick, options.processors,
                  options.pairs, options.seconds, options.clock == "processor")
    about = {"processor": processor_line("model name"), "load when it began": f"{os.getloadavg()[0]:.1f}",
             "clock": CLOCKS[options.clock], "pairs wanted": f"{bench.pairs}, of {bench.seconds:g} s a side",
             "build": bench.build_kind(), "beside": set()}
    if problem := prepare(bench):
        about["ONNX Runtime"] = f"not there: {problem}"
    elif any(row.table == "Inference" for row in rows):
        about["a call of ONNX Runtime that does nothing"] = f"{bench.ort_call() * 1e6:.0f} µs"
    whole_page = not options.rows and not options.quick and options.threads == "1,2"
    output = options.output or (ROOT / "benchmarks/speed/results.md" if whole_page else bench.folder / "results.md")
    try:
        prober = Prober(bench)
    except ServerFailed as problem:
        sys.exit(f"benchmarks/run.sh: error: no probe: {problem}")
    about["limit of one thread"] = f"{1 / prober.ask(1).one:.0f} GMAC/s"
    measure_all(bench, prober, rows, processes, about, output)
    prober.close()
    say(f"wrote {output}")


if __name__ == "__main__":
    main()
