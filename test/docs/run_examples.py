"""Runs every fenced block of the pages: README.md, CONTRIBUTING.md and all under docs/.

    run_examples.py ROOT SCRATCH [PAGE or FOLDER...]

What becomes of a block follows from the word behind its fence, or from a comment on the line before it:

    ```mlir            goes through wage-opt, twice, with the same text both times; in docs/passes.md also through the pass that
                       it stands under. If it has functions @before and @after, the pass must turn one into the other
    ```after OPTIONS   in docs/passes.md: what the pass with these options leaves of, or prints about, the block before; each line
                       must be found, in this order, and `...` stands for anything; names of values do not count
    ``` with `$ `      a transcript: each command runs and must print what follows it
    ```sh              commands that must succeed
    ```json, ```python must parse, must run
    <!-- from: FILE -->    the block is a quotation: its lines stand in FILE one after another, whatever their indentation;
                           a line `...` leaves lines out
    <!-- not run: WHY -->  nothing is done
    ```text            only in pages that are generated, which test/docs/generated.test compares with their source

Commands run with bash in a folder that looks like the repository's root, one per page, but what they write stays out of
the repository. Of their output a line `...` stands for any number of lines, and `...` in a line for any text; rates,
times and host memory (`N images/s`, `in M:SS`, and "seconds", "images_per_second", "peak_bytes" of --json) may have any
number.

Prints each block that fails, then how many blocks of each kind there are, and `N passed, N failed`.
"""
import collections
import json
import os
import re
import subprocess
import sys
from pathlib import Path

VARYING = [(re.compile(r"[\d,.e+]+ images/s"), "N images/s"), (re.compile(r"in \d+:\d\d(?::\d\d)?\b"), "in M:SS"),
           (re.compile(r'"(seconds|images_per_second|peak_bytes)": [\d.e+-]+'), r'"\1": N')]
MARKER = re.compile(r"<!-- (from|not run): (.*?) -->$")
FENCE = re.compile(r"^```([\w-]*) ?(.*)$")
PASS_TITLE = re.compile(r"^### `-([\w-]+)`$")
CHIP_PROGRAM = ("chip.program @example input [1, 8, 8] : i8 classes = 10 infer_phases = 1 state [0, 0, 0] encoder_table ["
                + ", ".join(["0"] * 256) + "] chip {{}} {{\n{}chip.core @none rows [0, 0] neurons [0, 0]"
                " parameters [] links []\n{}}}\n")


class Block:
    def __init__(self, page, line, word, rest, marker):
        self.page, self.line, self.word, self.rest, self.marker = page, line, word, rest, marker
        self.lines, self.under, self.previous, self.next_word = [], None, None, None

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"


def read_blocks(page):
    """(blocks, problems) of a page."""
    blocks, problems, block, under, marker = [], [], None, None, None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if block:
            if line == "```":
                blocks.append(block)
                block = None
            else:
                block.lines.append(line)
            continue
        title, fence = PASS_TITLE.match(line), FENCE.match(line)
        under = title.group(1) if title else under
        if fence:
            block = Block(page, number, fence.group(1), fence.group(2), marker)
            block.under, block.previous = under, blocks[-1] if blocks else None
            if block.previous:
                block.previous.next_word = block.word
        elif line.lstrip().startswith("```"):
            problems.append((number, "a fence that does not begin its line is not run"))
        if line.strip():
            match = MARKER.match(line)
            marker = match.groups() if match else None
    if block:
        problems.append((block.line, "no end of the block"))
    return blocks, problems


def run(command, text=None, **more):
    done = subprocess.run(command, input=text, capture_output=True, text=True, **more)
    return done.returncode, done.stdout, done.stderr


def optimise(text, *flags):
    """(output, problem) of wage-opt."""
    code, out, error = run(["wage-opt", "--split-input-file", *flags], text)
    return out, "" if code == 0 else f"wage-opt {' '.join(flags)}: {error.strip() or code}"


def function_named(name, text):
    """(text of the function, text without it), in what wage-opt prints."""
    match = re.search(rf"^( *)func\.func @{name}\(.*?^\1\}}\n", text, re.S | re.M)
    return match.group(0), text.replace(match.group(0), "")


def check_rewrite(text, flag):
    """Whether the pass turns @before into @after."""
    printed, _ = optimise(text)
    before, rest = function_named("before", printed)
    after, other = function_named("after", printed)
    made, problem = optimise(other.replace("@before(", "@after("), f"--{flag}")
    if problem:
        return problem
    found = function_named("after", made)[0]
    return "" if found == after else f"--{flag} makes of @before\n{found}and @after is\n{after}"


def check_mlir(block):
    text = block.text
    if text.startswith("chip.") and not text.startswith("chip.program"):
        text = CHIP_PROGRAM.format("" if "@forward per_sample" in text else "chip.phase @forward per_sample\n", text)
    once, problem = optimise(text)
    if problem:
        return problem
    twice, problem = optimise(once)
    if problem or once != twice:
        return problem or "printed and parsed again it is another text"
    if block.page.name != "passes.md" or not block.under or block.next_word == "after":
        return ""
    if "func.func @before(" in text and "func.func @after(" in text:
        return check_rewrite(text, block.under)
    return optimise(text, f"--{block.under}")[1]


