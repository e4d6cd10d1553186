"""Calls that are wrong in themselves, made of the flags that the tools list: usage.py FOLDER

Each flag without its value, with an empty one, with an absurd one, twice, misspelt, and pairs that exclude each other."""
import re
import subprocess
import sys

from campaign import Campaign

campaign = Campaign(sys.argv[1])


def flags_of(command):
    """Each flag that the help lists and what it takes; None for nothing."""
    text = subprocess.run(command + ["--help"], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^  (--?[a-z][a-z0-9-]*)(?:[ =]<?([^> \n]+)>?)?", text, re.MULTILINE))
    return {name: value or None for name, value in found.items() if not name.startswith("--help") and name != "--version"}


def feed(kind, command, codes=(2,), lines=1, **judgement):
    campaign.feed(kind, " ".join(command), {}, command, codes=codes, lines=lines, **judgement)


for action in ("train", "infer", "info", "dump"):
    tool = ["wage-run", action]
    flags = flags_of(tool)
    assert action in ("info", "dump") or "--images" in flags, flags
    for flag, value in flags.items():
        if value:
            wrong = [[flag], [flag, "--images=f"], [f"{flag}="], [f"{flag}=1", f"{flag}=1"]]
        else:
            wrong = [[f"{flag}=1"], [flag, flag]]
        for words in wrong + [[flag[:-1] + "@=1"], [flag[1:]]]:
            feed("wrong usage of wage-run", tool + ["net.wbin", "--images=f.bin", *words])
        for absurd in ["-1", "x", "1e9", str(2**64), "0x", " 1", "1 ", "NaN"]:
            if value and value.startswith("N") and "," not in value:
                feed("wrong usage of wage-run",
                     tool + ["net.wbin", f"{flag}={absurd}"] + ["--images=f.bin"] * (flag != "--images"))
    feed("wrong usage of wage-run", tool)
    feed("wrong usage of wage-run", tool + ["a", "b"])
    feed("wrong usage of wage-run", tool + [""] * 2)
train = ["wage-run", "train", "net.wbin", "--images=f.bin"]
for words in [["--steps=1"], ["--lr=8"], ["--steps=1", "--epochs=1", "--lr=8"], ["--steps=1", "--lr=8", "--lr-log2=3"],
              ["--steps=1", "--lr=8", "--lr-log2-file=f"], ["--steps=1", "--lr=8", "--resume"],
              ["--steps=1", "--lr=8", "--checkpoint-every=2"], ["--steps=1", "--lr=8", "--eval-labels=l"],
              ["--steps=1", "--lr=8", "--eval-images=i"], ["--steps=1", "--lr=8", "--trace-steps=1"],
              ["--steps=1", "--lr=8", "--checkpoint=c", "--resume", "--trace-dir=t"], ["--steps=1", "--lr=8", "--shuffle=x"],
              *(["--steps=1", "--lr=8", "--augment=" + wrong] for wrong in
                ["x", "pad", "pad=", "pad=0", "pad=-1", "pad=65536", "pad=1,pad=1", "flip,flip", "flip,", ",", "none,none",
                 "pad=0x", "Flip"]),
              ["--steps=1", "--lr=8", "--trace-dir=t", "--trace-steps=1,,2"], ["--steps=1", "--lr=8", "--engine=gpu"],
              ["--steps=1", "--lr=8", "--checkpoint=c", "--checkpoint-every=0"], ["--steps=1", "--lr=8", "--threads=1025"]]:
    feed("wrong usage of wage-run", train + words)
for words in [[], [""], ["frobnicate"], ["-x"], ["--json"], ["\x1b[31m"], ["x" * 100000]]:
    feed("wrong usage of wage-run", ["wage-run", *words])

flags = flags_of(["wage-translate"])
assert flags.get("--chip") and "--check" in flags and flags["--check"] is None, flags
good = ["wage-translate", "--onnx-to-chip", "no.onnx", "--chip=generic-64", "-o=out"]
for flag, value in flags.items():
    misspelt = flag + ("x=1" if value else "x")
    # A profile is written of a failed compilation too (test/docs/schemas.test), so that its file may be new.
    absurd = [[f"{flag}=\x01"]] if flag != "--profile" else []
    for words in [[flag], [f"{flag}="], *absurd] if value else [[f"{flag}=x"]]:
        # A value that is missing, not wanted or no number is refused in the words of LLVM's parser.
        feed("wrong usage of wage-translate", good + words, (1, 2), own_words=False)
    if len(flag) > 2:  # -ox=1 is -o
        feed("wrong usage of wage-translate", good + [misspelt], (1, 2))
actions = ["--import-onnx", "--onnx-to-chip", "--chip-to-binary", "--binary-to-chip"]
for one in actions:
    feed("wrong usage of wage-translate", ["wage-translate", one, "--chip=generic-64", "-o=out"])
    for other in actions:
        if one < other:
            feed("wrong usage of wage-translate", ["wage-translate", one, other, "a", "--chip=generic-64", "-o=out"])
for words in [["--bits=2-8-8"], ["--bits=0-8-8-8"], ["--bits=2-8-8-99999999999999999999"], ["--bits=-2-8-8-8"],
              ["--bits=2-8-8-8-8-8"], ["--batch=0"], ["--init-gain=0"], ["--init-gain=1000001"], ["--mode=x"],
              ["--rounding=x"], ["--init=x"], ["--chip=x"]]:
    feed("wrong usage of wage-translate", ["wage-translate", "--onnx-to-chip", "no.onnx", "-o=out"] + ["--chip=generic-64"] * (
        words[0] != "--chip=x") + words)

# wage-opt has one status for both; its parser's words are LLVM's.
for words in [["--no-such-pass"], ["no.mlir"], ["--wage-onnx-to-wage-pipeline=mode=x"], ["--wage-onnx-to-wage-pipeline=x=1"],
              ["--integer-print-bounds=x"], ["--wage-onnx-to-chip-pipeline=chip=x"], ["--wage-onnx-to-chip-pipeline=batch=-1"]]:
    result = subprocess.run(["wage-opt", *words], input="module {}", capture_output=True, text=True)
    campaign.counts["wrong usage of wage-opt"]["refused" if result.returncode else "accepted"] += 1
    if result.returncode != 1 or not result.stderr:
        campaign.report("wrong usage of wage-opt", " ".join(words), ["wage-opt", *words], [f"exit code {result.returncode}"],
                        result.stderr)
campaign.finish()
