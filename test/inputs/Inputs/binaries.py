"""Hostile binaries and checkpoints, through the tools: binaries.py FOLDER EVERY NET.wbin IMAGES.npy LABELS.npy

Cut short, flipped with the checksum renewed, of other versions, with weights that no training reaches, of other runs."""
import struct
import subprocess
import sys
import zlib

from campaign import Campaign

campaign = Campaign(sys.argv[1])
every = int(sys.argv[2])
binary = open(sys.argv[3], "rb").read()
data = {"i": open(sys.argv[4], "rb").read(), "l": open(sys.argv[5], "rb").read()}
TRAIN = ["wage-run", "train", "net.wbin", "--images=i", "--labels=l", "--lr=8", "--threads=1", "--save=out.wbin"]
IMAGES = 26  # which field of the root table in Wage.fbs it is, from 0
RUN = TRAIN + ["--steps=4", "--checkpoint=.", "--resume"]


def field(bytes_, index):
    """Where a field of a FlatBuffer's root table stands; 0 if it is left out."""
    root = struct.unpack_from("<I", bytes_)[0]
    table = root - struct.unpack_from("<i", bytes_, root)[0]
    if 4 + 2 * index >= struct.unpack_from("<H", bytes_, table)[0]:
        return 0
    offset = struct.unpack_from("<H", bytes_, table + 4 + 2 * index)[0]
    return root + offset if offset else 0


def renewed(bytes_):
    """A binary with the checksum of its contents; as it is where there is no room for one."""
    result = bytearray(bytes_)
    try:
        at = field(result, 2)
        struct.pack_into("<I", result, at, 0)
        struct.pack_into("<I", result, at, zlib.crc32(result))
    except struct.error:
        pass
    return bytes(result)


def with_field(bytes_, index, code, value):
    result = bytearray(bytes_)
    struct.pack_into(code, result, field(result, index), value)
    return bytes(result)


def images_of(bytes_, index):
    """Where the bytes of a vector of the root table begin, and how many there are."""
    at = field(bytes_, index)
    at += struct.unpack_from("<I", bytes_, at)[0]
    return at + 4, struct.unpack_from("<I", bytes_, at)[0]


def feed_binary(kind, name, content, codes=(1,), **judgement):
    campaign.feed(kind, name, data | {"net.wbin": content}, TRAIN + ["--steps=1"], codes=codes, lines=1, output="out.wbin",
                  **judgement)


def feed_binaries():
    for at in range(0, len(binary), every):
        feed_binary("binaries cut short", f"at {at}", renewed(binary[:at]))
        campaign.feed("binaries cut short", f"at {at}", {"net.wbin": binary[:at]},
                      ["wage-translate", "--binary-to-chip", "net.wbin", "-o=out"], codes=(1,), lines=1, output="out")
        flipped = bytearray(binary)
        flipped[at] ^= 1 << at % 8
        feed_binary("binaries with a bit flipped", f"at {at}", bytes(flipped))
        feed_binary("binaries with a bit flipped, checksum renewed", f"at {at}", renewed(flipped), codes=(0, 1))
    for major, minor in [(0, 0), (0, 1), (1, 7), (1, 65535), (2, 0), (2, 1), (65535, 65535)]:
        other = renewed(with_field(with_field(binary, 0, "<H", major), 1, "<H", minor))
        feed_binary("binaries of other versions", f"{major}.{minor}", other, says=f"format version {major}.{minor}")
    begin, count = images_of(binary, IMAGES)
    assert count > 100
    for value, codes in [(64, (0,)), (-64 & 0xFF, (0,)), (65, (1,)), (0x80, (1,)), (0x7F, (1,))]:
        spoilt = bytearray(binary)
        spoilt[begin] = value
        feed_binary("binaries with absurd weights", f"{value:#x}", renewed(spoilt), codes=codes,
                    says="weight[0] is" if codes == (1,) else None)


def feed_checkpoint(kind, name, newest, older=None, codes=(1,), net=binary, files=None, flags=(), **judgement):
    checkpoints = {"step-0000000002.ckpt": newest} | ({"step-0000000001.ckpt": older} if older else {})
    campaign.feed(kind, name, data | {"net.wbin": net} | checkpoints | (files or {}), [*RUN, *flags], codes=codes, lines=1,
                  output="out.wbin", **judgement)


