"""Prints the fit reports of a model for every listed chip: fit_reports.py MODEL.onnx MODE..."""
import subprocess
import sys

CHIPS = ("crossbar-128", "crossbar-512", "darwin3", "generic-256", "generic-64", "generic-96", "loihi1", "loihi2",
         "northpole-like", "paicore2", "paicore2.5", "tianjic", "truenorth")

for chip in CHIPS:
    for mode in sys.argv[2:]:
        done = subprocess.run(["wage-translate", "--check", sys.argv[1], f"--chip={chip}", f"--mode={mode}", "--init=model"],
                              capture_output=True, text=True)
        if done.returncode != (0 if ": fits\n" in done.stdout else 1) or done.stderr:
            sys.exit(f"{chip}, {mode}: exit code {done.returncode}\n{done.stderr}")
        print(done.stdout)
