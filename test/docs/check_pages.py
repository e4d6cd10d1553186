"""Checks the pages under docs/.

    check_pages.py ROOT WAGE_OPT

Every fenced `mlir` example must pass `wage-opt`, every relative link and every path in backquotes that begins with a folder
of the repository must lead somewhere. Prints what does not, and `N passed, N failed`.
"""
import re
import subprocess
import sys
from pathlib import Path

FOLDERS = "benchmarks|cmake|compiler|dialects|docs|examples|runtime|targets|test|tools"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./*-]*)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_example(wage_opt, code):
    """What wage-opt says against the example; empty if nothing."""
    done = subprocess.run([wage_opt, "-o", "/dev/null"], input=code, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def check_page(root, page, wage_opt):
    """(place, problem) of each thing checked; an empty problem means that it is right."""
    text = page.read_text()
    for match in FENCE.finditer(text):
        if match.group(1) == "mlir":
            yield line_of(text, match.start()), check_example(wage_opt, match.group(2))
    prose = FENCE.sub(lambda match: "\n" * match.group(0).count("\n"), text)
    for match in PATH.finditer(prose):
        yield line_of(prose, match.start()), "" if any(root.glob(match.group(1).rstrip("/"))) else f"no {match.group(1)}"
    for match in LINK.finditer(prose):
        yield line_of(prose, match.start()), "" if (page.parent / match.group(1)).exists() else f"no {match.group(1)}"


def main(root, wage_opt):
    passed = failed = 0
    for page in sorted(root.glob("docs/**/*.md")):
        for line, problem in check_page(root, page, wage_opt):
            if problem:
                print(f"{page.relative_to(root)}:{line}: {problem}")
            passed, failed = passed + (not problem), failed + bool(problem)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
