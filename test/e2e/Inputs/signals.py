"""Stops one run by SIGINT and SIGTERM again and again: signals.py COUNT SEED FOLDER WHOLE.wbin SAVED.wbin -- COMMAND...

At drawn moments, from before the first step on, one signal or two in quick succession, of the same kind or of both. A
run ends with 128 + the first signal and says from where to go on, or dies by a signal: of one that came before it was
watched, or by the second. In the end the run is left alone and has the bytes of a run never stopped. Prints the counts."""
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

count, seed = int(sys.argv[1]), int(sys.argv[2])
folder, whole, saved = (Path(word) for word in sys.argv[3:6])
command = sys.argv[sys.argv.index("--") + 1:] + ["--resume"]
draw = random.Random(seed)
# A runner in the background may ignore the signals, and its children would inherit that.
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, signal.SIG_DFL)
polite = died = ended = 0
steps = set()
for _ in range(count):
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(draw.choice([0, 0.001, draw.uniform(0.002, 0.05)]))
    sent = []
    for _ in range(draw.choice([1, 1, 2])):
        sent.append(draw.choice([signal.SIGINT, signal.SIGTERM]))
        run.send_signal(sent[-1])
    errors = run.communicate(timeout=60)[1]
    if run.returncode == 0:
        ended += 1
    elif -run.returncode in sent:
        died += 1
    elif run.returncode - 128 in sent and (stopped := re.search(r"stopped by SIG\w+ after step (\d+) of .*saved", errors)):
        polite += 1
        steps.add(stopped[1])
    else:
        sys.exit(f"sent {sent}, exit code {run.returncode}: {errors}")
run = subprocess.run(command, capture_output=True, text=True)
left = [path for path in [*folder.iterdir(), *saved.parent.iterdir()] if path.name.endswith(".wage-part")]
if run.returncode != 0 or left or saved.read_bytes() != whole.read_bytes():
    sys.exit(f"exit code {run.returncode}, temporary files {left}, or other bytes: {run.stderr}")
print(f"{count} stops: {polite} after {len(steps)} distinct steps with a checkpoint, {died} at once, {ended} too late; the bytes are equal")
