"""Kills every command that writes files, on roomy, full and nearly full disks.

    crash_campaign.py FOLDER [--all] [--seed=N] [--only=NAME]

A command is killed instead of each call of the system that changes its files, amid writes (Inputs/break-calls.c), and at drawn
moments of its run. Disks are nearly full by the byte (break-calls lets no more be written) and, where file systems may be
mounted, by the page (small tmpfs). Last, each call fails with EIO. Without --all a drawn part of this. Judged is:

- after a kill: the older file at each place is intact or the new one whole; beside them are only NAME.wage-part; the newest
  checkpoint is no older than before
- the same command again, with room: exit code 0, the bytes of a run never killed, nothing left over. Checkpointed training
  goes on with another engine and number of threads each time
- bytes and names are synced in the order that lets them outlast a power cut
- without room, or with a call that fails: exit code 1, one error line for a file, nothing left over, files as after a kill

The bytes of profiles hold times: such a file is whole if it is JSON with its last member.
"""
import argparse
import dataclasses
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASE = HERE.parent / "oracle" / "cases" / "tiny"
PART, BEFORE, KILLED, PAGE = ".wage-part", b"what was there before", 128 + signal.SIGKILL, 4096
STEPS, OLD_STEPS = 6, 3
TRACED = dict(os.environ)
if TRACED.get("WAGE_SANITIZED") == "1":  # leaks cannot be looked for in a traced process
    TRACED["ASAN_OPTIONS"] = TRACED.get("ASAN_OPTIONS", "") + ":detect_leaks=0"


@dataclasses.dataclass
class Job:
    """A command, and what may stand on its disk: files by their path in the disk's folder."""
    name: str
    command: list
    older: dict                                     # before the command
    timed: frozenset = frozenset()                  # files with times in them
    steps: dict = dataclasses.field(default_factory=dict)  # checkpoints of each step
    whole: dict = None                              # after a run never killed
    calls: list = None                              # of that run: [name, bytes, path]
    seconds: float = 0

    def is_new(self, path, content):
        if path in self.timed:
            return is_whole_profile(content)
        return content == self.whole.get(path, self.steps.get(path))

    def bytes_needed(self):
        return sum(int(count) for name, count, _ in self.calls if name == "write")


def is_whole_profile(content):
    try:
        return "traceEvents" in json.loads(content)
    except ValueError:
        return False


def newest_step(paths):
    return max((int(number) for path in paths for number in re.findall(r"step-(\d+)\.ckpt$", path)), default=0)


def make_inputs(folder):
    """The files that the commands read."""
    def run(*words):
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
    compile_command = ["wage-translate", "--onnx-to-chip", CASE / "model.onnx", "--chip=generic-64", "--batch=4"]
    run(*compile_command, "--mode=train", "--bits=2-8-8-8", "-o=net.wbin")
    run(*compile_command, "--mode=infer", "--rounding=half-away", "--spike-code=rate", "-o=spikes.wbin")
    run("wage-translate", "--binary-to-chip", "net.wbin", "-o=net.mlir")
    run("wage-translate", "--import-onnx", CASE / "model.onnx", "-o=imported.mlir")
    run("wage-opt", "imported.mlir", "--wage-onnx-to-wage-pipeline=mode=infer init=model", "-o=wage.mlir")
    run(sys.executable, "-c", "import numpy, sys; numpy.save('real.npy', numpy.load(sys.argv[1])[:4].astype('f4') / 128)",
        CASE / "images.npy")
    for step in range(1, STEPS + 1):
        run(*train_command(folder), f"--steps={step}", f"--checkpoint=to-{step}")


def train_command(inputs):
    return ["wage-run", "train", inputs / "net.wbin", f"--images={CASE / 'images.npy'}", f"--labels={CASE / 'labels.npy'}",
            "--lr=8", "--seed=9", "--shuffle=4", "--batch=3"]


