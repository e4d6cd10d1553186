#!/usr/bin/python3
"""Lays out a data set as shuffled and augmented training takes it.

    reorder_samples.py IMAGES.npy LABELS.npy OUT_DIR --samples=J [--shuffle=SEED] [--pad=P] [--flip] [--seed=SEED]

Writes OUT_DIR/images.npy and labels.npy, the first J samples of training with that shuffle seed and augmentation: training
on them in file order and without one must give the same weights. What is drawn is that of runtime/Data/SampleOrder.h and
runtime/Data/Augmentation.h, written a second time.
"""
import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wage_oracle  # noqa: E402

SHUFFLE_STREAM, AUGMENTATION_STREAM = 2 ** 32 - 1, 2 ** 32 - 2


def words_of(seed, stream, number):
    """The 32-bit words of one draw, in turn."""
    block = 0
    while True:
        counter = ([block], [stream], [number & 0xFFFFFFFF], [number >> 32])
        for word in wage_oracle.philox4x32(counter, (seed & 0xFFFFFFFF, seed >> 32)):
            yield int(word[0])
        block += 1


def below(words, bound):
    """Exactly uniform in range(bound), by rejection."""
    product = next(words) * bound
    while product % 2 ** 32 < 2 ** 32 % bound:
        product = next(words) * bound
    return product // 2 ** 32


def epoch_order(count, seed, epoch):
    """Fisher and Yates from the last position down."""
    words, order = words_of(seed, SHUFFLE_STREAM, epoch), list(range(count))
    for last in range(count - 1, 0, -1):
        at = below(words, last + 1)
        order[last], order[at] = order[at], order[last]
    return order


def augmented(image, seed, sample, pad, flip):
    """[channels, height, width] in and out, bytes 0 around."""
    words = words_of(seed, AUGMENTATION_STREAM, sample)
    if pad:
        row, column = below(words, 2 * pad + 1), below(words, 2 * pad + 1)
        padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
        image = padded[:, row:row + image.shape[1], column:column + image.shape[2]]
    return image[:, :, ::-1] if flip and below(words, 2) else image


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images")
    parser.add_argument("labels")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, required=True)
    parser.add_argument("--shuffle", type=int)
    parser.add_argument("--pad", type=int, default=0)
    parser.add_argument("--flip", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    images, labels = np.load(arguments.images), np.load(arguments.labels)
    epochs = -(-arguments.samples // len(labels))
    order = [at for epoch in range(epochs) for at in
             (range(len(labels)) if arguments.shuffle is None else epoch_order(len(labels), arguments.shuffle, epoch))]
    order = order[:arguments.samples]
    taken = [augmented(images[at], arguments.seed, sample, arguments.pad, arguments.flip)
             for sample, at in enumerate(order)]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    np.save(arguments.folder / "images.npy", np.stack(taken))
    np.save(arguments.folder / "labels.npy", labels[order])


if __name__ == "__main__":
    main()
