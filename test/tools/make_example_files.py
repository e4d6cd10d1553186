"""Makes the networks and data that the examples of --help name, small enough to run them all: make_example_files.py FOLDER"""
import gzip
import pathlib
import subprocess
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(sys.argv[1])
root = pathlib.Path(__file__).resolve().parents[2]
folder.mkdir(parents=True)

# Digits, in the names of MNIST's files.
subprocess.run([sys.executable, root / "examples/make_digits.py", folder, "--train=32", "--test=8"], check=True)
subprocess.run([sys.executable, root / "examples/make_lenet.py", folder / "lenet.onnx", "--channels=3,5", "--hidden=12"],
               check=True)
for ours, theirs in [("train-images", "train-images-idx3-ubyte"), ("train-labels", "train-labels-idx1-ubyte"),
                     ("test-images", "t10k-images-idx3-ubyte"), ("test-labels", "t10k-labels-idx1-ubyte")]:
    (folder / (theirs + ".gz")).write_bytes(gzip.compress((folder / ours).read_bytes(), mtime=0))
numpy.save(folder / "i.npy", numpy.frombuffer((folder / "train-images").read_bytes()[16:], numpy.uint8).reshape(-1, 1, 28, 28))
numpy.save(folder / "images.npy", numpy.load(folder / "i.npy"))
numpy.save(folder / "l.npy", numpy.frombuffer((folder / "train-labels").read_bytes()[8:], numpy.uint8).astype(numpy.int64))
(folder / "bars.txt").write_text("".join(f"{1000 * x} {x} {y} 1\n" for x in range(28) for y in range(28)))

# A network and records in the form of CIFAR-10.
random = numpy.random.default_rng(1)
weights = [numpy_helper.from_array(random.uniform(-1, 1, shape).astype(numpy.float32), name)
           for name, shape in [("conv.weight", (4, 3, 3, 3)), ("fc.weight", (10, 4 * 16 * 16))]]
nodes = [helper.make_node("Conv", ["images", "conv.weight"], ["conv.out"], name="conv", kernel_shape=[3, 3], pads=[1] * 4),
         helper.make_node("Relu", ["conv.out"], ["relu.out"], name="relu"),
         helper.make_node("MaxPool", ["relu.out"], ["pool.out"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
         helper.make_node("Flatten", ["pool.out"], ["flat.out"], name="flat"),
         helper.make_node("Gemm", ["flat.out", "fc.weight"], ["logits"], name="fc", transB=1)]
graph = helper.make_graph(nodes, "vgg", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, 32, 32])],
                          [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])], weights)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 7
onnx.save(model, folder / "vgg.onnx")
for name in ["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"]:
    records = random.integers(0, 256, (8, 3073)).astype(numpy.uint8)
    records[:, 0] %= 10
    (folder / name).write_bytes(records.tobytes())
numpy.save(folder / "preprocessed.npy", (numpy.load(folder / "i.npy") / 127.5 - 1).astype(numpy.float32))
for name in ["lenet", "vgg"]:
    subprocess.run(["wage-translate", "--onnx-to-chip", folder / f"{name}.onnx", "--chip=generic-64", "--batch=16",
                    "-o", folder / f"{name}.wbin"], check=True)
subprocess.run(["wage-translate", "--onnx-to-chip", folder / "lenet.onnx", "--chip=generic-64", "--batch=16", "--mode=infer",
                "--init=model", "--rounding=half-away", "--spike-code=phase", "-o", folder / "spikes.wbin"], check=True)
for name in ["here", "there"]:
    (folder / f"{name}.wbin").write_bytes((folder / "lenet.wbin").read_bytes())
for name in ["trace", "trace-after"]:
    subprocess.run(["wage-run", "train", folder / "lenet.wbin", f"--images={folder / 'i.npy'}",
                    f"--labels={folder / 'l.npy'}", "--steps=2",
                    "--lr-log2=3", f"--trace-dir={folder / name}", "--trace-steps=0,1"], check=True, stdout=subprocess.DEVNULL)
