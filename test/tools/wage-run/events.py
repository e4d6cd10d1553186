"""Recordings of events as input, against NumPy: events.py FOLDER

FOLDER holds bars/ (examples/make_bars.py). Counts the events with NumPy and gives them to the same networks by --input and
--images; what wage-run makes of the recordings must be the same integers, on both engines."""
import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = Path(sys.argv[1])
random = np.random.default_rng(5)
ENGINES = (["--engine=core", "--batch=3"], ["--engine=fused", "--batch=8"])


def run(*words, fails=None):
    """Standard output; of a command that must fail with exit code 1, its one line of error."""
    done = subprocess.run(["wage-run", "infer", *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == (1 if fails else 0), (words, done.returncode, done.stderr)
    if fails:
        assert done.stdout == "" and fails in done.stderr and done.stderr.count("\n") == 1, (fails, done.stderr)
    return done.stdout


def logits(*words):
    """Those that --input or --images gives, of the fused engine."""
    run(*words, "--logits=l.npy")
    return np.load(folder / "l.npy")


def check(name, expected, *words, windows=None):
    """The logits of --events are `expected`, and the classes that are told are theirs."""
    for engine in ENGINES:
        (folder / "e.npy").unlink(missing_ok=True)
        told = json.loads(run(name, *words, *engine, "--logits=e.npy", "--json"))
        found = np.load(folder / "e.npy")
        assert found.shape == expected.shape and (found == expected).all(), (name, words, engine)
        assert told["images"] == len(expected) and told["errors"] is None
        first = 0
        for recording in told["recordings"]:
            part = expected[first:first + recording["windows"]].astype(np.int64)
            assert recording["predictions"] == part.argmax(1).tolist() and recording["winner"] == part.sum(0).argmax()
            first += recording["windows"]
        assert first == len(expected) and windows in (None, [r["windows"] for r in told["recordings"]])
    return told["recordings"]


def counted(events, channels, length, start=0, windows=None, height=16, width=16):
    """Counts [windows, channels, height, width]; of one channel on minus off."""
    t, x, y, p = events.T
    counts = np.zeros((windows or int(t[-1] - start) // length + 1, 2, height, width))
    np.add.at(counts, ((t - start) // length, p, y, x), 1)
    return counts if channels == 2 else counts[:, 1:] - counts[:, :1]


def save(name, array):
    np.save(folder / name, array)
    return name


def save_text(name, events, form="{} {} {} {}\n", pack=bytes):
    (folder / name).write_bytes(pack("".join(form.format(*event) for event in events.tolist()).encode()))
    return name


def compile_network(name, nodes, shapes, shape, *flags, outputs=(5,)):
    weights = [numpy_helper.from_array(random.uniform(-1, 1, s).astype(np.float32), n) for n, s in shapes.items()]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *shape])],
                              [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["batch", *outputs])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    onnx.save(model, folder / f"{name}.onnx")
    subprocess.run(["wage-translate", "--onnx-to-chip", f"{name}.onnx", "--chip=generic-64", "--mode=infer", "--init=model",
                    "--bits=4-8", "--batch=8", *flags, "-o", f"{name}.wbin"], cwd=folder, check=True)
    return f"{name}.wbin"


def convolution(source, channels):
    """Nodes from a tensor of `channels` planes of 16 x 16, and the shapes of their weights."""
    return [helper.make_node("Conv", [source, "conv"], ["c"], kernel_shape=[4, 4], strides=[4, 4]),
            helper.make_node("Relu", ["c"], ["r"]), helper.make_node("Flatten", ["r"], ["f"]),
            helper.make_node("Gemm", ["f", "fc"], ["z"], transB=1)], {"conv": (6, channels, 4, 4), "fc": (5, 96)}


def columns(name):
    return np.loadtxt(folder / f"bars/{name}.txt", dtype=np.int64)


right, left = columns("right"), columns("left")
fields = np.load(folder / "bars/left.npy")
assert (np.stack([fields[name].astype(np.int64) for name in "txyp"], 1) == left).all()

# Two channels, by real values and by images of bytes; every form of file, several files, windows that are told.
two = compile_network("two", *convolution("x", 2), (2, 16, 16), "--pixel-scale=0.00390625", "--pixel-offset=0")
counts = counted(right, 2, 4000)
assert counts.max() <= 4 and len(counts) == 4
value = ["--window=4000", "--event-value=0.25"]
expected = logits(two, f"--input={save('counts.npy', counts * 0.25)}")
assert (logits(two, f"--images={save('pixels.npy', np.minimum(counts * 64, 255).astype(np.uint8))}") == expected).all()
reordered = np.zeros(len(right), np.dtype({"names": ["polarity", "x", "y", "timestamp"], "formats": ["?", "<u2", "<u2", "<u4"],
                                           "offsets": [0, 2, 4, 8], "itemsize": 13}))
for name, column in zip(["timestamp", "x", "y", "polarity"], right.T):
    reordered[name] = column
seconds = right * [1, 1, 1, 2] - [0, 0, 0, 1]
for path in ["bars/right.txt", "bars/right.npy", save("columns.npy", right.astype(np.int32)),
             save_text("r.gz", right, pack=gzip.compress),
             save_text("sensor", right, "\n{}\t{}  {} {} # yes\r\n", lambda text: b"# rows\n16 16\n" + text),
             save_text("seconds", np.c_[right[:, 0] / 1e6, seconds[:, 1:]], "{:.9f} {:.0f} {:.0f} {:.0f}\n"),
             save("fields.npy", reordered)]:
    check(two, expected, f"--events={path}", "--window-start=0", *value, windows=[4])
both = np.concatenate([expected, logits(two, f"--input={save('counts.npy', counted(left, 2, 4000) * 0.25)}")])
told = check(two, both, "--events=bars/right.txt,bars/left.npy", "--window-start=0", *value, windows=[4, 4])
assert [r["file"] for r in told] == ["bars/right.txt", "bars/left.npy"] and told[0]["events"] == len(right)
check(two, both[:6], "--events=bars/right.txt,bars/left.npy", "--window-start=0", "--limit=6", *value, windows=[4, 2])
odd = counted(right, 2, 3001, right[0, 0], 9)
check(two, logits(two, f"--input={save('counts.npy', odd * 0.25)}"), "--events=bars/right.txt", "--window=3001",
      "--window-count=9", "--event-value=0.25", windows=[9])

# Labels are of recordings.
winners = [both[:4].sum(0).argmax(), both[4:].sum(0).argmax()]
labels = [f"--labels={save('labels.npy', np.array([winners[0], (winners[1] + 1) % 5]))}", "--window-start=0"]
text = run(two, "--events=bars/right.txt,bars/left.npy", *value, *labels)
assert f"\nbars/left.npy: 4 windows, {len(left)} events, class {winners[1]}\nerrors 1 of 2 (50.00 %), " in text, text
run(two, "--events=bars/left.npy", *value, *labels, fails="'labels.npy': holds 2 labels, 'bars/left.npy' needs 1")

# What the input does not hold is refused, or clipped and told.
flags = ["--events=bars/right.txt", "--window=4000", "--window-start=0", "--logits=none.npy"]
run(two, *flags, "--event-value=30",
    fails="'bars/right.txt': window 0 (0 to 4000 us) counts 2 at channel 0, x 10, y 5, 3840 steps of the input, which "
    "holds -127 to 127; a shorter --window, another --event-value or --saturate-events is needed")
assert not (folder / "none.npy").exists()
told = check(two, logits(two, f"--input={save('counts.npy', counts * 30)}"), "--saturate-events", "--event-value=30", *flags[:3])
assert told[0]["saturated"] == np.count_nonzero(counts)
text = run(two, *flags[:3], "--saturate-events", "--event-value=30")
assert f"4 windows, {len(right)} events, {np.count_nonzero(counts)} counts clipped, class " in text, text

# One channel: the difference, or the sum.
one = compile_network("one", *convolution("x", 1), (1, 16, 16))
differences, sums = counted(right, 1, 4000), counted(right, 2, 4000).sum(1, keepdims=True)
assert differences.min() < 0 and (sums != abs(differences)).any()
for counts, more in ((differences, []), (differences, ["--polarity=difference"]), (sums, ["--polarity=sum"])):
    check(one, logits(one, f"--input={save('counts.npy', counts * 0.125)}"), "--events=bars/right.txt", "--window=4000",
          "--window-start=0", "--event-value=0.125", *more)
run(two, *flags, "--polarity=sum",
    fails="--polarity: 'two.wbin' takes both polarities, in a channel each; one of 1 channel is needed")

# The grid of a model that takes counts is chosen from samples: an event is 1.
calibrated = compile_network("calibrated", *convolution("x", 2), (2, 16, 16), "--init=pretrained",
                             f"--calibrate-input={save('samples.npy', counted(left, 2, 4000).astype(np.float32))}")
check(calibrated, logits(calibrated, f"--input={save('counts.npy', counted(right, 2, 4000))}"), "--events=bars/right.txt",
      "--window=4000", "--window-start=0", "--saturate-events")

# A model of another order of elements, and one that takes a row.
nodes, shapes = convolution("planes", 2)
last = compile_network("last", [helper.make_node("Transpose", ["x"], ["planes"], perm=[0, 3, 1, 2]), *nodes], shapes, (16, 16, 2))
counts = counted(left, 2, 4000) * 0.25
check(last, logits(last, f"--input={save('counts.npy', counts.transpose(0, 2, 3, 1))}"), "--events=bars/left.npy",
      "--window-start=0", *value)
row = compile_network("row", [helper.make_node("Gemm", ["x", "fc"], ["z"], transB=1)], {"fc": (5, 2 * 3 * 7)}, (42,))
small = np.array([[5, 6, 2, 1], [5, 0, 0, 0], [9, 3, 1, 1], [9, 3, 1, 1], [12, 6, 2, 0]])
counts = counted(small, 2, 4, 5, height=3, width=7)
assert len(counts) == 2
events = [f"--events={save('small.npy', small.astype(np.int8))}", "--window=4", "--event-value=0.25"]
check(row, logits(row, f"--input={save('counts.npy', counts.reshape(2, 42) * 0.25)}"), *events, "--sensor=7x3")
run(row, *events, fails="'row.wbin': takes samples of 42x1x1, events need 1 or 2 channels; --sensor=WIDTHxHEIGHT says how")
run(row, *events, "--sensor=7x4",
    fails="--sensor: found 7x4, 'row.wbin' takes samples of 42x1x1 and needs as many pixels in 1 or 2 channels")
run(two, *flags, "--sensor=8x32", fails="--sensor: found 8x32, 'two.wbin' takes samples of 2x16x16 and needs as many pixels")
check(one, logits(one, f"--input={save('counts.npy', differences * 0.125)}"), *flags[:3], "--event-value=0.125", "--sensor=16x16")

# Without an axis of classes there is none to tell.
plane = compile_network("plane", [helper.make_node("Conv", ["x", "conv"], ["z"], kernel_shape=[4, 4], strides=[4, 4])],
                        {"conv": (3, 2, 4, 4)}, (2, 16, 16), outputs=(3, 4, 4))
told = json.loads(run(plane, *flags[:3], "--event-value=0.25", "--json"))["recordings"][0]
assert told["windows"] == 4 and told["predictions"] == [] and told["winner"] is None
assert f"bars/right.txt: 4 windows, {len(right)} events\n" in run(plane, *flags[:3], "--event-value=0.25")

three = compile_network("three", *convolution("x", 3), (3, 16, 16))
run(three, *flags, fails="'three.wbin': takes samples of 3x16x16, events need 1 or 2 channels")
