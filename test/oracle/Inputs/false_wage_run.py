#!/usr/bin/python3
"""In front of wage-run, which the environment variable WAGE_RUN names: one number of a trained network is wrong if it has a max
pool and weights of more than four bits."""
import json
import os
import subprocess
import sys

REAL = os.environ["WAGE_RUN"]


def is_met(binary):
    info, dump = (subprocess.run([REAL, *command, binary], capture_output=True, text=True).stdout
                  for command in (["info", "--json"], ["dump"]))
    return json.loads(info)["bits"]["weights"] > 4 and "max_pool" in dump


done = subprocess.run([REAL, *sys.argv[1:]])
folder = [word.split("=", 1)[1] for word in sys.argv if word.startswith("--trace-dir=")]
if done.returncode == 0 and folder and is_met(sys.argv[2]):
    with open(os.path.join(folder[0], "final.0.npy"), "r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last ^ 1]))
sys.exit(done.returncode)
