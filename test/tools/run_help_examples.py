"""Runs the examples of a tool's help, all of them, in order: run_help_examples.py FOLDER COMMAND...

COMMAND is a tool with the words that make it print its help. FOLDER holds the files that the examples name
(make_example_files.py). Each example must end with exit code 0. Also checks that the help tells the exit codes.
"""
import re
import subprocess
import sys

folder, *command = sys.argv[1:]
text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
head, _, examples = re.sub(r"\\\n *", "", text).partition(re.search("examples?:", text, re.I).group())
lines = re.findall(r"^ +(wage-(?:run|opt|translate) .*)$", examples, re.M)
problems = [] if re.search(r"exit (code|status): 0 done, 1 the input", text, re.I) else ["no exit codes"]
tool = command[0] if command[0] != "wage-run" or len(command) == 2 else f"{command[0]} {command[1]}"
if not any(line.startswith(tool + " ") for line in lines):
    problems.append(f"no example of {tool}")
for line in lines:
    done = subprocess.run(["bash", "-c", "set -o pipefail; " + line], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        problems.append(f"{line}\n  exit code {done.returncode}\n  {done.stderr.strip()}")
print("\n".join(problems) or f"{len(lines)} examples")
sys.exit(1 if problems else 0)
