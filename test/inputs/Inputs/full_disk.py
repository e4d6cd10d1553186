"""Every output on a full disk and in a read-only folder: full_disk.py FOLDER NET.wbin IMAGES.npy LABELS.npy MODEL.onnx

Needs to mount small file systems; says so and ends with 0 where it may not. Each command must end with exit code 1 and one
error, leave the file of before as it was, and leave nothing else. A checkpointed run stops when the disk is full: the
checkpoints before are whole, and with room again it goes on to the bytes of a run never stopped.
"""
import os
import subprocess
import sys

from campaign import BEFORE, Campaign

campaign = Campaign(sys.argv[1])
net, images, labels, model = (os.path.abspath(path) for path in sys.argv[2:])
disk = campaign.folder / "disk"
DATA = [f"--images={images}", f"--labels={labels}", "--lr=8", "--threads=1"]
TRAIN = ["wage-run", "train", net, *DATA]


def mount(options, *flags):
    disk.mkdir(exist_ok=True)
    return subprocess.run(["mount", "-t", "tmpfs", *flags, "-o", options, "tmpfs", disk], capture_output=True).returncode == 0


def unmount():
    subprocess.run(["umount", disk], check=True)


def fill(pages):
    """Leaves as many pages of 4 KiB."""
    try:
        with open(disk / "filler", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass
    os.truncate(disk / "filler", os.path.getsize(disk / "filler") // 4096 * 4096 - pages * 4096)


def listing():
    return {path.relative_to(disk): path.read_bytes() for path in disk.rglob("*") if path.is_file()}


def refuse(kind, name, command):
    """Runs a command that cannot write; what stands on the disk must stay as it is."""
    before = listing()
    result = campaign.run(kind, name, disk, command, codes=(1,), lines=1)
    if listing() != before:
        campaign.report(kind, name, command, [f"files changed: {sorted(map(str, listing()))}"], result.stderr.decode())


def commands(mlir):
    yield "the binary", ["wage-translate", "--onnx-to-chip", model, "--chip=generic-64", "--batch=4", "-o=out"]
    yield "the imported graph", ["wage-translate", "--import-onnx", model, "-o=out"]
    yield "the binary as text", ["wage-translate", "--binary-to-chip", net, "-o=out"]
    yield "the text as binary", ["wage-translate", "--chip-to-binary", mlir, "-o=out"]
    yield "what passes make", ["wage-opt", mlir, "-o=out"]
    yield "the trained binary", TRAIN + ["--steps=1", "--save=out"]
    yield "logits", ["wage-run", "infer", net, *DATA[:2], "--threads=1", "--logits=out"]
    yield "a trace", TRAIN + ["--steps=1", "--trace-dir=.", "--trace-steps=0"]
    yield "a checkpoint", TRAIN + ["--steps=1", "--checkpoint=."]
    yield "a checkpoint in a new folder", TRAIN + ["--steps=1", "--checkpoint=new"]


def check_outputs(mlir):
    for name, command in commands(mlir):
        for kind in ("full disk", "read-only folder"):
            assert mount("size=96k,mode=777")
            (disk / "out").write_bytes(BEFORE)
            if name.endswith("new folder") and kind == "full disk":
                (disk / "new").mkdir()
            fill(0)
            if kind == "read-only folder":
                assert mount("remount,ro,size=96k")
            refuse(kind, name, command)
            unmount()
    assert mount("size=64k,mode=777")
    fill(0)
    for name, command in [("dump", ["wage-run", "dump", net]),
                          ("text to standard output", ["wage-translate", "--binary-to-chip", net])]:
        with open(disk / "filler", "ab") as full:
            result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
        campaign.counts["full disk"]["refused" if result.returncode else "accepted"] += 1
        said = "standard output: cannot be written" in result.stderr
        if result.returncode != 1 or len(result.stderr.splitlines()) != 1 or not said:
            campaign.report("full disk", name, command, [f"exit code {result.returncode}"], result.stderr)
    unmount()


def check_checkpoints():
    whole = campaign.new_folder() / "whole.wbin"
    subprocess.run(TRAIN + ["--steps=20", f"--save={whole}"], check=True, capture_output=True)
    for pages in range(1, 6):
        assert mount("size=96k,mode=777")
        (disk / "run").mkdir()
        fill(pages)
        run = TRAIN + ["--steps=20", "--checkpoint=run", "--checkpoint-every=1", "--resume"]
        result = subprocess.run(run, cwd=disk, capture_output=True, text=True)
        kept = sorted(os.listdir(disk / "run"))
        campaign.counts["checkpoints on a filling disk"]["refused" if result.returncode else "accepted"] += 1
        errors = [line for line in result.stderr.splitlines() if ": error: " in line]
        # Two checkpoints and the next one: three pages are enough.
        full = pages < 3
        if result.returncode != full or len(errors) != full or [name for name in kept if not name.endswith(".ckpt")] or len(
                kept) != min(pages, 2) or (full and "No space left on device" not in errors[0]):
            campaign.report("checkpoints on a filling disk", f"{pages} pages", run,
                            [f"exit code {result.returncode}, kept {kept}"], result.stderr)
        os.remove(disk / "filler")
        subprocess.run(run + ["--save=out"], cwd=disk, check=True, capture_output=True)
        if (disk / "out").read_bytes() != whole.read_bytes():
            campaign.report("checkpoints on a filling disk", f"{pages} pages", run, ["other bytes after going on"], "")
        unmount()


if not mount("size=64k"):
    print("skipped: file systems cannot be mounted here, which needs the rights of root")
    sys.exit(0)
unmount()
text = campaign.folder / "net.mlir"
subprocess.run(["wage-translate", "--binary-to-chip", net, f"-o={text}"], check=True)
try:
    check_outputs(text.resolve())
    check_checkpoints()
finally:
    subprocess.run(["umount", disk], capture_output=True)
campaign.finish()
