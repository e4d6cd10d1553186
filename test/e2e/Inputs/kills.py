"""Kills one run again and again, all the way through: kills.py KILLS SEED FOLDER WHOLE.wbin SAVED.wbin -- COMMAND...

`kill -9` comes at drawn moments spread over the whole run, from before its first step to its last `--save`: each start is
to come some share further than the one before, and is killed when its newest checkpoint is that far, plus a drawn delay.
The last kills hit a run that only has to evaluate and save. Each start takes the next engine and number of threads in turn.
After each kill the file that the run saves to is whole or not there. In the end the run is left alone: its bytes must be
those of WHOLE.wbin, and no temporary file may be left. Prints the kills, and from how many different steps runs resumed."""
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

kills, seed = int(sys.argv[1]), int(sys.argv[2])
folder, whole, saved = (Path(word) for word in sys.argv[3:6])
command = sys.argv[sys.argv.index("--") + 1:]
total = int(next(word for word in command if word.startswith("--steps=")).split("=")[1])
draw = random.Random(seed)
ways = itertools.cycle([(engine, threads) for engine in ("fused", "core") for threads in (1, 2, 3)])


def newest():
    found = [int(name[5:15]) for name in os.listdir(folder) if re.fullmatch(r"step-\d{10}\.ckpt", name)] if folder.exists() else []
    return max(found, default=0)


def start():
    engine, threads = next(ways)
    return subprocess.Popen(command + ["--resume", f"--engine={engine}", f"--threads={threads}"], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)


resumed, killed_at, restarts = [], [], 0
while len(killed_at) < kills:
    goal = total * len(killed_at) // max(kills - 4, 1)
    run = start()
    while run.poll() is None and newest() < min(goal, total):
        time.sleep(0.0005)
    time.sleep(draw.uniform(0, 0.02))
    run.send_signal(signal.SIGKILL)
    errors = run.communicate()[1]
    resumed += re.findall(r"resuming after step (\d+) of", errors)
    if run.returncode == -signal.SIGKILL:
        killed_at.append(newest())
    elif run.returncode == 0:
        restarts += 1       # it ended before its kill: the next start repeats its end
        if restarts > 20 * kills:
            sys.exit("runs end before they can be killed")
    else:
        sys.exit(f"exit code {run.returncode}: {errors}")
    if saved.exists() and saved.read_bytes() != whole.read_bytes():
        sys.exit(f"after kill {len(killed_at)} '{saved}' is neither missing nor whole")
run = start()
errors = run.communicate()[1]
if run.returncode != 0:
    sys.exit(f"exit code {run.returncode}: {errors}")
resumed += re.findall(r"resuming after step (\d+) of", errors)
left = [path for path in [*folder.iterdir(), *saved.parent.iterdir()] if path.name.endswith(".wage-part")]
if left or saved.read_bytes() != whole.read_bytes():
    sys.exit(f"other bytes than of a run never stopped, or temporary files: {left}")
print(f"{len(killed_at)} kills of one run of {total} steps, with checkpoints of steps {min(killed_at)} to {max(killed_at)}; "
      f"{restarts} starts ended before their kill; resumed from {len(set(resumed))} distinct steps; the bytes are equal")
