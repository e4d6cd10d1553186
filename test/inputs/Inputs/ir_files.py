"""IR of every level with numbers, lines, names and attributes changed: ir_files.py FOLDER COUNT ONNX_FILE

MLIR's parser and the verifiers refuse most of it. What they take goes through the passes to the next level, or into a binary.
"""
import random
import re
import subprocess
import sys
from pathlib import Path

from campaign import Campaign

NUMBERS = ["0", "1", "-1", "2", "3", "7", "31", "32", "63", "64", "65", "127", "128", "255", "1000000", "4294967295",
           "9223372036854775807", "-9223372036854775808"]
LEVELS = {
    "onnx": ["wage-opt", "x.mlir", "--wage-onnx-to-wage-pipeline=mode=train", "-o", "out"],
    "wage": ["wage-opt", "x.mlir", "--wage-to-integer-pipeline", "-o", "out"],
    "integer": ["wage-opt", "x.mlir", "--wage-integer-to-chip-pipeline=chip=generic-64", "-o", "out"],
    "chip": ["wage-translate", "--chip-to-binary", "x.mlir", "-o", "out"],
}


def make_levels(onnx, folder):
    """The tiny network's text on every level."""
    def run(*command):
        subprocess.run([str(word) for word in command], check=True, cwd=folder)

    run("wage-translate", "--import-onnx", onnx, "-o", "onnx.mlir")
    run("wage-opt", "onnx.mlir", "--wage-onnx-to-wage-pipeline=mode=train", "-o", "wage.mlir")
    run("wage-opt", "wage.mlir", "--wage-to-integer-pipeline", "-o", "integer.mlir")
    run("wage-translate", "--onnx-to-chip", onnx, "--chip=generic-64", "--batch=4", "-o", "net.wbin")
    run("wage-translate", "--binary-to-chip", "net.wbin", "-o", "chip.mlir")
    return {level: (folder / f"{level}.mlir").read_text() for level in LEVELS}


def change_number(text, dice):
    at = dice.choice([m for m in re.finditer(r"-?\d+", text) if m.end() - m.start() < 12])
    near = [str(int(at[0]) + 1), str(int(at[0]) - 1), str(int(at[0]) * 2)]
    return text[:at.start()] + dice.choice(NUMBERS + near) + text[at.end():]


def change_name(text, dice):
    names = list(re.finditer(r"[A-Za-z_][\w.]*|%\w+|@\w+", text))
    at, other = dice.choice(names), dice.choice(names)
    return text[:at.start()] + other[0] + text[at.end():]


def drop_attribute(text, dice):
    at = dice.choice(list(re.finditer(r"\w+ = [^,}\]]+, ", text)))
    return text[:at.start()] + text[at.end():]


def drop_line(text, dice):
    lines = text.split("\n")
    del lines[dice.randrange(len(lines))]
    return "\n".join(lines)


def copy_line(text, dice):
    lines = text.split("\n")
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return "\n".join(lines)


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    campaign = Campaign(folder)
    levels = make_levels(Path(sys.argv[3]).resolve(), folder)
    changes = [change_number, change_number, change_number, change_name, drop_attribute, drop_line, copy_line]
    for seed in range(count):
        dice = random.Random(seed)
        level = dice.choice(list(LEVELS))
        text = levels[level]
        for _ in range(dice.choice([1, 1, 1, 2])):
            text = dice.choice(changes)(text, dice)
        campaign.feed(f"{level} level", f"seed {seed}", {"x.mlir": text.encode()}, LEVELS[level], output="out", is_ir=True,
                      mib=256)
    campaign.finish()



if __name__ == "__main__":
    main()
