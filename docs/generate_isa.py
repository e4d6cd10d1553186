#!/usr/bin/python3
"""Writes docs/isa.md, the page of the instruction set, from the sources that define it.

    generate_isa.py           write isa.md beside this script
    generate_isa.py --check   write nothing; exit 1 if isa.md is not what would be written

Opcodes, fields and kinds come from runtime/Format/Opcodes.def, the cycle formula from the comment in
runtime/Format/Cost.h, the shape of a word from runtime/Format/Opcodes.h. The page says nothing that is not there, but for
the sentences in PAGE below.
"""
import difflib
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMAT = HERE.parent / "runtime" / "Format"

PAGE = """\
# Instruction set

<!-- Made by docs/generate_isa.py from runtime/Format/Opcodes.def, Opcodes.h and Cost.h. Do not edit. -->

What stands in a template's stream. The verifier, the disassembler, both engines and the cost model read the same table,
`runtime/Format/Opcodes.def`; this page is made from it. How streams stand in a file: `format.md`. How the mapper uses them:
`mapping.md`.

## A word

{word}

An instruction has {words} words of 32 bits, so at most {operands} operands. A buffer field is always a number; any other
field may be a parameter, which is then read from the core's row.

## Kinds of fields

| kind | meaning |
|---|---|
{kinds}

## Cost

{cost}

A message moves the bytes of its links instead of its whole buffer, a receive that adds or keeps the maximum moves them
twice, and a message without links costs nothing. Only `Mac` and `Update` have work cycles; of the others the bytes decide.

What `work` stands for:

| work | of |
|---|---|
{works}

## Instructions

| number | mnemonic | work | meaning |
|---:|---|---|---|
{overview}

Fields, in the order of their words:

| mnemonic | fields |
|---|---|
{fields}
"""


def strip_comment(line, marker):
    """The text behind a comment marker, or None for a line of code."""
    line = line.strip()
    return line[len(marker):].removeprefix(" ") if line.startswith(marker) else None


def comment_before(text, marker, code):
    """The lines of the comment that ends right before the line that begins with `code`."""
    lines = text.splitlines()
    end = next(i for i, line in enumerate(lines) if line.startswith(code))
    begin = end
    while begin and strip_comment(lines[begin - 1], marker) is not None:
        begin -= 1
    return [strip_comment(line, marker) for line in lines[begin:end]]


def read_opcodes(text):
    """(name, mnemonic, number, work, meaning, fields) of each instruction, in the order of the table."""
    body = text[text.index("#endif"):]
    opcodes = []
    for entry in re.split(r"\bWAGE_OPCODE\(", body)[1:]:
        head, _, tail = entry.partition("FIELDS(")
        name, mnemonic, number, work, meaning = [part.strip() for part in head.split(",", 4)]
        meaning = "".join(re.findall(r'"([^"]*)"', meaning))
        fields = re.findall(r"FIELD\((\w+),\s*(\w+)\)", tail)
        if not meaning or not fields:
            sys.exit(f"generate_isa.py: error: Opcodes.def: '{name}' has no meaning or no fields")
        opcodes.append((name, mnemonic, int(number), work, meaning, fields))
    return opcodes


def read_kinds(text):
    """(names, meaning) of the field kinds: the indented lines behind `Kinds:`, names and meaning two spaces apart."""
    lines = [strip_comment(line, "//") for line in text.splitlines()]
    first = next(i for i, line in enumerate(lines) if line is not None and line.rstrip().endswith("Kinds:")) + 1
    kinds = []
    for line in lines[first:]:
        match = line is not None and re.match(r"\s+(\w+(?:, \w+)*)\s\s+(\S.*)", line)
        if not match:
            break
        kinds.append(match.groups())
    known = {name for names, _ in kinds for name in names.split(", ")}
    known.add("LinkCount")   # the second word of Links, named in its meaning
    return kinds, known


def read_works(text):
    """(kind, what it counts) of each kind of work, from the comment that begins with `work:`."""
    match = re.search(r"//\s+work: (.*?)\n//\n", text, re.S)
    sentence = re.sub(r"\n//\s+", " ", match.group(1))
    return re.findall(r"(\w+) \(([^)]*)\)", sentence[sentence.index(":"):]) + [("None", "nothing")]


def make_page():
    table, header, cost = [(FORMAT / name).read_text() for name in ("Opcodes.def", "Opcodes.h", "Cost.h")]
    opcodes, works = read_opcodes(table), read_works(table)
    kinds, known = read_kinds(table)
    for name, _, _, work, _, fields in opcodes:
        unknown = [kind for _, kind in fields if kind not in known]
        if unknown or work not in dict(works):
            sys.exit(f"generate_isa.py: error: Opcodes.def: '{name}' uses {unknown or work}, which its comment does not explain")
    words = int(re.search(r"instructionWords = (\d+);", header).group(1))
    row = "| {} |".format
    cells = lambda *values: row(" | ".join(str(value) for value in values))
    formula = "\n".join("    " + line.strip() if line.startswith("  ") else line
                        for line in comment_before(cost, "///", "struct InstructionCost"))
    return PAGE.format(
        word="\n".join(comment_before(header, "///", "constexpr uint32_t instructionWords")),
        words=words, operands=words - 1,
        kinds="\n".join(cells(", ".join(f"`{k}`" for k in names.split(", ")), meaning) for names, meaning in kinds),
        cost=re.sub(r"\n(    [^\n]*)\n", r"\n\n\1\n\n", formula),
        works="\n".join(cells(f"`{kind}`", text) for kind, text in works),
        overview="\n".join(cells(number, f"`{mnemonic}`", f"`{work}`", meaning)
                           for _, mnemonic, number, work, meaning, _ in opcodes),
        fields="\n".join(cells(f"`{mnemonic}`", ", ".join(f"{name}: `{kind}`" for name, kind in fields))
                         for _, mnemonic, _, _, _, fields in opcodes))


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    path, page = HERE / "isa.md", make_page()
    if not arguments:
        path.write_text(page)
        return
    old = path.read_text() if path.exists() else ""
    if old == page:
        print("isa.md is current")
        return
    sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), page.splitlines(True), "isa.md", "as made now"))
    sys.exit("isa.md is not current: run docs/generate_isa.py")


if __name__ == "__main__":
    main(sys.argv[1:])
