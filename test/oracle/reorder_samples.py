#!/usr/bin/python3
"""Lays out a data set in the order in which shuffled training takes it.

    reorder_samples.py IMAGES.npy LABELS.npy OUT_DIR --shuffle=SEED --samples=J

Writes OUT_DIR/images.npy and labels.npy, the first J samples of training with that shuffle seed: training on them in file
order must give the same weights. The order is that of runtime/Data/SampleOrder.h, written a second time.
"""
import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wage_oracle  # noqa: E402

SHUFFLE_STREAM = 2 ** 32 - 1


def epoch_words(seed, epoch):
    """The 32-bit words of one epoch, in turn."""
    block = 0
    while True:
        counter = ([block], [SHUFFLE_STREAM], [epoch & 0xFFFFFFFF], [epoch >> 32])
        for word in wage_oracle.philox4x32(counter, (seed & 0xFFFFFFFF, seed >> 32)):
            yield int(word[0])
        block += 1


def epoch_order(count, seed, epoch):
    """Fisher and Yates from the last position down, each draw exactly uniform by rejection."""
    words, order = epoch_words(seed, epoch), list(range(count))
    for last in range(count - 1, 0, -1):
        bound = last + 1
        product = next(words) * bound
        while product % 2 ** 32 < 2 ** 32 % bound:
            product = next(words) * bound
        at = product // 2 ** 32
        order[last], order[at] = order[at], order[last]
    return order


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images")
    parser.add_argument("labels")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shuffle", type=int, required=True)
    parser.add_argument("--samples", type=int, required=True)
    arguments = parser.parse_args()
    images, labels = np.load(arguments.images), np.load(arguments.labels)
    epochs = -(-arguments.samples // len(labels))
    order = [at for epoch in range(epochs) for at in epoch_order(len(labels), arguments.shuffle, epoch)]
    order = order[:arguments.samples]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    np.save(arguments.folder / "images.npy", images[order])
    np.save(arguments.folder / "labels.npy", labels[order])


if __name__ == "__main__":
    main()
