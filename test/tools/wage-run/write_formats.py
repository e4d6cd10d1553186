"""Writes a case's one-channel images and labels in every format wage-run reads: write_formats.py CASE_DIR OUT_DIR."""
import gzip
import sys
from pathlib import Path

import numpy as np

case, out = Path(sys.argv[1]), Path(sys.argv[2])
images, labels = np.load(case / "images.npy")[:, 0], np.load(case / "labels.npy")


def idx(array):
    return np.array([0x800 + array.ndim, *array.shape], dtype=">u4").tobytes() + array.astype(np.uint8).tobytes()


(out / "images.idx").write_bytes(idx(images))
(out / "images.idx.gz").write_bytes(gzip.compress(idx(images)))
(out / "labels.gz").write_bytes(gzip.compress(idx(labels)))
np.save(out / "planes.npy", images)
(out / "planes.npy.gz").write_bytes(gzip.compress((out / "planes.npy").read_bytes()))
np.save(out / "first.npy", images[:5])
(out / "rest.idx").write_bytes(idx(images[5:]))
