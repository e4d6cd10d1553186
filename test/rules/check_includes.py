"""Compares every `#include` of the tree's own files, and of ONNX and protobuf, with the table of who may include whom in
CONTRIBUTING.md.

    check_includes.py ROOT

A row's first cell names a folder, its last the folders that files in it may include; rows of the folders above it hold for it
as well. A row that says `anything` allows all. Nothing may include tools/ or test/ but themselves.
"""
import re
import sys
from pathlib import Path

FOLDERS = ("dialects", "compiler", "targets", "runtime", "tools", "test")
# Headers of others that only some folders may include.
FOREIGN = ("onnx", "google/protobuf")
INCLUDE = re.compile(rf'^#include ["<]((?:{"|".join(FOLDERS + FOREIGN)})/[^">]+)[">]', re.M)


def read_rules(text):
    rules = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        folder = re.fullmatch(r"`([\w/]+)`", cells[0])
        if len(cells) == 3 and folder and folder.group(1).split("/")[0] in FOLDERS:
            names = [""] if cells[2] == "anything" else re.findall(r"`([\w/]+)`", cells[2])
            rules[folder.group(1).rstrip("/")] = [name.rstrip("/") for name in names]
    return rules


def lies_in(path, folder):
    return not folder or path == folder or path.startswith(folder + "/")


def main(root):
    rules = read_rules((root / "CONTRIBUTING.md").read_text())
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.suffix in (".h", ".cpp")]
    checked = failed = 0
    for path in files:
        name = path.relative_to(root).as_posix()
        allowed = [target for folder, targets in rules.items() if lies_in(name, folder) for target in targets]
        for include in INCLUDE.findall(path.read_text()):
            checked += 1
            if lies_in(include, name.rsplit("/", 1)[0]) or any(lies_in(include, target) for target in allowed):
                continue
            failed += 1
            print(f"{name}: may not include {include}")
    print(f"{checked - failed} passed, {failed} failed")
    sys.exit(1 if failed or not checked else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
