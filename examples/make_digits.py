#!/usr/bin/python3
"""Draws a set of digits, so that the examples need no download.

    make_digits.py OUT_DIR [--train=6000] [--test=1000] [--seed=1]

Each image is 28x28 bytes, 0 background and 255 ink. A digit is a few strokes; every image bends the strokes a little,
turns, slants, scales and moves them, draws them with a pen of its own width and darkness, and adds noise. Classes come
in random order. Writes train-images, train-labels, test-images and test-labels (idx format, as MNIST). The same seed
gives the same bytes.
"""
import argparse
from pathlib import Path

import numpy as np

SIDE = 28


def line(*points):
    return np.array(points, dtype=float)


def arc(centre_x, centre_y, radius_x, radius_y, begin, end, points=12):
    """Part of an ellipse; angles in degrees, 0 to the right, growing clockwise (y points down)."""
    angle = np.radians(np.linspace(begin, end, points))
    return np.stack([centre_x + radius_x * np.cos(angle), centre_y + radius_y * np.sin(angle)], axis=1)


# The strokes of each digit in a box from (-0.5, -1) to (0.5, 1).
STROKES = [
    [arc(0, 0, 0.5, 1, -90, 270, 20)],
    [line((-0.3, -0.6), (0.05, -1), (0.05, 1))],
    [np.concatenate([arc(0, -0.5, 0.5, 0.5, -170, 40), line((-0.5, 1), (0.5, 1))])],
    [np.concatenate([arc(-0.05, -0.5, 0.5, 0.5, -150, 90), arc(-0.05, 0.5, 0.55, 0.5, -90, 150)])],
    [line((0.25, 1), (0.25, -1), (-0.5, 0.35), (0.5, 0.35))],
    [np.concatenate([line((0.45, -1), (-0.4, -1), (-0.45, -0.1)), arc(-0.05, 0.4, 0.55, 0.55, -120, 140)])],
    [np.concatenate([line((0.35, -1), (-0.25, -0.2)), arc(0, 0.5, 0.48, 0.5, -160, 200, 16)])],
    [line((-0.5, -1), (0.5, -1), (-0.15, 1))],
    [arc(0, -0.5, 0.42, 0.48, 90, 450, 14), arc(0, 0.5, 0.5, 0.5, -90, 270, 14)],
    [np.concatenate([arc(0, -0.5, 0.45, 0.5, 20, 380, 16), line((0.42, -0.4), (0.2, 1))])],
]


def segments_of(digit, random):
    """The strokes as (begin, end) points in pixels, deformed at random."""
    turn, slant = random.normal(0, 0.16), random.normal(0, 0.18)
    scale_x, scale_y = 9.5 * random.uniform(0.65, 1.15), 9.5 * random.uniform(0.75, 1.05)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    transform = rotation @ np.array([[scale_x, slant * scale_y], [0, scale_y]])
    centre = (SIDE - 1) / 2 + random.normal(0, 1.3, 2)
    # A smooth bend of the whole plane: one wave in each direction.
    amplitude, phase = random.normal(0, 0.09, 2), random.uniform(0, 2 * np.pi, 2)
    begins, ends = [], []
    for stroke in STROKES[digit]:
        points = stroke + random.normal(0, 0.035, stroke.shape)
        bend = np.stack([amplitude[0] * np.sin(2.5 * points[:, 1] + phase[0]),
                         amplitude[1] * np.sin(2.5 * points[:, 0] + phase[1])], axis=1)
        points = (points + bend) @ transform.T + centre
        begins.append(points[:-1])
        ends.append(points[1:])
    return np.concatenate(begins), np.concatenate(ends)


def draw(digit, random):
    """One image of `digit`, uint8 [SIDE, SIDE]."""
    begin, end = segments_of(digit, random)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    pixels = np.stack([x, y], axis=-1).reshape(-1, 1, 2).astype(float)
    along = end - begin
    length2 = np.maximum((along ** 2).sum(-1), 1e-9)
    at = np.clip(((pixels - begin) * along).sum(-1) / length2, 0, 1)
    distance = np.sqrt(((pixels - begin - at[..., None] * along) ** 2).sum(-1)).min(1)
    ink = np.clip(random.uniform(0.5, 1.5) + 0.5 - distance, 0, 1) * random.uniform(150, 255)
    noise = random.normal(0, random.uniform(4, 22), ink.shape)
    return np.clip(ink + noise, 0, 255).astype(np.uint8).reshape(SIDE, SIDE)


def write_idx(path, array):
    header = np.array([0x800 + array.ndim, *array.shape], dtype=">u4")
    path.write_bytes(header.tobytes() + array.astype(np.uint8).tobytes())


def write_set(folder, name, count, random):
    labels = random.integers(0, 10, count)
    images = np.stack([draw(label, random) for label in labels])
    write_idx(folder / f"{name}-images", images)
    write_idx(folder / f"{name}-labels", labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    parser.add_argument("--train", type=int, default=6000)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    # Separate streams, so that the test set does not depend on the size of the training set.
    streams = np.random.SeedSequence(arguments.seed).spawn(2)
    write_set(arguments.folder, "train", arguments.train, np.random.default_rng(streams[0]))
    write_set(arguments.folder, "test", arguments.test, np.random.default_rng(streams[1]))


if __name__ == "__main__":
    main()
