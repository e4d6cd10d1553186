#!/usr/bin/env python3
"""Samples and images for the tests of calibration: make_samples.py FOLDER."""
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
# Two channels: from -3 to 3 and from -0.5 to 0.5.
ramp = np.linspace(-1, 1, 16, dtype=np.float32).reshape(4, 1, 2, 2)
np.save(folder / "samples.npy", np.concatenate([3 * ramp, 0.5 * ramp], axis=1))
np.save(folder / "nan.npy", np.full((1, 2, 2, 2), np.nan, np.float32))
np.save(folder / "shape.npy", np.zeros((4, 3, 2, 2), np.float32))
np.save(folder / "images.npy", np.arange(4 * 8, dtype=np.uint8).reshape(4, 2, 2, 2) * 8)
# One channel from -1 to 1; nothing but zeros; one sample.
np.save(folder / "ramp.npy", np.linspace(-1, 1, 64, dtype=np.float32).reshape(4, 1, 4, 4))
np.save(folder / "zeros.npy", np.zeros((4, 1, 4, 4), np.float32))
np.save(folder / "one.npy", np.linspace(-1, 1, 16, dtype=np.float32).reshape(1, 1, 4, 4))
np.save(folder / "rows.npy", np.linspace(-1, 1, 64, dtype=np.float32).reshape(4, 2, 8))
# One of two channels is 1, the other 0.
np.save(folder / "pairs.npy", np.repeat(np.eye(2, dtype=np.float32)[[0, 1, 1, 0]], 4, axis=1).reshape(4, 2, 2, 2))
