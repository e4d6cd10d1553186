"""Models that others wrote: ONNX Runtime's logits of the exported integers against the chip's, on real images.

    compare_models.py RUNTIME_DIR SHARED_DIR [--images=N] [--chip=NAME] [--model=NAME,...] [-- FLAG...]

Every folder of SHARED_DIR/models is compiled with the FLAGs (such as --bits=8-8-8-8) and, if the compiler takes it,
exported and compared on N images, fewer of large ones, of the data sets in SHARED_DIR/data: those with as many
channels, repeated or left out row by row and column by column to the size that the network takes. What the compiler
refuses is printed with its reason and counts for nothing.
"""
import argparse
import gzip
import lzma
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

from exported import Refused, Verdict, check_model, run, run_onnx

# Elements of all images of a network: what it computes of a large one takes ONNX Runtime a second.
MOST_ELEMENTS = 1_000_000


def digits(shared, count):
    """MNIST's test images, [count, 1, 28, 28]."""
    data = gzip.open(shared / "data/mnist/t10k-images-idx3-ubyte.gz").read()
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 1, 28, 28)[:count]


def pictures(shared, count):
    """CIFAR-10's test images, [count, 3, 32, 32]."""
    data = lzma.open(shared / "data/cifar10/test_batch.bin.xz").read()
    return np.frombuffer(data, np.uint8).reshape(-1, 3073)[:count, 1:].reshape(-1, 3, 32, 32)


def fit(images, shape):
    """The images in the shape the network takes: of one sample's size as they are, else resized."""
    if images[0].size == np.prod(shape):
        return images.reshape(-1, *shape)
    rows = np.arange(shape[1]) * images.shape[2] // shape[1]
    columns = np.arange(shape[2]) * images.shape[3] // shape[2]
    return images[:, :, rows][:, :, :, columns]


def images_for(shared, shape, count):
    sources = {1: digits, 3: pictures}
    if shape[0] not in sources:
        return np.random.default_rng(0).integers(0, 256, (count, *shape), dtype=np.uint8)
    return np.ascontiguousarray(fit(sources[shape[0]](shared, count), shape))


def input_shape(exported):
    """The shape of one image as the network takes it."""
    dims = onnx.load(str(exported)).graph.input[0].type.tensor_type.shape.dim
    return [dim.dim_value for dim in dims[1:]]


def compare_model(model, arguments, scratch, verdict):
    try:
        run("wage-translate", "--onnx-to-chip", model, f"--chip={arguments.chip}", *arguments.flags, "-o", scratch / "m.wbin")
    except Refused as refusal:
        print(f"{model.parent.name}: refused: {refusal}", flush=True)
        return
    run("wage-translate", "--export-onnx", model, *arguments.flags, "-o", scratch / "m.onnx")
    shape = input_shape(scratch / "m.onnx")
    count = min(arguments.images, max(1, MOST_ELEMENTS // int(np.prod(shape))))
    np.save(scratch / "images.npy", images_for(arguments.shared, shape, count))
    run("wage-run", "infer", scratch / "m.wbin", f"--images={scratch / 'images.npy'}", "--engine=fused",
        f"--logits={scratch / 'chip.npy'}")
    run_onnx(arguments.runtime, scratch / "m.onnx", scratch / "images.npy", scratch / "onnx.npy", "--batch=16")
    verdict.compare(f"{model.parent.name} ({check_model(scratch / 'm.onnx')})", scratch / "onnx.npy", scratch / "chip.npy")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runtime", metavar="RUNTIME_DIR", type=Path)
    parser.add_argument("shared", metavar="SHARED_DIR", type=Path)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--chip", default="generic-256")
    parser.add_argument("--model", help="only these folders")
    # What stands behind `--` is the compiler's.
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments = parser.parse_args(sys.argv[1:split])
    arguments.flags = sys.argv[split + 1:]
    wanted = arguments.model.split(",") if arguments.model else None
    verdict = Verdict()
    with tempfile.TemporaryDirectory() as scratch:
        for model in sorted((arguments.shared / "models").glob("*/model.onnx")):
            if not wanted or model.parent.name in wanted:
                compare_model(model, arguments, Path(scratch), verdict)
    verdict.finish()


if __name__ == "__main__":
    main()
