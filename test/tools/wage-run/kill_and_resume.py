"""Kills a checkpointed run at random moments and resumes it until it ends: kill_and_resume.py KILLS SEED -- COMMAND...

Each run takes the next engine and number of threads in turn, and is killed while it starts, steps, or saves: after 2 ms to a
time that is longer as long as the run has come less far than its share of the kills, so that these spread over all of it. A run
that ends before its kill is started again, which repeats its end. The last run is left alone. Prints how many kills there
were, how many runs ended, and from where runs were resumed. Fails if a run ends otherwise than by its kill or with code 0."""
import itertools
import random
import re
import signal
import subprocess
import sys
import time

kills, seed = int(sys.argv[1]), int(sys.argv[2])
command = sys.argv[sys.argv.index("--") + 1:]
draw = random.Random(seed)
ways = itertools.cycle([(engine, threads) for engine in ("fused", "core") for threads in (1, 2, 3)])


def start():
    engine, threads = next(ways)
    return subprocess.Popen(command + ["--resume", f"--engine={engine}", f"--threads={threads}"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


steps = int(next(word for word in command if word.startswith("--steps=")).split("=")[1])
done = ended = 0
resumed, longest = set(), 0.06
while done < kills:
    run = start()
    time.sleep(draw.uniform(0.002, longest))
    run.send_signal(signal.SIGKILL)
    errors = run.communicate()[1]
    resumed.update(map(int, re.findall(r"resuming after step (\d+)", errors)))
    behind = max(resumed, default=0) / steps < done / kills
    longest *= 1.15 if behind else 0.7
    if run.returncode == -signal.SIGKILL:
        done += 1
    elif run.returncode == 0:
        ended += 1
    else:
        sys.exit(f"exit code {run.returncode}: {errors}")
run = start()
errors = run.communicate()[1]
if run.returncode != 0:
    sys.exit(f"exit code {run.returncode}: {errors}")
print(f"{done} kills, {ended} runs ended before theirs, resumed from {len(resumed)} different steps, "
      f"{min(resumed, default=0)} to {max(resumed, default=0)} of {steps}")
