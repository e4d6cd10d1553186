"""Sends a signal once the run has written a checkpoint; passes its errors on: stop_by_signal.py NAME FOLDER COMMAND..."""
import os
import signal
import subprocess
import sys
import time

folder = sys.argv[2]
# A runner in the background may ignore the signal, and its children would inherit that.
signal.signal(getattr(signal, sys.argv[1]), signal.SIG_DFL)
run = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL)
while run.poll() is None and not any(name.endswith(".ckpt") for name in os.listdir(folder)):
    time.sleep(0.002)
run.send_signal(getattr(signal, sys.argv[1]))
sys.exit(0 if run.wait() == 128 + getattr(signal, sys.argv[1]) else f"exit code {run.returncode}")
