#!/usr/bin/python3
"""Prints the log of run.py as a table: errors by epoch, beside those of others.

    table.py LOG.jsonl [--run=mnist|cifar10] [--beside=LOG.txt] [--every=N]

--run adds what is published: for cifar10 a last column, the test errors in the WAGE authors' own log of this network
after epochs 1, 2, 10 and 50; for mnist a line below, since only the ends of runs are known. --beside takes the last column
from such a log instead, whose lines say `Epoch: 009 ... Test: 0.1825` (their epochs count from 0). --every prints each
Nth epoch, the first, the last and those with a number beside.
"""
import argparse
import json
import re
import sys
from pathlib import Path

AUTHORS = {"cifar10": {1: 56.8, 2: 51.5, 10: 18.3, 50: 11.5}, "mnist": {}}
NOTES = {"cifar10": "",
         "mnist": "\nOf whole runs: 0.40 % in the paper; a float emulation of WAGE reached 0.57 % in 27 epochs."}


def read_beside(path):
    found = re.findall(r"Epoch:\s*(\d+).*?Test:\s*([0-9.]+)", path.read_text())
    if not found:
        sys.exit(f"table.py: error: {path}: no line 'Epoch: N ... Test: E' is in it")
    return {int(epoch) + 1: 100 * float(error) for epoch, error in found}


def percent(errors, images):
    return f"{100 * errors / images:.2f}" if images else "-"


def rows_of(lines):
    """(epoch, training error, test error, images/s, seconds) of each epoch that was finished; of two alike the later."""
    rows = {}
    for line in lines:
        for epoch in line["epochs"]:
            if "eval_errors" not in epoch:
                continue
            alone = len(line["epochs"]) == 1
            rows[epoch["epoch"]] = (percent(epoch["errors"], epoch["images"]),
                                    percent(epoch["eval_errors"], epoch["eval_images"]),
                                    f"{line['images_per_second']:.0f}" if alone else "-",
                                    f"{line['seconds']:.1f}" if alone else "-")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", type=Path)
    parser.add_argument("--run", choices=list(AUTHORS))
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    if not arguments.log.is_file():
        sys.exit(f"table.py: error: {arguments.log}: no such file")
    beside = read_beside(arguments.beside) if arguments.beside else AUTHORS.get(arguments.run, {})
    rows = rows_of([json.loads(line) for line in arguments.log.read_text().splitlines()])
    columns = ["epoch", "training error, %", "test error, %", "images/s", "seconds"] + ["authors' test error, %"] * bool(beside)
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    shown = {min(rows, default=0), max(rows, default=0)} | set(beside)
    for epoch in sorted(rows):
        if epoch % arguments.every == 0 or epoch in shown:
            other = f"{beside[epoch]:.2f}".rstrip("0").rstrip(".") if epoch in beside else ""
            print("| " + " | ".join([str(epoch), *rows[epoch], *[other] * bool(beside)]) + " |")
    print(NOTES.get(arguments.run, ""), end="\n" if NOTES.get(arguments.run) else "")


if __name__ == "__main__":
    main()
