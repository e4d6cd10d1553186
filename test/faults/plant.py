#!/usr/bin/python3
"""Plants the faults of faults.py, one at a time, and demands that a small set of tests finds each.

    plant.py [--only=NAME,...] [--build=DIR] [--jobs=N]
    plant.py --list      prints name, file, meaning and tests of each fault
    plant.py --check     only looks whether the table still fits the tree: seconds, no build

The tracked tree is copied to DIR, by default a temporary folder that is removed at the end, and built there with the dev
preset. A DIR that is named is kept, so that the next run builds little. First every test that a fault names must pass on the
unchanged copy. Then, for each fault: its text is replaced, what its tests need is built, and its tests run, for 60 seconds
at most. Each prints a line: name, what is wrong, the tests, seconds with the build, and the first test that failed, or
SURVIVED. The last line is `N faults: N caught, N survived`.

A fault whose old text does not stand in its file exactly once, that does not compile, or whose tests take longer than their
limit is no fault that was caught: it is named at the end as broken. Exit code 0 if all faults were caught, else 1.
"""
import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
MARK = ".planted-faults"  # stands in folders that this script may overwrite
LIMIT = 60
TOOLS = ("attack-program", "feed-inputs", "wage-opt", "wage-run", "wage-translate")


class Broken(Exception):
    """A fault that says nothing about the tests."""


def is_unit(test):
    return ":" in test


def targets_of(test):
    """What must be built before `test` can run."""
    if is_unit(test):
        return {test.split(":")[0]}
    file = ROOT / "test" / test
    text = file.read_text()
    # Scripts that a test starts start tools themselves, some by way of scripts beside them.
    for where, script in re.findall(r"%(S|source)/(\S+\.py)", text):
        script = (file.parent if where == "S" else ROOT) / script
        text += script.read_text()
        for module in re.findall(r"^(?:from|import) (\w+)", script.read_text(), re.MULTILINE):
            if (script.parent / f"{module}.py").exists():
                text += (script.parent / f"{module}.py").read_text()
    return {tool for tool in TOOLS if tool in text}


# The table against the tree


def unit_tests():
    """By program, the names Suite.Test of its test cases; parameterised suites as they stand in the sources."""
    cases = {}
    for folder in (ROOT / "test" / "unit").iterdir():
        if not (folder / "CMakeLists.txt").exists():
            continue
        for program, rest in re.findall(r"wage_add_unittest\((\w+)([^)]*)\)", (folder / "CMakeLists.txt").read_text()):
            for source in re.findall(r"\w+\.cpp", rest):
                text = (folder / source).read_text()
                cases.setdefault(program, []).extend(".".join(name) for name in re.findall(r"TEST\w*\((\w+), (\w+)\)", text))
    return cases


def find_problems(faults):
    """What of the table does not fit the tree."""
    problems, cases = [], unit_tests()
    names = [fault.name for fault in faults]
    problems += [f"{name}: two faults of this name" for name in sorted({name for name in names if names.count(name) > 1})]
    for fault in faults:
        file = ROOT / fault.file
        count = file.read_text().count(fault.old) if file.exists() else 0
        if count != 1:
            problems.append(f"{fault.name}: its text stands {count} times in {fault.file}, needed once: {fault.old}")
        if fault.old == fault.new or not fault.tests:
            problems.append(f"{fault.name}: changes nothing or names no test")
        for test in fault.tests:
            if is_unit(test):
                program, pattern = test.split(":")
                if not any(fnmatch.fnmatchcase(case, pattern) for case in cases.get(program, [])):
                    problems.append(f"{fault.name}: no case of {program} matches {pattern}")
            elif not (ROOT / "test" / test).is_file():
                problems.append(f"{fault.name}: there is no test/{test}")
    return problems


# The scratch build


