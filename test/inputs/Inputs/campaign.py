"""Runs the tools on hostile input and judges what they do with it; the other files of this folder say on which.

An input is accepted (exit code 0) or refused: exit code 1 (2 for wrong usage), an error on standard error that says
where, and nothing else. Either way the process ends within its time and its memory, an earlier output file is intact
after a refusal, and no file is left that was not there before.
"""
import collections
import concurrent.futures
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

SECONDS = 60
BEFORE = b"what was there before"
# Sanitizers take memory of their own, so that a limit would say nothing.
SANITIZED = os.environ.get("WAGE_SANITIZED") == "1"
# Of data alone, code excluded: LLVM's libraries write on 40 MiB of theirs while they are loaded.
BASE_MIB = {"wage-translate": 128, "wage-opt": 128, "wage-run": 64}


class Campaign:
    """Counts what became of the inputs of each kind, and keeps what went wrong."""

    def __init__(self, folder):
        self.folder = Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.counts = collections.defaultdict(collections.Counter)
        self.problems = []
        self.number = 0
        self.lock = threading.Lock()
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.running = []

    def new_folder(self):
        with self.lock:
            self.number += 1
            folder = self.folder / str(self.number)
        folder.mkdir()
        return folder

    def feed(self, kind, name, files, command, **judgement):
        """Puts `files` (name: bytes, or a function that makes it at a path) into a folder of their own and runs `command`
        there, later and beside others."""
        self.running.append(self.pool.submit(self.feed_now, kind, name, files, command, **judgement))

    def feed_now(self, kind, name, files, command, **judgement):
        folder = self.new_folder()
        for path, content in files.items():
            if callable(content):
                content(folder / path)
            else:
                (folder / path).write_bytes(content)
        size = sum(len(content) for content in files.values() if not callable(content))
        try:
            result = self.run(kind, name, folder, command, size=size, **judgement)
        except Exception as problem:  # a judge that fails must not look like a pass
            self.report(kind, name, command, [repr(problem)], None)
            raise
        shutil.rmtree(folder)
        return result

    def run(self, kind, name, folder, command, size=0, codes=(0, 1), output=None, lines=None, says=None, mib=0,
            own_words=True, is_ir=False):
        """`codes`: the exit codes that are right; `output`: a file of the command's, which is there before; `lines`: the
        most lines of a refusal; `says`: what they must contain; `mib`: memory allowed beside the tool's own; `own_words`: not
        those of LLVM's parser of flags; `is_ir`: errors are MLIR's, each with the place and the text of the line."""
        if output:
            (folder / output).write_bytes(BEFORE)
        before = sorted(os.listdir(folder))
        limit = (BASE_MIB[command[0]] + mib) * 1024 + 80 * size // 1024
        guard = ["sh", "-c", f'ulimit -c 0; {"" if SANITIZED else f"ulimit -d {limit};"} exec timeout {SECONDS} "$@"', "sh"]
        result = subprocess.run(guard + [str(word) for word in command], cwd=folder, stdin=subprocess.DEVNULL,
                                capture_output=True)
        errors = result.stderr.decode(errors="replace")
        found = [line for line in errors.splitlines() if ": note: " not in line and ": warning: " not in line]
        wrong = []
        if result.returncode not in codes:
            wrong.append(f"exit code {result.returncode}, needed {codes}")
        if result.returncode == 0 and found:
            wrong.append("exit code 0, but an error was printed")
        if result.returncode:
            if not is_ir:
                wrong += self.judge_refusal(command[0], found, lines, says, own_words)
            elif ": error: " not in errors:
                wrong.append("needed an error")
            if output and (not (folder / output).exists() or (folder / output).read_bytes() != BEFORE):
                wrong.append("the output file of before is gone")
        left = sorted(set(os.listdir(folder)) ^ set(before))
        if left and (result.returncode or any(name.endswith(".wage-part") for name in left)):
            wrong.append(f"files came or went: {left}")
        with self.lock:
            self.counts[kind]["accepted" if result.returncode == 0 else "refused"] += 1
        if wrong:
            self.report(kind, name, command, wrong, errors)
        return result

    @staticmethod
    def judge_refusal(tool, found, lines, says, own_words):
        wrong = []
        if not found or not all(line.startswith(tool) and (": error: " in line or not own_words) for line in found):
            wrong.append("needed errors, each a line that begins with the tool's name")
        if lines and len(found) > lines:
            wrong.append(f"{len(found)} lines of errors, needed {lines}")
        for line in found[:1]:
            text = line.split(": error: ", 1)[-1]
            if text.endswith(".") or not text or len(line) > 3000 or (own_words and not line.isprintable()):
                wrong.append("the error ends in a full stop, is empty, too long or not printable")
        if says and not any(says in line for line in found):
            wrong.append(f"needed an error that says {says!r}")
        return wrong

    def report(self, kind, name, command, wrong, errors):
        with self.lock:
            self.counts[kind]["wrong"] += 1
            self.problems.append(f"{kind}, {name}: {'; '.join(wrong)}\n  {' '.join(map(str, command))}\n  " +
                                 (errors or "").strip()[:2000])

    def finish(self):
        """Prints the counts and ends the script, with 1 if anything went wrong."""
        for task in self.running:
            task.result()
        for kind, count in sorted(self.counts.items()):
            tried = count["refused"] + count["accepted"]
            print(f"{kind}: {tried} inputs tried, {count['refused']} refused, {count['accepted']} accepted (harmless), "
                  f"{count['wrong']} wrong")
        print("\n".join(self.problems))
        sys.exit(1 if self.problems or not self.counts else 0)
