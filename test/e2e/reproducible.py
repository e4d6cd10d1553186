"""Makes everything that the tools write several times under different conditions, and compares it: reproducible.py FOLDER

Conditions that change: working folder, path (relative, absolute, with spaces and letters beyond ASCII), name of the input
file where it may not show, locale, time zone, umask, environment, threads, engine, and with each process the addresses of
everything. What must be equal: binaries, checkpoints, reports, text of every level, training's JSON apart from times and
counts of the engine, arrays. A file's name without its folder may show in reports and in the text of imported networks.
Prints the differences, or how many outputs were compared.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(sys.argv[1])
OWN = {"seconds", "images_per_second", "peak_bytes", "engine", "cycles", "packets", "packet_bytes", "byte_hops",
       "off_chip_bytes", "macs", "memory_bytes", "energy_pj"}


def make_locale(name, source):
    """The locale's name if this machine can make it, else C.UTF-8."""
    folder = FOLDER / "locales"
    folder.mkdir(exist_ok=True)
    try:
        subprocess.run(["localedef", "-i", source, "-f", "UTF-8", folder / name], capture_output=True)
    except FileNotFoundError:
        pass
    made = (folder / name / "LC_NUMERIC").exists()
    print(f"{name}: " + ("made" if made else "cannot be made here, C.UTF-8 instead"))
    return {"LC_ALL": name if made else "C.UTF-8", "LOCPATH": str(folder)} if made else {"LC_ALL": "C.UTF-8"}


def build(number, where, below, name, environment, umask, threads, engine, train_extra):
    """Writes all outputs of one build; `below` is what stands before every path, seen from the folder `where`."""
    home = FOLDER / f"build {number} ä" if number % 2 else FOLDER / f"build{number}"
    home.mkdir()
    prefix = f"{home}/" if below == "absolute" else ""
    work = where or home
    shutil.copy(FOLDER / "net.onnx", home / name)
    shutil.copy(ROOT / "targets/Chips/generic-96.yaml", home / "chip.yaml")
    base = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}

    def run(words, output=None, expect=0):
        with open(home / output if output else os.devnull, "wb") as out, open(home / "stderr.log", "ab") as log:
            done = subprocess.run(words, cwd=work, env={**base, **environment}, stdout=out, stderr=log,
                                  preexec_fn=lambda: os.umask(umask))
        if done.returncode != expect:
            sys.exit(f"{words}: exit code {done.returncode}\n" + (home / "stderr.log").read_text())

    def translate(*words, **more):
        run(["wage-translate", *words], **more)

    translate("--onnx-to-chip", prefix + name, "--chip=generic-64", "--batch=8", "-o", prefix + "net.wbin")
    translate("--onnx-to-chip", prefix + name, f"--chip={prefix}chip.yaml", "--batch=8", "--init=wage", "-o",
              prefix + "drawn.wbin")
    translate("--onnx-to-chip", prefix + name, "--chip=generic-256", "--mode=infer", "--init=model", "-o",
              prefix + "infer.wbin")
    shutil.copy(home / name, home / "net.onnx") if name != "net.onnx" else None
    translate("--import-onnx", prefix + "net.onnx", "-o", prefix + "onnx.mlir")
    translate("--binary-to-chip", prefix + "net.wbin", "-o", prefix + "chip.mlir")
    translate("--chip-to-binary", prefix + "chip.mlir", "-o", prefix + "again.wbin")
    translate("--check", prefix + "net.onnx", "--chip=generic-64", output="check.txt")
    translate("--check", "--json", prefix + "net.onnx", "--chip=truenorth", output="check.json", expect=1)
    (home / "broken.onnx").write_bytes(b"no network")
    translate("--check", "--json", prefix + "broken.onnx", "--chip=truenorth", output="broken.json", expect=1)
    run(["wage-run", "info", prefix + "net.wbin"], "info.txt")
    run(["wage-run", "info", prefix + "net.wbin", "--json"], "info.json")
    run(["wage-run", "dump", prefix + "net.wbin"], "dump.txt")
    data = [f"--images={FOLDER}/train-images", f"--labels={FOLDER}/train-labels"]
    chosen = [f"--threads={threads}", f"--engine={engine}", "--json"]
    run(["wage-run", "train", prefix + "net.wbin", *data, *chosen, "--epochs=2", "--lr-log2=3@0,0@1", "--seed=7",
         "--shuffle=3", f"--save={prefix}trained.wbin", f"--checkpoint={prefix}checkpoints", *train_extra], "train.json")
    run(["wage-run", "train", prefix + "net.wbin", *data, *chosen, "--steps=2", "--lr-log2=3",
         f"--trace-dir={prefix}trace", "--trace-steps=1"])
    run(["wage-run", "infer", prefix + "trained.wbin", *data, *chosen, f"--logits={prefix}logits.npy"], "infer.json")
    for report in ("train.json", "infer.json"):
        value = {key: kept for key, kept in json.loads((home / report).read_text()).items() if key not in OWN}
        (home / report).write_text(json.dumps(value))
    left = {name, "net.onnx", "chip.yaml", "stderr.log"}
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*"))
            if path.is_file() and path.name not in left}


def main():
    FOLDER.mkdir(parents=True)
    subprocess.run([sys.executable, ROOT / "examples/make_digits.py", FOLDER, "--train=24", "--test=1"], check=True)
    subprocess.run([sys.executable, ROOT / "examples/make_lenet.py", FOLDER / "net.onnx", "--channels=3,5", "--hidden=70"],
                   check=True)
    german, turkish = make_locale("de_DE.UTF-8", "de_DE"), make_locale("tr_TR.UTF-8", "tr_TR")
    noise = {"TZ": "Asia/Tokyo", "TMPDIR": "/tmp", "PYTHONHASHSEED": "7", "MALLOC_PERTURB_": "165", "X" * 900: "y" * 9000}
    first = build(0, None, "relative", "net.onnx", {"LC_ALL": "C", "TZ": "UTC"}, 0o022, 1, "fused", [])
    time.sleep(1.1)  # another second on every clock
    others = [
        build(1, pathlib.Path("/"), "absolute", "andere.onnx", {**german, **noise}, 0o077, 3, "fused", ["--health=epoch"]),
        build(2, None, "relative", "başka ağ.onnx", {**turkish, "TZ": "America/Lima"}, 0o002, 2, "core",
              ["--checkpoint-every=3"]),
        build(3, FOLDER, "absolute", "net.onnx", {"LC_ALL": "C.UTF-8"}, 0o027, 7, "core", []),
        build(4, None, "relative", "net.onnx", {}, 0o022, 1, "fused", []),
    ]
    problems = []
    for number, other in enumerate(others, 1):
        # Checkpoints of another interval have other files besides; the last is of the same step.
        for path in set(first) ^ set(other):
            if not path.startswith("checkpoints/"):
                problems.append(f"build {number}: only one build has {path}")
        for path in set(first) & set(other):
            if first[path] != other[path]:
                at = next((i for i, (a, b) in enumerate(zip(first[path], other[path])) if a != b), "the end")
                problems.append(f"build {number}: {path} differs at {at}: "
                                + (f"{first[path][at:at + 60]!r} and {other[path][at:at + 60]!r}" if at != "the end" else ""))
    print("\n".join(problems) or f"{len(first)} outputs, equal in {1 + len(others)} builds")
    sys.exit(1 if problems else 0)


main()