class Scratch:
    def __init__(self, folder, jobs):
        self.tree, self.jobs = folder, jobs
        self.build = folder / "build" / "dev"
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
            sys.exit(f"plant.py: error: '{folder}' holds something else, needed an empty folder or one of an earlier run")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
        # lit asks npm for ONNX Runtime, which no test here needs; of random mutants the first few must do.
        self.environment = os.environ | {"npm_config_offline": "true", "WAGE_MUTANTS": "300"}
        shared = ROOT.parent / "shared"
        if shared.is_dir():
            self.environment.setdefault("WAGE_SHARED_DIR", str(shared))

    def synchronize(self):
        """Makes the copy equal to the tree. Files that are equal keep their times, so that they are not built again."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                                capture_output=True, text=True, check=True).stdout
        names = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
        for file in self.tree.rglob("*"):
            name = file.relative_to(self.tree)
            if name.parts[0] not in ("build", MARK) and not file.is_dir() and str(name) not in names:
                file.unlink()
        for name in names:
            source, copy = ROOT / name, self.tree / name
            if copy.exists() and copy.read_bytes() == source.read_bytes():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            if copy.exists():
                shutil.copy(source, copy)
            else:
                shutil.copy2(source, copy)

    def run(self, command, limit=None):
        """Exit code and output; None for a command that was stopped after `limit` seconds."""
        process = subprocess.Popen([str(word) for word in command], cwd=self.tree, env=self.environment, text=True,
                                   errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None, ""
        return process.returncode, output

    def make(self, targets):
        code, output = self.run(["cmake", "--build", self.build, f"-j{self.jobs}", "--target", *sorted(targets)])
        if code:
            lines = [line for line in output.splitlines() if "error" in line.lower() or "FAILED" in line]
            raise Broken(f"does not build: {lines[0] if lines else output[-300:]}")

    def configure(self):
        code, output = self.run(["cmake", "--preset", "dev"])
        if code:
            sys.exit(f"plant.py: error: the copy cannot be configured:\n{output}")
        cache = (self.build / "CMakeCache.txt").read_text()
        self.lit = re.search(r"^WAGE_LIT:\w+=(.*)$", cache, re.MULTILINE).group(1)

    def find_failure(self, tests, limit=LIMIT):
        """Runs `tests` in turn. Returns the name of the first that fails, or None."""
        end = time.monotonic() + limit
        for test in tests:
            failure = self.run_unit(test, end) if is_unit(test) else self.run_lit(test, end)
            if failure:
                return failure
        return None

    def run_limited(self, test, command, end):
        code, output = self.run(command, max(end - time.monotonic(), 1))
        if code is None:
            raise Broken(f"{test} does not end within {LIMIT} s")
        return code, output

    def run_unit(self, test, end):
        program, pattern = test.split(":")
        code, output = self.run_limited(
            test, [self.build / "test" / "unit" / "programs" / program, f"--gtest_filter={pattern}:*/{pattern}:*/{pattern}/*",
                   "--gtest_fail_fast"], end)
        started = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
        if not started:
            raise Broken(f"{test} runs no test")
        failed = re.findall(r"^\[  FAILED  \] (\w[\w./]*)", output, re.MULTILINE)
        return None if code == 0 else failed[0] if failed else f"{started[-1]} (died)"

    def run_lit(self, test, end):
        code, output = self.run_limited(test, [self.lit, "-v", self.build / "test" / test], end)
        if "Unsupported" in output:
            raise Broken(f"{test} does not run on this machine")
        return None if code == 0 else test


def plant(scratch, fault):
    """The name of the test that finds the fault, or None."""
    file = scratch.tree / fault.file
    text = file.read_text()
    if text.count(fault.old) != 1:
        raise Broken(f"its text stands {text.count(fault.old)} times in {fault.file}")
    file.write_text(text.replace(fault.old, fault.new))
    try:
        scratch.make(set().union(*map(targets_of, fault.tests)))
        return scratch.find_failure(fault.tests)
    finally:
        file.write_text(text)  # newer than all that was built with the fault


def plant_all(scratch, faults):
    scratch.synchronize()
    scratch.configure()
    tests = sorted({test for fault in faults for test in fault.tests})
    scratch.make(set().union(*map(targets_of, tests)))
    start = time.monotonic()
    failures = []
    for test in tests:
        try:
            if failure := scratch.find_failure([test]):
                failures.append(f"{failure} fails")
        except Broken as problem:
            failures.append(str(problem))
    if failures:
        sys.exit(f"plant.py: error: without any fault, {', '.join(failures)}")
    print(f"without faults: {len(tests)} sets of tests pass, {time.monotonic() - start:.0f} s", flush=True)
    caught, survived, broken = 0, [], []
    for fault in faults:
        start = time.monotonic()
        try:
            failure = plant(scratch, fault)
        except Broken as problem:
            broken.append(f"{fault.name}: {problem}")
            failure = "BROKEN"
        else:
            caught += failure is not None
            survived += [] if failure else [fault.name]
        print(f"{fault.name:28} {fault.breaks:58} {' '.join(fault.tests):60} {time.monotonic() - start:4.0f} s  "
              f"{failure or 'SURVIVED'}", flush=True)
    for problem in broken:
        print(f"broken: {problem}")
    print(f"{len(faults)} faults: {caught} caught, {len(survived)} survived" + (f", {len(broken)} broken" if broken else ""))
    return not survived and not broken


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--build", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    wanted = [name for name in arguments.only.split(",") if name]
    if unknown := set(wanted) - {fault.name for fault in FAULTS}:
        sys.exit(f"plant.py: error: no fault named {', '.join(sorted(unknown))}")
    faults = [fault for fault in FAULTS if not wanted or fault.name in wanted]
    if arguments.list:
        for fault in faults:
            print(f"{fault.name}: {fault.file}: {fault.breaks} ({' '.join(fault.tests)})")
        return True
    if problems := find_problems(faults):
        print("\n".join(problems))
        sys.exit(f"plant.py: error: {len(problems)} problems of the table")
    if arguments.check:
        print(f"{len(faults)} faults fit the tree")
        return True
    if arguments.build:
        return plant_all(Scratch(arguments.build.resolve(), arguments.jobs), faults)
    with tempfile.TemporaryDirectory() as folder:
        return plant_all(Scratch(Path(folder) / "tree", arguments.jobs), faults)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
