"""Small good files of every form that wage reads, and dictionaries for the text forms: what fuzzing begins with.

    make_seeds(OUT, TOOLS, many, READERS) writes OUT/READER/..., OUT/READER.dict, and OUT/net.wbin, which checkpoints
    are restored into. TOOLS is the folder of wage-translate and wage-run; `many` adds ONNX's own test models and the
    unit tests' binaries, where there are any.
"""
import gzip
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import helper, numpy_helper

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "test/unit/Programs"))
import make_programs  # noqa: E402

LARGEST = 27000  # bytes of a seed: small inputs are fast; the smallest program with tables and moves has as many
MODELS = Path("/usr/share/libonnx-testdata/data/node")
EVENTS = [(0, 1, 2, 1), (10, 7, 0, 0), (10, 7, 7, 1), (999, 0, 3, 0), (1000, 4, 4, 1), (4200, 2, 6, 0)]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr}")


def idx(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_idx(out, random):
    for name, shape in ("images", (3, 4, 4)), ("channels", (2, 3, 2, 2)), ("labels", (3,)):
        (out / name).write_bytes(idx(random.integers(0, 10, shape, dtype=np.uint8)))


def write_npy(out, random):
    for name, shape, dtype in (("images", (2, 1, 8, 8), "u1"), ("planes", (2, 3, 2), "u1"), ("labels", (4,), "i8"),
                               ("bytes", (4,), "u1"), ("shorts", (4,), "i2"), ("words", (4,), "u4")):
        np.save(out / f"{name}.npy", random.integers(0, 10, shape).astype(dtype))
    np.save(out / "floats.npy", random.normal(size=(2, 1, 8, 8)).astype("f4"))
    np.save(out / "doubles.npy", random.normal(size=(3, 4)))
    np.save(out / "fortran.npy", np.asfortranarray(random.integers(0, 10, (2, 3, 2)).astype("u1")))


def write_cifar(out, random):
    record = random.integers(0, 10, 3073, dtype=np.uint8).tobytes()
    (out / "one.bin").write_bytes(record)
    (out / "two.bin").write_bytes(record + record)


def write_gz(out, random):
    write_idx(out, random)
    write_npy(out, random)
    for path in list(out.iterdir()):
        (out / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        path.unlink()


def write_events(text, arrays):
    lines = "".join("{} {} {} {}\n".format(*event) for event in EVENTS)
    (text / "plain.txt").write_text(lines)
    (text / "sensor.txt").write_text("# t x y p\n8 8\n\n" + lines.replace(" ", "\t"))
    (text / "seconds.txt").write_text("".join(f"{t / 1e6:.7f} {x} {y} {p}\r\n" for t, x, y, p in EVENTS))
    (text / "signs.txt").write_text("".join(f"{t} {x} {y} {p or -1} # {t}\n" for t, x, y, p in EVENTS))
    (text / "packed.txt.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    np.save(arrays / "columns.npy", np.array(EVENTS))
    np.save(arrays / "words.npy", np.array(EVENTS, "u4"))
    np.save(arrays / "tonic.npy", np.array(EVENTS, [("t", "i8"), ("x", "i2"), ("y", "i2"), ("p", "i1")]))
    np.save(arrays / "others.npy", np.array([(p, 7, x, y, t) for t, x, y, p in EVENTS],
                                           [("polarity", "?"), ("quality", "f4"), ("x", "u2"), ("y", "u2"), ("timestamp", "u4")]))


def write_onnx(out, many):
    shutil.copy(SOURCE / "test/oracle/cases/tiny/model.onnx", out / "tiny.onnx")
    run(SOURCE / "examples/make_lenet.py", out / "lenet.onnx", "--channels=2,3", "--hidden=4", "--side=8", "--classes=3")
    for name, network, *_ in make_programs.networks():
        network.save(out / f"{name}.onnx")
    for model in MODELS.glob("*/model.onnx") if many else []:
        shutil.copy(model, out / f"{model.parent.name}.onnx")


def real_valued_network():
    """A table between two layers, and functions of the output behind them."""
    random = np.random.default_rng(1)

    def weights(name, *shape):
        return numpy_helper.from_array(random.normal(size=shape).astype(np.float32) / 2, name)

    node, value = helper.make_node, helper.make_tensor_value_info
    graph = helper.make_graph(
        [node("Gemm", ["x", "w0", "b0"], ["sums"]), node("Sigmoid", ["sums"], ["hidden"]), node("Gemm", ["hidden", "w1"], ["z"]),
         node("Softmax", ["z"], ["p"], axis=1), node("ArgMax", ["p"], ["y"], axis=1, keepdims=0)], "values",
        [value("x", onnx.TensorProto.FLOAT, ["n", 6])], [value("y", onnx.TensorProto.INT64, ["n"])],
        [weights("w0", 6, 5), weights("b0", 5), weights("w1", 5, 3)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write_binaries(out, tools, many, work):
    """The smallest network, one of every kind of event, one whose gradients are formed from the batch, and one with real values
    in and out; for training and for inference."""
    listed = (SOURCE / "targets/Chips/generic-64.yaml").read_text()
    network = {name: network for name, network, *_ in make_programs.networks()}
    for name, base, mode, code, flags in (("train", "small", "train", "dense", []), ("infer", "deep", "infer", "dense", []),
                                          ("graded", "small", "train", "graded", []),
                                          ("recomputed", "small", "train", "dense", ["--recompute-gradients=all"]),
                                          ("rate", "small", "infer", "rate", ["--rounding=half-away", "--init=pretrained"]),
                                          ("phase", "small", "infer", "phase", ["--rounding=half-away", "--init=pretrained"])):
        chip, model = work / f"{name}.yaml", work / f"{name}.onnx"
        make_programs.make_chip(listed, chip, axons=14)
        network[base].save(model)
        run(tools / "wage-translate", "--onnx-to-chip", model, f"--chip={chip}", "--placer=raster", f"--mode={mode}",
            "--bits=2-8-8-8", "--batch=4", f"--spike-code={code}", *flags, "-o", out / f"{name}.wbin")
    onnx.save(real_valued_network(), work / "values.onnx")
    run(tools / "wage-translate", "--onnx-to-chip", work / "values.onnx", "--chip=generic-64", "--mode=infer",
        "--init=pretrained", "--bits=8-8-8-8", "--batch=4", "-o", out / "values.wbin")
    for program in (tools.parent / "test/unit/Programs/binaries").glob("*.wbin") if many else []:
        if program.stem != "large":  # whose steps take a second, and reach nothing that the others do not
            shutil.copy(program, out)


def write_checkpoints(out, tools, work):
    net = out.parent / "net.wbin"
    shutil.copy(out.parent / "binary/train.wbin", net)
    random = np.random.default_rng(1)
    np.save(work / "images.npy", random.integers(0, 256, (8, 1, 4, 4), dtype=np.uint8))
    np.save(work / "labels.npy", random.integers(0, 2, 8))
    run(tools / "wage-run", "train", net, f"--images={work}/images.npy", f"--labels={work}/labels.npy", "--steps=2", "--lr=8",
        f"--checkpoint={work}", "--checkpoint-every=1")
    for checkpoint in work.glob("*.ckpt"):
        shutil.copy(checkpoint, out)


def keys_of(node):
    if isinstance(node, dict):
        return set(node).union(*map(keys_of, node.values()))
    return set().union(*map(keys_of, node)) if isinstance(node, list) else set()


def write_dictionaries(out):
    """Words of the text forms, and the names of ONNX's operators and attributes as the importer spells them."""
    chips = [path.read_text() for path in sorted((SOURCE / "targets/Chips").glob("*.yaml"))]
    keys = sorted(set().union(*(keys_of(yaml.safe_load(text)) for text in chips)))
    importer = "".join(path.read_text() for path in sorted((SOURCE / "compiler/Import").glob("*.cpp")))
    arrays = ["'descr': ", "'fortran_order': ", "'shape': ", "True", "False", "'<i8'", "'|u1'", "'<f4'", "'<f8'", "\\x93NUMPY"]
    words = {
        "chip": [f"{key}: " for key in keys] + [
            "{ value: ", ", source: assumed }", "true", "false", "dense", "graded", "rate", "phase", "&a ", "*a", "<<: ", "- ",
            "? ", "!!", "---\\x0a", "18446744073709551616", "1e308"],
        "onnx": sorted(set(re.findall(r'"([A-Za-z][A-Za-z_]{2,24})"', importer))),
        "npy": arrays,
        "gz": arrays,
        "events-text": ["\\x0a", "# ", "0.", "-1", "8 8\\x0a", "9223372036854775807"],
        "events-npy": arrays + [f"('{name}', '<i4')" for name in ("t", "timestamp", "x", "y", "p", "polarity")],
    }
    for reader, list_ in words.items():
        (out / f"{reader}.dict").write_text("".join('"{}"\n'.format(word.replace('"', '\\"')) for word in list_))


def make_seeds(out, tools, many, readers):
    """Puts the seeds and dictionaries of `readers` into OUT/READER, beside what earlier runs have kept there."""
    with tempfile.TemporaryDirectory() as work:
        make_all(Path(work) / "seeds", tools, many, Path(work))
        shutil.copy(Path(work) / "seeds/net.wbin", out)
        for reader in readers:
            for seed in (Path(work) / "seeds" / reader).iterdir():
                if seed.stat().st_size <= LARGEST:
                    (out / reader).mkdir(exist_ok=True)
                    shutil.copy(seed, out / reader)
    write_dictionaries(out)


def make_all(out, tools, many, work):
    random = np.random.default_rng(1)
    folder = {reader: out / reader
              for reader in ("onnx", "binary", "chip", "idx", "npy", "cifar", "gz", "checkpoint", "events-text",
                                                  "events-npy")}
    for path in folder.values():
        path.mkdir(parents=True)
    write_idx(folder["idx"], random)
    write_npy(folder["npy"], random)
    write_cifar(folder["cifar"], random)
    write_gz(folder["gz"], random)
    write_events(folder["events-text"], folder["events-npy"])
    for chip in (SOURCE / "targets/Chips").glob("*.yaml"):
        shutil.copy(chip, folder["chip"])
    write_onnx(folder["onnx"], many)
    write_binaries(folder["binary"], tools, many, work)
    write_checkpoints(folder["checkpoint"], tools, work)