def make_jobs(inputs):
    model, images = CASE / "model.onnx", f"--images={CASE / 'images.npy'}"
    compile_command = ["wage-translate", "--onnx-to-chip", model, "--chip=generic-64", "--batch=4", "-o=out"]
    train = train_command(inputs) + ["--threads=2"]
    older = {"out": BEFORE}
    yield Job("onnx-to-chip", compile_command, older)
    yield Job("onnx-to-chip --profile", compile_command + ["--profile=profile"], {**older, "profile": BEFORE},
              timed=frozenset({"profile"}))
    yield Job("binary-to-chip", ["wage-translate", "--binary-to-chip", inputs / "net.wbin", "-o=out"], older)
    yield Job("chip-to-binary", ["wage-translate", "--chip-to-binary", inputs / "net.mlir", "-o=out"], older)
    yield Job("import-onnx", ["wage-translate", "--import-onnx", model, "-o=out"], older)
    yield Job("export-onnx", ["wage-translate", "--export-onnx", model, "--mode=infer", "--init=model", "-o=out"], older)
    yield Job("evaluate", ["wage-translate", "--evaluate", model, f"--input={inputs / 'real.npy'}", "-o=out"], older)
    yield Job("chip-to-sanafe", ["wage-translate", "--chip-to-sanafe", inputs / "spikes.wbin", images, "-o=out"],
              {"out/snn.yaml": BEFORE})
    yield Job("wage-opt", ["wage-opt", inputs / "net.mlir", "--chip-verify", "-o=out"], older)
    yield Job("wage-interpret", ["wage-opt", inputs / "wage.mlir", "-o=out", "--wage-interpret=entry=infer batch=4 "
              f"images={CASE / 'images.npy'} trace-dir=."], {**older, "logits.npy": BEFORE})
    yield Job("save", train + ["--steps=2", "--save=out"], older)
    yield Job("trace-dir", train + ["--steps=1", "--trace-dir=out", "--trace-steps=0"], {"out/logits.npy": BEFORE})
    yield Job("train --profile", train + ["--steps=1", "--profile=profile"], {"profile": BEFORE}, timed=frozenset({"profile"}))
    yield Job("infer", ["wage-run", "infer", inputs / "net.wbin", images, "--logits=out", "--outputs=real"],
              {**older, "real": BEFORE})
    yield Job("report", ["wage-run", "report", inputs / "net.wbin", "-o=out"], older)
    steps = {f"run/{path.name}": path.read_bytes() for path in sorted(inputs.glob("to-*/*.ckpt"))}
    yield Job("checkpoint", train_command(inputs) + [f"--steps={STEPS}", "--checkpoint=run", "--checkpoint-every=1", "--resume",
              "--save=out"], {path: steps[path] for path in sorted(steps)[OLD_STEPS - 2:OLD_STEPS]}, steps=steps)


class Disk:
    """A folder that the commands write to; on a file system of its own if it is `mounted`."""

    def __init__(self, folder):
        self.folder = folder
        self.mounted = False
        folder.mkdir(parents=True)

    def reset(self, older):
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path, content in older.items():
            (self.folder / path).parent.mkdir(exist_ok=True)
            (self.folder / path).write_bytes(content)

    def listing(self):
        return {path.relative_to(self.folder).as_posix(): path.read_bytes()
                for path in self.folder.rglob("*") if path.is_file() and path.name != "filler"}

    def mount(self):
        words = ["mount", "-t", "tmpfs", "-o", "size=512k,mode=755", "tmpfs", self.folder]
        self.mounted = subprocess.run(words, capture_output=True).returncode == 0
        return self.mounted

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", self.folder], check=True)
        self.mounted = False

    def fill(self, pages):
        """Leaves room for so many pages."""
        try:
            with open(self.folder / "filler", "wb", buffering=0) as file:
                while True:
                    file.write(bytes(PAGE))
        except OSError:
            pass
        size = os.path.getsize(self.folder / "filler") // PAGE - pages
        os.truncate(self.folder / "filler", max(size, 0) * PAGE)


