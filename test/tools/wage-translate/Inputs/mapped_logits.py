"""Logits of one network however it is mapped: what the tests of mappings have in common."""
import subprocess

import numpy as np


def run(*arguments):
    """The output of a tool that must succeed."""
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def logits_of(folder, binary, trains, engine):
    """The logits of the digits in `folder`, of a program that trains after three steps, and the program that gave them."""
    if trains:
        trained = binary.with_suffix(f".{engine}.wbin")
        run("wage-run", "train", binary, f"--images={folder}/train-images", f"--labels={folder}/train-labels", "--steps=3",
            "--lr-log2=3", f"--engine={engine}", f"--save={trained}")
        binary = trained
    file = binary.with_suffix(f".{engine}.npy")
    run("wage-run", "infer", binary, f"--images={folder}/test-images", f"--engine={engine}", f"--logits={file}")
    return np.load(file), binary
