#!/usr/bin/python3
"""Records moving bars with an event camera that does not exist, so that the examples need no download.

    make_bars.py OUT_DIR [--train=400] [--seed=1]

The sensor has 16x16 pixels. A bar crosses it within 16 ms, to the right, to the left, down or up: classes 0 to 3. Pixels in
front of it become brighter (polarity 1), those that it leaves darker (0); some at random do either. Writes one recording of
each class as text and as .npy (right, left, down, up), their classes (labels.npy), and for training the frames of --train
more recordings (train-frames.npy, train-labels.npy). A frame counts the events of 4 ms, channel 0 those of polarity 0,
channel 1 those of polarity 1, and is stored as bytes: 64 for each event, at most 255. The same seed gives the same bytes.
"""
import argparse
from pathlib import Path

import numpy as np

SIDE = 16
CROSSING, WINDOW = 16000, 4000  # microseconds
STEP = CROSSING // SIDE
DIRECTIONS = ["right", "left", "down", "up"]
FIELDS = [("t", np.int64), ("x", np.int16), ("y", np.int16), ("p", np.int8)]


def time(step, random):
    return step * STEP + random.integers(STEP)


def record(direction, random):
    """Events [n, 4] of columns t, x, y, p, in order of time."""
    events = []
    thickness = random.integers(2, 5)
    for step in range(SIDE):
        for polarity, position in ((1, step), (0, step - thickness)):
            if position >= 0:
                across = position if direction % 2 == 0 else SIDE - 1 - position
                for along in np.flatnonzero(random.random(SIDE) < 0.9):
                    events.append((time(step, random), *((across, along) if direction < 2 else (along, across)), polarity))
        for _ in range(3):
            events.append((time(step, random), *random.integers(SIDE, size=2), random.integers(2)))
    return np.array(sorted(events))


def frames(events):
    """The counts of each window, [windows, 2, SIDE, SIDE]."""
    counts = np.zeros((CROSSING // WINDOW, 2, SIDE, SIDE), int)
    t, x, y, p = events.T
    np.add.at(counts, (t // WINDOW, p, y, x), 1)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    parser.add_argument("--train", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder, random = arguments.folder, np.random.default_rng(arguments.seed)
    folder.mkdir(parents=True, exist_ok=True)
    classes = np.arange(arguments.train) % len(DIRECTIONS)
    counts = np.concatenate([frames(record(direction, random)) for direction in classes])
    np.save(folder / "train-frames.npy", np.minimum(64 * counts, 255).astype(np.uint8))
    np.save(folder / "train-labels.npy", np.repeat(classes, CROSSING // WINDOW))
    for direction, name in enumerate(DIRECTIONS):
        events = record(direction, random)
        np.savetxt(folder / f"{name}.txt", events, fmt="%d", header="t x y p")
        np.save(folder / f"{name}.npy", np.array([tuple(event) for event in events], FIELDS))
    np.save(folder / "labels.npy", np.arange(len(DIRECTIONS)))


if __name__ == "__main__":
    main()
