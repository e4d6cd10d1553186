"""Checks that what the pages name exists.

    check_pages.py ROOT

In README.md, CONTRIBUTING.md and all pages under docs/, every relative link and every path in backquotes that begins with a
folder of the repository must lead somewhere. Prints what does not, and `N passed, N failed`.
"""
import re
import sys
from pathlib import Path

FOLDERS = "benchmarks|cmake|compiler|dialects|docs|examples|runtime|targets|test|tools"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./*-]*)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```[^\n]*\n.*?^```$", re.S | re.M)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_page(root, page):
    """(place, problem) of each thing checked; an empty problem means that it is right."""
    text = page.read_text()
    prose = FENCE.sub(lambda match: "\n" * match.group(0).count("\n"), text)
    for match in PATH.finditer(prose):
        yield line_of(prose, match.start()), "" if any(root.glob(match.group(1).rstrip("/"))) else f"no {match.group(1)}"
    for match in LINK.finditer(prose):
        yield line_of(prose, match.start()), "" if (page.parent / match.group(1)).exists() else f"no {match.group(1)}"


def main(root):
    passed = failed = 0
    for page in [root / "README.md", root / "CONTRIBUTING.md", *sorted(root.glob("docs/**/*.md"))]:
        for line, problem in check_page(root, page):
            if problem:
                print(f"{page.relative_to(root)}:{line}: {problem}")
            passed, failed = passed + (not problem), failed + bool(problem)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