def flatten(text):
    return re.sub(r"\s+", " ", re.sub(r"%[\w.]+(?:#\d+)?(?::\d+)?", "%", re.sub(r"//.*", "", text)))


def check_after(block):
    if not block.previous or block.previous.word != "mlir":
        return "no mlir block before it"
    flag = f"--{block.under}" + (f"={block.rest}" if block.rest else "")
    out, problem = optimise(block.previous.text, flag)
    position, made = 0, flatten(out)
    for line in ([] if problem else block.lines):
        for piece in flatten(line).split("..."):
            found = made.find(piece.strip(), position)
            if found < 0:
                return f"{flag} does not leave '{piece.strip()}' (here) but\n{out}"
            position = found + len(piece.strip())
    return problem


def commands_of(lines):
    """(command, expected lines) of a transcript."""
    commands, open_command = [], False
    for line in lines:
        if line.startswith("$ "):
            commands.append([line[2:], []])
        elif open_command:
            commands[-1][0] += "\n" + line
        elif commands:
            commands[-1][1].append(line)
        else:
            return None
        if line.startswith("$ ") or open_command:
            open_command = line.rstrip().endswith(("\\", "|", "&&"))
    return commands


def pattern_of(expected):
    text = "\n".join(expected) + "\n" if expected else ""
    for regex, replacement in VARYING:
        text = regex.sub(replacement, text)
    # A line of dots is any number of lines, dots in a line any text.
    text = re.sub(r"^\\\.\\\.\\\.\\\n", r"(?:.*\\n)*?", re.escape(text), flags=re.M)
    return re.compile(text.replace(r"\.\.\.", ".*"))


def check_commands(commands, folder, must_succeed=False):
    for command, expected in commands:
        code, out, _ = run(["bash", "-c", f"{{ {command}\n}} 2>&1"], cwd=folder)
        if must_succeed and code:
            return f"$ {command}\nexit code {code}\n{out}"
        for regex, replacement in VARYING:
            out = regex.sub(replacement, out)
        if not must_succeed and not pattern_of(expected).fullmatch(out):
            return f"$ {command}\nprints\n{out}instead of\n" + "\n".join(expected)
    return ""


def check_quotation(block, root, name):
    lines = [line.strip() for line in (root / name).read_text().splitlines()] if (root / name).exists() else []
    position, first = 0, True
    for line in (line.strip() for line in block.lines):
        if line in ("...", "// ...", "# ..."):
            first = True
            continue
        if first and line in lines[position:]:
            position = lines.index(line, position) + 1
        elif not first and position < len(lines) and lines[position] == line:
            position += 1
        else:
            return f"{name} does not say here '{line}'"
        first = False
    return ""


def check(block, root, folder):
    """(kind, problem)"""
    if block.marker and block.marker[0] == "not run":
        return "not run", "" if block.marker[1] else "no reason why it is not run"
    if block.marker:
        return "quotations", check_quotation(block, root, block.marker[1])
    if block.word == "mlir":
        return "mlir", check_mlir(block)
    if block.word == "after":
        return "results of passes", check_after(block)
    if block.word == "sh":
        return "scripts", check_commands([(block.text, [])], folder, must_succeed=True)
    if block.word == "json":
        return "json", "" if json.loads(block.text) else "empty"
    if block.word == "python":
        return "python", check_commands([(f"python3 - <<'EOF'\n{block.text}EOF", [])], folder, must_succeed=True)
    if block.word == "text" and "Do not edit. -->" in block.page.read_text():
        return "generated", ""
    commands = commands_of(block.lines) if not block.word else None
    if commands:
        return "transcripts", check_commands(commands, folder)
    return "unknown", f"what should be done with '```{block.word}'?"


def look_like(root, folder):
    """A folder with the repository's files, but for build/ a place of its own."""
    (folder / "build").mkdir(parents=True)
    for name in root.iterdir():
        if name.name not in ("build", ".git"):
            (folder / name.name).symlink_to(name)
    return folder


def main(root, scratch, *names):
    pages = []
    for name in names or ["README.md", "CONTRIBUTING.md", "docs"]:
        pages += sorted((root / name).glob("**/*.md")) if (root / name).is_dir() else [root / name]
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"].split(os.pathsep)[0], "/usr/bin", os.environ["PATH"]])
    kinds, failed = collections.Counter(), 0
    for index, page in enumerate(pages):
        blocks, problems = read_blocks(page)
        kinds["unknown"] += len(problems)
        folder = look_like(root, scratch / f"page{index}")
        for block in blocks:
            kind, problem = check(block, root, folder)
            kinds[kind] += 1
            problems += [(block.line, problem)] if problem else []
        for line, problem in sorted(problems):
            print(f"{page.relative_to(root)}:{line}: {problem}")
        failed += len(problems)
    for kind, count in sorted(kinds.items()):
        if count:
            print(f"{kind}: {count}")
    print(f"{sum(kinds.values()) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not sum(kinds.values()) else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), *sys.argv[3:])
