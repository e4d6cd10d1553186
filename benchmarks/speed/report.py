"""The page of results."""
HEAD = """# Speed, beside others

Written by `benchmarks/run.sh`; [docs/benchmarks.md](../../docs/benchmarks.md) says how it measures and how to read it.
A ratio is ours to the other's speed in the same pair: median (least–most) of the pairs that count. `pairs` is how many
count, and how many were thrown away: the probe had moved, or two threads were not 1.7 times as fast as one. The limit
is that of `vpdpbusd` in registers, at the same time.

"""
UNITS = {"Inference": "images/s", "Training step": "images/s", "Instruction sets": "images/s", "Engines": "images/s",
         "Two threads": "images/s", "Kernels": "GMAC/s"}


def table(head, rows, words=2):
    """Columns of words stand left, those of numbers right."""
    aligned = "|".join(" --- " if index < words else " ---: " for index in range(len(head)))
    lines = [f"| {' | '.join(cells)} |" for cells in [head, *rows]]
    return "\n".join([lines[0], f"|{aligned}|", *lines[1:]]) + "\n"


def number(value):
    return f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def share(part):
    return f"{100 * part:.0f} %"


def cells_of(result, per_second):
    """One row: `result` has the row, the other's label where one was found, and a comparison or why there is none."""
    row, comparison = result["row"], result.get("comparison")
    first = [row.work, result.get("other", "")]
    if comparison is None or not comparison.kept:
        why = result.get("why") or f"no pair counted: {comparison.counts()}"
        return [*first, "", "", why, row.bar, "", "", comparison.counts() if comparison else ""]
    other_threads = 1 if row.table == "Two threads" else row.threads
    ours = comparison.spread(lambda pair: per_second / pair.ours)
    other = comparison.spread(lambda pair: per_second / pair.other)
    ours_share = comparison.spread(lambda pair: row.macs / pair.ours / pair.limit_of(row.threads))
    other_share = comparison.spread(lambda pair: row.macs / pair.other / pair.limit_of(other_threads))
    return [*first, number(ours.median), number(other.median), comparison.spread(lambda pair: pair.ratio).text(), row.bar,
            share(ours_share.median), share(other_share.median), comparison.counts()]


def table_of(name, results):
    unit = UNITS[name]
    rows = []
    for result in results:
        row = result["row"]
        rows.append(cells_of(result, row.samples if unit == "images/s" else row.macs * 1e-9))
    return table(["work", "beside", f"ours, {unit}", f"other, {unit}", "ratio", "bar", "ours of limit", "other of limit",
                  "pairs"], rows)


def process_table(results):
    rows = []
    for result in results:
        process = result["process"]
        if "why" in result:
            rows.append([process.work, result["why"], "", "", process.bar])
        else:
            rows.append([process.work, result["seconds"].text(3), result["busy"].text(3),
                         f"{result['mebibytes']:.0f}" if result["mebibytes"] else "small", process.bar])
    return table(["whole process", "seconds", "of processors", "peak MiB", "bar"], rows, words=1)


def page(about, results, processes):
    facts = {name: ", ".join(sorted(value)) if isinstance(value, set) else value for name, value in about.items()}
    parts = [HEAD, "\n".join(f"- {name}: {value}" for name, value in facts.items()), "\n"]
    for name in UNITS:
        if chosen := [result for result in results if result["row"].table == name]:
            parts.append(f"\n## {name}\n\n{table_of(name, chosen)}")
    if processes:
        parts.append(f"\n## Start-up and compilation\n\n{process_table(processes)}")
    return "".join(parts)