def summed(bytes_):
    return bytes_[:-4] + struct.pack("<I", zlib.crc32(bytes_[:-4]))


def feed_checkpoints():
    folder = campaign.new_folder()
    for name, content in (data | {"net.wbin": binary}).items():
        (folder / name).write_bytes(content)
    subprocess.run(TRAIN + ["--steps=2", "--checkpoint=ckpt", "--checkpoint-every=1"], cwd=folder, check=True,
                   capture_output=True)
    older, good = ((folder / "ckpt" / f"step-000000000{step}.ckpt").read_bytes() for step in (1, 2))
    feed_checkpoint("checkpoints", "good", good, older, (0,))
    feed_checkpoint("checkpoints", "alone", good, None, (0,))
    for at in range(0, len(good), every):
        flipped = bytearray(good)
        flipped[at] ^= 1 << at % 8
        feed_checkpoint("checkpoints cut short", f"at {at}", good[:at])
        feed_checkpoint("checkpoints cut short, one before", f"at {at}", good[:at], older, (0,))
        feed_checkpoint("checkpoints with a bit flipped", f"at {at}", bytes(flipped))
        feed_checkpoint("checkpoints with a bit flipped, one before", f"at {at}", bytes(flipped), older, (0,))
        feed_checkpoint("checkpoints, both damaged", f"at {at}", bytes(flipped), older[:-1])
        feed_checkpoint("checkpoints with a bit flipped, checksum renewed", f"at {at}", summed(bytes(flipped)), None, (0, 1))
    feed_checkpoint("checkpoints of version 1.0", "still read", summed(with_field(good, 1, "<H", 0)), None, (0,))
    for major, minor in [(0, 0), (1, 2), (1, 65535), (2, 0)]:
        feed_checkpoint("checkpoints of other versions", f"{major}.{minor}", summed(with_field(with_field(
            good, 0, "<H", major), 1, "<H", minor)), says=f"checkpoint version {major}.{minor}")
    for step in (0, 1, 3, 5, 2**31, 2**32, 10**10, 2**63, 2**64 - 1):
        feed_checkpoint("checkpoints of absurd steps", f"{step}", summed(with_field(good, 2, "<Q", step)), says="step")
    for step in (5, 2**31, 10**10 - 1):
        content = summed(with_field(good, 2, "<Q", step))
        campaign.feed("checkpoints of absurd steps", f"{step} by name too", data | {
            "net.wbin": binary, f"step-{step:010d}.ckpt": content}, RUN, codes=(1,), lines=1, output="out.wbin",
            says="ends with step 4")
    begin, count = images_of(good, 4)
    assert count > 100
    for value in (0x80, 65, 0x7F):
        spoilt = bytearray(good)
        spoilt[begin] = value
        feed_checkpoint("checkpoints with absurd weights", f"{value:#x}", summed(bytes(spoilt)), says="weight[0] is")
    other = bytearray(binary)
    at, count = images_of(binary, IMAGES)
    other[at] ^= 1
    feed_checkpoint("checkpoints of other runs", "other weights", good, net=renewed(other), says="initial weights")
    spoilt = bytearray(data["i"])
    spoilt[-1] ^= 1
    feed_checkpoint("checkpoints of other runs", "other images", good, files={"i": bytes(spoilt)}, says="images with CRC-32")
    spoilt = bytearray(data["l"])
    spoilt[-8:] = bytes(8) if any(spoilt[-8:]) else b"\1" + bytes(7)
    feed_checkpoint("checkpoints of other runs", "other labels", good, files={"l": bytes(spoilt)}, says="labels with CRC-32")
    for flag, says in [("--seed=5", "--seed"), ("--shuffle=5", "--shuffle"), ("--batch=2", "--batch"),
                       ("--augment=flip", "--augment missing")]:
        feed_checkpoint("checkpoints of other runs", flag, good, flags=[flag], says=says)
    for name, content in {"empty": b"", "text": b"no checkpoint at all", "a binary": binary, "zeros": bytes(5000)}.items():
        feed_checkpoint("checkpoints", name, content)
        feed_checkpoint("checkpoints", name + ", one before", content, older, (0,))


feed_binaries()
feed_checkpoints()
campaign.finish()
