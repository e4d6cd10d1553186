"""Runs a command, passes its output on, and succeeds if its exit code is the given one: expect_exit.py CODE COMMAND..."""
import subprocess
import sys

code = subprocess.run(sys.argv[2:]).returncode
sys.exit(0 if code == int(sys.argv[1]) else f"expected exit code {sys.argv[1]}, got {code}")