class Campaign:
    def __init__(self, folder, draw, breaker, is_all):
        self.folder, self.draw, self.breaker, self.is_all = folder, draw, breaker, is_all
        self.disk = Disk(folder / "disk")
        self.ways = itertools.cycle([(engine, threads) for engine in ("fused", "core") for threads in (1, 2, 3)])
        self.kills = self.inside = self.resumed = self.refused = self.failed_calls = 0
        self.wrong = []

    def words(self, job):
        if not job.steps:
            return [str(word) for word in job.command]
        engine, threads = next(self.ways)
        return [str(word) for word in job.command] + [f"--engine={engine}", f"--threads={threads}"]

    def run(self, job, action=None):
        """Runs to the end, or to what `action` does. Returns exit code, standard error, and calls."""
        log = self.folder / "calls"
        traced = [self.breaker, self.disk.folder, log, action] if action else []
        done = subprocess.run([*map(str, traced), *self.words(job)], cwd=self.disk.folder, env=TRACED if action else None,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
        calls = [line.split(" ", 2) for line in log.read_text().splitlines()] if action else []
        return done.returncode, done.stderr.decode(errors="replace"), calls

    def report(self, job, what, problems):
        self.wrong += [f"{job.name}, {what}: {problem}" for problem in problems]

    def measure(self, job):
        """The run never killed."""
        self.disk.reset(job.older)
        begin = time.monotonic()
        code, errors, _ = self.run(job)
        job.seconds = time.monotonic() - begin
        job.whole = self.disk.listing()
        self.disk.reset(job.older)
        traced, _, job.calls = self.run(job, "none")
        if code or traced or not job.calls:
            sys.exit(f"{job.name}: exit code {code}, traced {traced}: {errors}")
        self.report(job, "never killed", self.judge_whole(job) + self.judge_order(job))

    def judge_order(self, job):
        """Whether the files would outlast a power cut: bytes are synced before a rename, the folder after it and before an older
        file is removed, and the folder that a folder of checkpoints is in before the first of them."""
        problems, unsynced, synced = [], set(), set()
        for name, _, path in job.calls:
            path = os.path.normpath(path)
            if name == "write":
                unsynced.add(path)
            elif name == "sync":
                unsynced.discard(path)
                synced.add(path)
            elif name == "rename":
                if path in unsynced:
                    problems.append(f"'{path}' is renamed before it is synced")
                if job.steps and str(self.disk.folder) not in synced:
                    problems.append("the folder of the checkpoints is not synced in its own")
                unsynced.add(os.path.dirname(path))
            elif name == "unlink" and not path.endswith(PART) and os.path.dirname(path) in unsynced:
                problems.append(f"'{path}' is removed before the folder is synced")
        return problems + [f"'{path}' is not synced" for path in sorted(unsynced)]

    def judge_files(self, job, may_leave):
        """What is lost, half-written or left over; `may_leave`: a killed process leaves the file that it was at."""
        files = self.disk.listing()
        problems = [f"'{path}' is lost" for path in job.older if path not in files and not job.steps]
        if newest_step(files) < newest_step(job.older):
            problems.append(f"the newest checkpoint is of step {newest_step(files)}")
        for path, content in files.items():
            if path.endswith(PART) and may_leave and (path[:-len(PART)] in job.whole or path[:-len(PART)] in job.steps):
                continue
            is_first_check = path.endswith(f"step-0000000000.ckpt{PART}") and may_leave and not content
            if content != job.older.get(path) and not job.is_new(path, content) and not is_first_check:
                problems.append(f"'{path}' is neither the older file nor the new one: {len(content)} bytes")
        return problems

    def judge_whole(self, job):
        files = self.disk.listing()
        problems = [f"'{path}' is missing or left over" for path in sorted(files.keys() ^ job.whole.keys())]
        return problems + [f"'{path}' has other bytes" for path in files.keys() & job.whole.keys()
                           if not job.is_new(path, files[path])]

    def judge_refusal(self, job, code, errors, says, may_leave=False):
        """Exit code 1 and one error for each file at most; or 0 and all files whole."""
        if code == 0:
            return self.judge_whole(job)
        found = [line.split(": error: ")[-1] for line in errors.splitlines() if "error: " in line]
        self.refused += 1
        files = {line.split(": ")[0] for line in found if says in line}
        is_right = code == 1 and found and len(files) == len(found)
        return ([] if is_right else [f"exit code {code}, errors {errors.strip()!r}"]) + self.judge_files(job, may_leave)

    def look_after_kill(self, job, what, code):
        if code != KILLED:
            self.report(job, what, [f"exit code {code} instead of a kill"])
            return
        self.kills += 1
        self.inside += any(path.endswith(PART) for path in self.disk.listing())
        self.report(job, what, self.judge_files(job, may_leave=True))

    def go_on(self, job, what):
        """The same command again."""
        code, errors, _ = self.run(job)
        problems = self.judge_whole(job)
        if code != 0:
            problems.append(f"exit code {code} afterwards: {errors.strip()!r}")
        self.resumed += not problems
        self.report(job, f"{what}, then again", problems)

    def some(self, values, count):
        values = list(values)
        return values if self.is_all or len(values) <= count else sorted(self.draw.sample(values, count))

    def kill_at_calls(self, job):
        places = [(f"kill:{n}", name) for n, (name, _, _) in enumerate(job.calls, 1)]
        places += [(f"cut:{n}", name) for n, (name, count, _) in enumerate(job.calls, 1) if name == "write" and int(count) > 1]
        for action, name in self.some(places, 4):
            self.disk.reset(job.older)
            code, _, _ = self.run(job, action)
            self.look_after_kill(job, f"{action} ({name})", code)
            self.go_on(job, action)

    def kill_at_times(self, job, count):
        for _ in range(count):
            self.disk.reset(job.older)
            process = subprocess.Popen(self.words(job), cwd=self.disk.folder, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            delay = self.draw.uniform(0, job.seconds)
            time.sleep(delay)
            process.kill()
            if process.wait() == -signal.SIGKILL:
                self.look_after_kill(job, f"killed after {delay:.4f} s", KILLED)
            self.go_on(job, f"killed after {delay:.4f} s")

    def write_within(self, job, what, action, prepare, free):
        """Too little room: refused; or killed on the way, refused again, and done when there is room."""
        prepare()
        code, errors, calls = self.run(job, action)
        self.report(job, what, self.judge_refusal(job, code, errors, "No space left on device"))
        kills = min(len(calls), 3 if self.is_all else 1)
        for number in sorted(self.draw.sample(range(1, len(calls) + 1), kills)):
            prepare()
            when = f"{what}, killed at call {number}"
            killed, _, _ = self.run(job, f"kill:{number}" if action == "none" else f"{action}:{number}")
            self.look_after_kill(job, when, killed)
            again, errors, _ = self.run(job, action)
            self.report(job, f"{when}, then again without room",
                        self.judge_refusal(job, again, errors, "No space left on device", may_leave=True))
            if again != code and not job.steps and not job.timed:  # checkpoints from before the kill need no more room
                self.report(job, when, [f"exit code {again} without room, {code} without the kill"])
            free()
            self.go_on(job, when)

    def fill_by_bytes(self, job):
        needed = job.bytes_needed()
        for room in self.some(sorted({0, 1, needed // 3, needed // 2, needed - 1}), 1):
            self.write_within(job, f"room for {room} of {needed} bytes", f"room:{room}",
                              prepare=lambda: self.disk.reset(job.older), free=lambda: None)
        if job.timed:  # needs another number of bytes each time
            return
        self.disk.reset(job.older)
        code, errors, _ = self.run(job, f"room:{needed}")
        self.report(job, "just enough room", [f"exit code {code}: {errors}"] * (code != 0) + self.judge_whole(job))

    def fill_by_pages(self, job):
        """The same on a file system that is full; False where none may be mounted."""
        if not self.disk.mount():
            return False

        def prepare():
            self.disk.reset(job.older)
            self.disk.fill(pages)
        try:
            for pages in self.some(range(min(-(-job.bytes_needed() // PAGE), 8)), 1):
                self.write_within(job, f"{pages} free pages", "none", prepare, (self.disk.folder / "filler").unlink)
        finally:
            self.disk.unmount()
        return True

    def fail_calls(self, job):
        for number in self.some(range(1, len(job.calls) + 1), 2):
            self.disk.reset(job.older)
            name = job.calls[number - 1][0]
            code, errors, _ = self.run(job, f"fail:{number}")
            self.failed_calls += 1
            problems = self.judge_refusal(job, code, errors, "Input/output error")
            if name == "unlink":  # what could not be removed stays
                problems = [problem for problem in problems if PART not in problem]
            self.report(job, f"fail:{number} ({name})", problems)
            self.go_on(job, f"fail:{number} ({name})")


def build_breaker(folder):
    """The tracer, or why there is none."""
    breaker = folder / "break-calls"
    if os.uname().machine != "x86_64" or sys.platform != "linux":
        return None, "calls are counted on Linux, x86-64"
    if not shutil.which("cc"):
        return None, "there is no C compiler"
    subprocess.run(["cc", "-std=gnu11", "-O1", HERE / "Inputs" / "break-calls.c", "-o", breaker], check=True)
    if subprocess.run([breaker, folder, folder / "calls", "none", "true"], capture_output=True).returncode != 0:
        return None, "processes may not be traced"
    return breaker, None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="every call, more moments, bytes and pages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one command, by its name in make_jobs")
    choices = parser.parse_args()
    folder = choices.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inputs").mkdir(parents=True)
    breaker, reason = build_breaker(folder)
    if not breaker:
        print(f"skipped: {reason}")
        return 0
    make_inputs(folder / "inputs")
    campaign = Campaign(folder, random.Random(choices.seed), breaker, choices.all)
    can_mount = True
    for job in make_jobs(folder / "inputs"):
        if choices.only not in (None, job.name):
            continue
        begin = time.monotonic()
        campaign.measure(job)
        campaign.kill_at_calls(job)
        campaign.kill_at_times(job, 6 if choices.all else 1)
        campaign.fill_by_bytes(job)
        can_mount = can_mount and campaign.fill_by_pages(job)
        campaign.fail_calls(job)
        print(f"{job.name}: {len(job.calls)} calls, {campaign.kills} kills so far, {time.monotonic() - begin:.1f} s", flush=True)
    if not can_mount:
        print("no full file system: file systems cannot be mounted here, which needs the rights of root")
    print("\n".join(campaign.wrong))
    print(f"{campaign.refused} refused for want of room or at {campaign.failed_calls} calls that failed")
    print(f"{campaign.kills} kills, {campaign.inside} of them inside a write, {campaign.resumed} resumed, "
          f"{len(campaign.wrong)} wrong")
    return bool(campaign.wrong)


if __name__ == "__main__":
    sys.exit(main())
