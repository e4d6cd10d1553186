#!/usr/bin/env python3
"""Every constraint of the chip dialect's ops, broken one by one in programs that are right: invalid.py MLIR...

Each row is a constraint, a text to find in one of the files, what is put there, and a part of wage-opt's error.
"""
import re
import subprocess
import sys
from pathlib import Path

ROWS = [
    ("program_c1", r"input \[1, 28, 28\]", "input [1, 28]", "input and state must have 3 entries, got 2 and 3"),
    ("program_c1", r"encoder_table \[-127, ", "encoder_table [",
     "encoder_table must have 256 entries, or 256 for each of 1 channels, got 255"),
    ("program_c1", r"(input \[1, 28, 28\] : )i8", r"\1index", "input type must be i1, i8, i16, i32 or i64, got 'index'"),
    ("program_c2", r"infer_phases = 2", "infer_phases = 99", "infer_phases must be 1 to "),
    ("layer_c1", r"kernel \[5, 5\]", "kernel [5, 0]", "planes, kernel, strides and dilations must be pairs of positive numbers"),
    # The product of the extents is 0 in 64 bits.
    ("layer_c1", r"kernel \[5, 5\]", "kernel [4294967296, 4294967296]", "must be pairs of positive numbers below 2^31"),
    ("layer_c1", r"(chip.layer @conv1 .*scale_log2 \[)\d+, ", r"\1",
     "scale_log2 must have one entry per neuron, got 3 for 4 neurons"),
    ("layer_c2", r"rows = 25 ", "rows = 26 ", "rows must be a positive multiple of the kernel size 25, got 26"),
    ("layer_c3", r"groups = 4", "groups = 3", "groups must divide the "),
    ("pool_c1", r"(chip.pool .*)strides \[2, 2\]", r"\1strides [2]",
     "planes, kernel and strides must be pairs of positive numbers"),
    ("pool_c1", r"(chip.pool .*)pads \[0, 0\]", r"\1pads [0, 2]", "each pad must be smaller than the kernel"),
    ("tables_c1", r"(chip.tables .*bits = )\d+", r"\g<1>1", "bits must be 2 to 16, got 1"),
    ("move_c1", r"(chip.move .*sizes \[)", r"\g<1>-2, ", "'chip.move' op "),
    ("assembly_c1", r"(chip.assembly .*begins \[)\d+", r"\1-1", "a part must begin at 0 or later and have an element"),
    ("template_c1", r"parameters \[(\"[^\"]*\"), ", r"parameters [\1, \1, ", "is declared twice"),
    ("template_c2", r"chip.stream @forward", "chip.stream @never",
     "must be a phase of the program that comes after the streams before it"),
    ("buffer_c1", r"(chip.buffer @\S+ : )i8", r"\1i7", "element type must be i1, i8, i16, i32 or i64, got 'i7'"),
    ("buffer_c2", r'lifetime = "batch"', 'lifetime = "ever"', "lifetime must be 'sample', 'batch' or 'step', got 'ever'"),
    ("buffer_c3", r'(chip.buffer .*elements = )"[^"]*"', r'\1"nothing"',
     "elements, address and first_entry must be i32 numbers or parameters"),
    ("buffer_c4", r"(chip.buffer .*)first_entry = \S+( : i32)?", r"\1", "tables and first_entry must stand together"),
    ("buffer_c5", r"slots = \d+", "slots = 1", "slots must be more than one, of a buffer that lives for a sample, got 1"),
    ("buffer_c5", r'lifetime = "batch"', 'lifetime = "batch" slots = 2', "got 2 of lifetime 'batch'"),
    ("inst_c1", r'chip.inst "relu"', 'chip.inst "rely"', "'rely' is not in the opcode table"),
    ("inst_c2", r'(chip.inst "relu" \{)', r"\1more = 1 : i32, ", "'relu' must have 2 fields, got 3"),
    ("inst_c3", r'(chip.inst "relu" \{input = )@\S+,', r"\1@nowhere,",
     "field 'input' must name a buffer of the template, got @nowhere"),
    ("core_c1", r"rows \[0, 25\]", "rows [9, 2]", "rows and neurons must be pairs [begin, end] with begin <= end"),
    ("core_c2", r"links \[0, ", "links [", "links must be pairs (route, offset), got "),
    ("route_c1", r"(chip.route from \S+ to )\[[^]]*\]", r"\1[]", "must have a destination"),
    ("route_c2", r"chip.route from -1", "chip.route from -2",
     "source and destinations must be cores of the program or -1, the host"),
    ("route_c3", r'as "graded"', 'as "ttfs"', "code must be 'graded', 'rate' or 'phase', got 'ttfs'"),
    ("route_c3", r'(chip.route .* : )i8( as "graded")', r"\1i32\2", "events carry elements of i8 or i16, got 'i32'"),
    ("host_port_c1", r'(chip.host_port .*)"image"', r'\1"picture"',
     "data must be 'image', 'labels', 'control' or 'logits', got 'picture'"),
    ("trace_c1", r'(chip.trace "out" : )"slice"', r'\1"slices"', "kind 'slices' is none of the six kinds of trace points"),
]


def main():
    texts = [Path(name).read_text() for name in sys.argv[1:]]
    tested, failed = set(), 0
    for name, find, replacement, wanted in ROWS:
        text = next((text for text in texts if re.search(find, text)), None)
        if text is None:
            print(f"{name}: nothing like {find}")
            failed += 1
            continue
        done = subprocess.run(["wage-opt", "-", "-o", "/dev/null"], input=re.sub(find, replacement, text, count=1),
                              capture_output=True, text=True)
        if done.returncode != 1 or wanted not in done.stderr:
            print(f"{name}: wanted {wanted}, found exit code {done.returncode} and {done.stderr[:300]}")
            failed += 1
        tested.add(name)
    print(f"{len(tested)} constraints, {len(ROWS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
