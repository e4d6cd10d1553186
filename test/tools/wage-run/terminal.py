"""Runs wage-run on a pseudo-terminal and checks what a person would see: terminal.py FOLDER

FOLDER holds net.wbin, images.npy and labels.npy, enough for a second or two.
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios

FOLDER = sys.argv[1]
DATA = [f"--images={FOLDER}/images.npy", f"--labels={FOLDER}/labels.npy"]
TRAIN = ["wage-run", "train", f"{FOLDER}/net.wbin", *DATA, "--epochs=2", "--lr-log2=3", "--threads=1"]
INFER = ["wage-run", "infer", f"{FOLDER}/net.wbin", *DATA, "--batch=1", "--engine=core", "--threads=1"]
problems = []


def check(condition, text, shown):
    if not condition:
        problems.append(f"{text}:\n{shown!r}")


def run(command, columns=100, environment={"TERM": "xterm"}, stop=None, then_columns=None):
    """(what came to the terminal, exit code); `stop` is a signal sent once a progress line stands there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    variables = {key: value for key, value in os.environ.items() if key not in ("TERM", "NO_COLOR", "COLUMNS")}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**variables, **environment},
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    os.close(theirs)
    seen = b""
    while True:
        if select.select([ours], [], [], 60)[0]:
            try:
                more = os.read(ours, 65536)
            except OSError:
                break
            if not more:
                break
            seen += more
        if b"images/s" in seen or b"left" in seen:
            if stop:
                process.send_signal(stop)
                stop = None
            if then_columns:
                fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 25, then_columns, 0, 0))
                then_columns = None
    os.close(ours)
    return seen.decode(), process.wait()


def updates(text):
    """The progress lines, as they were written; an epoch's line may follow the wiped one."""
    return [line for line in re.findall(r"\r\x1b\[K([^\r\n\x1b]+)", text) if not line.startswith(("epoch", "errors"))]


def screen(text):
    """The lines that stand there at the end."""
    lines = [""]
    for part in re.findall(r"\x1b\[K|\r|\n|[^\r\n\x1b]+", text):
        if part == "\r":
            column = 0
        elif part == "\n":
            lines.append("")
            column = 0
        elif part == "\x1b[K":
            lines[-1] = lines[-1][:column]
        else:
            column = 0 if len(lines[-1]) == 0 else column
            lines[-1] = lines[-1][:column] + part + lines[-1][column + len(part):]
            column += len(part)
    return lines


# A line with everything while it runs; afterwards only what was said.
text, code = run(TRAIN)
progress = [line for line in updates(text) if line.startswith("training: ")]
full = r"training: \d+ of \d+ images, \d+:\d\d left, errors \d+\.\d\d %, \d+ images/s$"
check(code == 0 and progress and all(re.match(full, line) for line in progress), "progress lines of train", progress)
said = [line for line in screen(text) if line]
check(re.match(r"epoch 1: ", said[0]) and re.match(r"epoch 2: ", said[1]) and not any("left" in line for line in said),
      "what stands there after train", said)
check(not re.search(r"\x1b\[[0-9;]*m", text), "no colours", text)

text, code = run(INFER)
check(code == 0 and re.match(r"classifying: \d+ of \d+ images, \d+:\d\d left, errors ", "".join(updates(text)[:1])),
      "progress lines of infer", text)
check([line[:7] for line in screen(text) if line][0] == "errors ", "what stands there after infer", screen(text))

# Never longer than the window, however wide it is and becomes.
for columns in (60, 30, 12):
    lines = updates(run(TRAIN, columns)[0])
    check(lines and all(len(line) < columns for line in lines), f"lines for {columns} columns", lines)
lines = updates(run(TRAIN, 100, then_columns=30)[0])
check(lines and len(lines[0]) > 30 and len(lines[-1]) < 30, "lines of a window that became narrower", lines)

# Plain lines where lines cannot be rewritten; NO_COLOR takes away what is not there.
for environment in ({"TERM": "dumb"}, {}, {"TERM": ""}):
    text, code = run(TRAIN, environment=environment)
    check("\x1b" not in text and text.startswith("epoch 1"), f"plain lines with {environment}", text)
check(updates(run(TRAIN, environment={"TERM": "xterm", "NO_COLOR": "1"})[0]), "progress with NO_COLOR", "")
piped = subprocess.run(TRAIN, capture_output=True, text=True, env={**os.environ, "TERM": "xterm"})
check("\r" not in piped.stdout + piped.stderr and piped.stderr == "", "plain lines in a pipe", piped)

# A signal: the line goes, one sentence stays, the exit code tells; a profile is whole.
for command, name, stop in [(TRAIN, "train", signal.SIGINT), (TRAIN, "train", signal.SIGTERM),
                            (INFER, "infer", signal.SIGINT)]:
    profile = f"{FOLDER}/profile.json"
    text, code = run(command + [f"--profile={profile}"], stop=stop)
    said = [line for line in screen(text) if line]
    check(code == 128 + stop, f"exit code of {name} after {stop.name}", code)
    check(any(line.startswith(f"wage-run {name}: stopped by {stop.name} after ") for line in said) and
          not any("left" in line for line in said) and text.endswith("\n"), f"what stands there after {stop.name}", text)
    with open(profile) as file:
        names = {event["name"] for event in json.load(file)["traceEvents"]}
    check({"load", "read data", "forward"} <= names, f"profile after {stop.name}", names)
    os.remove(profile)

print("\n".join(problems) or "seen")
sys.exit(1 if problems else 0)
