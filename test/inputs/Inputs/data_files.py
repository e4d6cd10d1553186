"""Hostile data sets, and other text that wage-run reads: data_files.py FOLDER EVERY NET.wbin IMAGES.npy LABELS.npy

The binary takes images of 1 x 8 x 8. Every EVERY-th byte is tried; where the environment variable WAGE_SLOWER says how many times
slower programs are, as many times fewer."""
import gzip
import io
import os
import struct
import sys

import numpy as np

from campaign import Campaign

campaign = Campaign(sys.argv[1])
every = int(sys.argv[2]) * int(os.environ.get("WAGE_SLOWER", 1))
binary = open(sys.argv[3], "rb").read()
images, labels = np.load(sys.argv[4]), np.load(sys.argv[5])
count, classes = len(images), 3
TRAIN = ["--steps=1", "--lr=8", "--threads=1", "--save=out.wbin"]


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def npy_header(text, major=1, declared=None):
    body = text.encode() + b"\n"
    length = len(body) if declared is None else declared
    return b"\x93NUMPY" + bytes([major, 0]) + struct.pack("<H" if major == 1 else "<I", length) + body


def idx(array, code=8):
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def feed(kind, name, image=None, label=None, codes=(1,), image_name="i", **judgement):
    files = {"net.wbin": binary, image_name: npy(images) if image is None else image,
             "l": npy(labels) if label is None else label}
    campaign.feed(kind, name, files, ["wage-run", "train", "net.wbin", f"--images={image_name}", "--labels=l", *TRAIN],
                  codes=codes, lines=1, output="out.wbin", **judgement)


def feed_cuts_and_flips():
    pixels = images.reshape(count, 8, 8)
    for kind, image in {"npy": npy(images), "idx": idx(pixels), "npy.gz": gzip.compress(npy(images)),
                        "idx.gz": gzip.compress(idx(pixels))}.items():
        feed("data sets, good", kind, image, codes=(0,))
        for at in range(0, len(image), every):
            feed("data sets cut short", f"{kind} at {at}", image[:at])
            flipped = bytearray(image)
            flipped[at] ^= 1 << at % 8
            feed("data sets with a bit flipped", f"{kind} at {at}", bytes(flipped), codes=(0, 1))
    for kind, label in {"npy": npy(labels), "idx": idx(labels.astype(np.uint8)), "gz": gzip.compress(npy(labels))}.items():
        feed("data sets, good", kind, label=label, codes=(0,))
        for at in range(0, len(label), max(every // 4, 1)):
            feed("data sets cut short", f"labels, {kind} at {at}", label=label[:at])


def feed_shapes():
    big = [0, 1, 2**31, 2**32 - 1]
    for value in big:
        for axis in range(3):
            shape = [count, 8, 8]
            shape[axis] = value
            feed("declared shapes", f"idx {shape}", struct.pack(">I", 0x803) + struct.pack(">3I", *shape) + images.tobytes())
        feed("declared shapes", f"idx labels {value}", label=struct.pack(">2I", 0x801, value) + bytes(count))
    for code in range(256):
        if code != 8:
            feed("declared shapes", f"idx type {code}", bytes([0, 0, code, 3]) + idx(images.reshape(count, 8, 8))[4:])
    for dimensions in range(256):
        if dimensions != 3:
            feed("declared shapes", f"idx of {dimensions} dimensions", bytes([0, 0, 8, dimensions]) + idx(
                images.reshape(count, 8, 8))[4:])
    start = "{'descr': '|u1', 'fortran_order': False, 'shape': "
    for shape in ["(2**3,)", "()", "(12,)", "(0, 1, 8, 8)", "(-1, 1, 8, 8)", f"({2**63}, 1, 8, 8)", f"({2**64}, 1, 8, 8)",
                  f"({2**32}, {2**32}, 8, 8)", "(12, 1, 8, 8", "(12, 1, 8, 8)(", "((12), 8, 8)", "(1" + "0" * 10000 + ", 8, 8)",
                  "(" + "1, " * 20000 + ")", "(12, 1, 8, 8.0)", "'12'", "None", "[12, 1, 8, 8]", "(1, 12, 8, 8)",
                  "(12, 64, 1, 1)", "(12, 8, 8, 1)", "(6, 2, 8, 8)", "(13, 1, 8, 8)", "(11, 1, 8, 8)"]:
        feed("declared shapes", f"npy {shape[:30]}", npy_header(start + shape + "}") + images.tobytes())
    for kind in ["<u2", ">u2", "|i1", "<f4", "|b1", "|O", "|S1", "<M8[s]", "u", "", "|u" + "1" * 1000, "[('a', '|u1')]",
                 "\x1b[31m"]:
        feed("declared shapes", f"npy of {kind[:9]!r}",
             npy_header(start.replace("|u1", kind) + "(12, 1, 8, 8)}") + images.tobytes())
    feed("declared shapes", "npy in Fortran order", npy(np.asfortranarray(np.repeat(images, 2, axis=1))))
    for text in ["", "{", "{}", "}", "None", start, start + "(12, 1, 8, 8)} {}", start + "(12, 1, 8, 8), 'shape': (12, 1, 8, 8)}",
                 "{" * 60000, "{'" + "a" * 60000, start + "(12, 1, 8, 8), 'more': 1}"]:
        feed("declared shapes", f"npy header {text[:9]!r}", npy_header(text) + images.tobytes())
    for major in (0, 4, 255):
        feed("declared shapes", f"npy version {major}", npy_header(start + "(12, 1, 8, 8)}", major) + images.tobytes())
    for declared in (0, 1, 65535, 2**20, 2**32 - 1):
        feed("declared shapes", f"npy header of {declared} bytes",
             npy_header(start + "(12, 1, 8, 8)}", 1 if declared < 65536 else 2, declared) + images.tobytes())
    for kind in ("<u2", "<i4", "<u8", "<f4"):
        feed("labels", kind, label=npy(labels.astype(kind)), codes=(0,) if kind != "<f4" else (1,))
    for value in (10, 255, -1, 2**31, 2**32, 2**63 - 1, -2**63):
        spoilt = labels.astype(np.int64)
        spoilt[-1] = value
        feed("labels", f"class {value}", label=npy(spoilt))
    for shape in ((count, 1), (1, count), (0,), (count + 1,), (count - 1,), ()):
        feed("labels", f"shape {shape}", label=npy(np.zeros(shape, np.int64)))
    for declared in (2**61, 2**63, 2**64 - 1):
        feed("labels", f"{declared} declared",
             label=npy_header(f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({declared},)}}"))
    feed("labels", "images", label=npy(images))


def feed_cifar():
    record = bytes([1]) + bytes(3072)
    for name, content in {"empty": b"", "one byte": b"\1", "a byte short": record * 2 + record[:-1],
                          "a byte more": record + b"\0",
                          "good, of another size": record * 3, "class 255": b"\xff" + record[1:]}.items():
        for suffix, pack in ((".bin", bytes), (".bin.gz", gzip.compress)):
            feed("CIFAR-10", name + suffix, pack(content), image_name="batch" + suffix)


def feed_bombs():
    zeros = gzip.compress(bytes(1 << 30), 9)
    header = struct.pack(">4I", 0x803, 1 << 24, 8, 8)
    head = gzip.compress(header)
    npy_head = gzip.compress(npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (16777216, 8, 8)}"))
    for name, content, image_name in [("zeros", zeros, "i"), ("CIFAR-10", zeros, "i.bin.gz"), ("idx", head + zeros, "i"),
                                      ("npy", npy_head + zeros, "i"), ("a bomb behind the data",
                                                                       gzip.compress(npy(images)) + zeros, "i")]:
        feed("gzip bombs", name, content, image_name=image_name, mib=64)
    feed("gzip bombs", "labels", label=gzip.compress(struct.pack(">2I", 0x801, 1 << 30)) + zeros, mib=64)
    feed("gzip bombs", "a bomb in a bomb", gzip.compress(zeros, 9))


def feed_reals():
    reals = images / 127.5 - 1

    def feed_real(kind, name, content, codes=(1,), **judgement):
        campaign.feed(kind, name, {"net.wbin": binary, "r": content},
                      ["wage-run", "infer", "net.wbin", "--input=r", "--threads=1", "--outputs=out.npy"], codes=codes, lines=1,
                      output="out.npy", **judgement)

    for kind in ("<f4", "<f8"):
        good = npy(reals.astype(kind))
        feed_real("real values, good", kind, good, codes=(0,))
        feed_real("real values, good", f"{kind}, infinite", npy(np.full((2, 1, 8, 8), -np.inf, kind)), codes=(0,))
        for at in range(0, len(good), every * 4):
            feed_real("real values cut short", f"{kind} at {at}", good[:at])
            flipped = bytearray(good)
            flipped[at] ^= 1 << at % 8
            feed_real("real values with a bit flipped", f"{kind} at {at}", bytes(flipped), codes=(0, 1))
            feed_real("real values with a bit flipped", f"{kind}, packed, at {at}", gzip.compress(bytes(flipped)), codes=(0, 1))
        for element in (0, reals.size // 2, reals.size - 1):
            spoilt = reals.astype(kind)
            spoilt.flat[element] = np.nan
            feed_real("real values", f"{kind}, element {element} is NaN", npy(spoilt), says="is NaN")
    for kind in ("<f2", ">f4", ">f8", "<f16", "|u1", "<i4", "<c8", "|b1", "|O", "", "f4", "\x1b[31m"):
        feed_real("real values", f"of {kind!r}",
                  npy_header(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (12, 1, 8, 8)}}")
                  + bytes(12 * 64 * 16))
    for shape in ("()", "(12,)", "(12, 64)", "(12, 8, 8)", "(12, 8, 8, 1)", "(0, 1, 8, 8)", "(1, 8, 8)", "(13, 1, 8, 8)",
                  "(11, 1, 8, 8)", f"({2**55}, 1, 8, 8)", f"({2**56}, 1, 8, 8)", f"({2**62}, 1, 8, 8)", f"({2**64 - 1}, 1, 8, 8)",
                  "(12, 1, 8, 8, 1)", "(-1, 1, 8, 8)"):
        feed_real("real values", f"shape {shape}", npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}")
                  + bytes(12 * 64 * 4), mib=64)
    feed_real("real values", "Fortran order", npy(np.asfortranarray(np.repeat(reals, 2, axis=1))))
    feed_real("real values", "images", npy(images))
    feed_real("real values", "idx", idx(images.reshape(count, 8, 8)))
    feed_real("real values", "empty", b"")


def feed_events():
    kinds = {"<i8": np.int64, "fields": [("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "|b1")]}
    rows = [(70 * i, i % 8, i * i % 8, i % 2) for i in range(40)]

    def feed_recording(kind, name, content, codes=(1,), more=(), **judgement):
        campaign.feed(kind, name, {"net.wbin": binary, "e": content},
                      ["wage-run", "infer", "net.wbin", "--events=e", "--window=500", "--event-value=0.0625", "--threads=1",
                       "--logits=out.npy", *more], codes=codes, lines=1, output="out.npy", **judgement)

    good = {kind: npy(np.array(rows, kinds[kind])) for kind in kinds}
    good["text"] = b"# t x y p\n8 8\n" + "".join("{} {} {} {}\n".format(*row) for row in rows).encode()
    for kind, content in good.items():
        for name, packed in ((kind, content), (f"{kind}, packed", gzip.compress(content, mtime=0))):
            feed_recording("recordings, good", name, packed, codes=(0,))
            for at in range(0, len(packed), max(every // 8, 1)):
                # Text that ends after a line is a shorter recording.
                feed_recording("recordings cut short", f"{name} at {at}", packed[:at], codes=(0, 1) if name == "text" else (1,))
                flipped = bytearray(packed)
                flipped[at] ^= 1 << at % 8
                feed_recording("recordings with a bit flipped", f"{name} at {at}", bytes(flipped), codes=(0, 1))
    for kind in ("<f4", "<f8", ">i8", "|b1", "|O", "", "<i16", "\x1b[31m"):
        feed_recording("recordings", f"of {kind!r}", npy_header(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (3, 4)}}")
                       + bytes(3 * 4 * 16))
    for fields in ("[]", "[('t', '<i8')]", "[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '<f4')]", "[('t', '|V65536')" * 9,
                   "[" + "('', '|V65536'), " * 3000 + "]", "[('t', '<i8', (2,)), ('x', '<i2'), ('y', '<i2'), ('p', '|i1')]",
                   "[('t', [('a', '<i8')]), ('x', '<i2'), ('y', '<i2'), ('p', '|i1')]",
                   "[('t', '<i8'), ('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|i1')]"):
        feed_recording("recordings", f"of {fields[:30]}",
                       npy_header(f"{{'descr': {fields}, 'fortran_order': False, 'shape': (3,)}}")
                       + bytes(99))
    for shape in ("()", "(4,)", "(0, 4)", "(3, 3)", "(3, 4, 1)", f"({2**59}, 4)", f"({2**61}, 4)", f"({2**64 - 1}, 4)",
                  "(-1, 4)"):
        feed_recording("recordings", f"shape {shape}", npy_header(f"{{'descr': '<i8', 'fortran_order': False, 'shape': {shape}}}")
                       + bytes(96), mib=64)
    feed_recording("recordings", "Fortran order", npy(np.asfortranarray(np.array(rows))))
    for column, value in ((0, -1), (0, 2**62 + 1), (0, 2**63 - 1), (0, 2**62), (1, 8), (1, -1), (1, 2**32), (2, 8),
                          (2, -2**63), (3, 2), (3, -2), (3, 2**63 - 1)):
        for row in (0, 39):
            spoilt = np.array(rows)
            spoilt[row, column] = value
            feed_recording("recordings", f"{value} in column {column} of row {row}", npy(spoilt))
            feed_recording("recordings", f"{value} in column {column} of line {row}",
                           "".join("{} {} {} {}\n".format(*line) for line in spoilt.tolist()).encode())
    for name, text in {"empty": b"", "comments": b"#\n" * 1000, "zeros": bytes(100), "a sensor": b"8 8\n", "words": b"a b c d\n",
                       "a long word": b"1" * 10000000, "a long line": b"1 " * 5000000,
                       "many digits": b"0" * 10000000 + b" 1 1 1\n",
                       "both units": b"1 1 1 1\n2.5 1 1 1\n", "control": b"\x1b[31m 1 1 1\n", "blanks": b" " * 10000000,
                       "not a number": b"nan 1 1 1\n"}.items():
        feed_recording("recordings", name, text, codes=(0,) if name == "many digits" else (1,))
    feed_recording("recordings", "behind the windows", good["text"], more=["--window-count=5"])
    feed_recording("recordings", "before the windows", good["text"], more=["--window-start=1"])
    feed_recording("recordings", "a bomb", gzip.compress(b"1 1 1 1\n" * (1 << 26), 9), mib=64)


def feed_no_files():
    for name, make in {"a folder": os.mkdir, "a pipe": os.mkfifo, "/dev/zero": lambda path: path.symlink_to("/dev/zero"),
                       "/dev/null": lambda path: path.symlink_to("/dev/null"),
                       "a dangling link": lambda path: path.symlink_to("nothing")}.items():
        good = {"net.wbin": binary, "i": npy(images), "l": npy(labels)}
        for role, flags in {"net.wbin": TRAIN, "i": TRAIN, "l": TRAIN,
                            "rates": TRAIN[:1] + ["--lr-log2-file=rates"] + TRAIN[2:]}.items():
            campaign.feed("no files", f"{name} as {role}", good | {role: make},
                          ["wage-run", "train", "net.wbin", "--images=i", "--labels=l", *flags], codes=(1,), lines=1,
                          output="out.wbin")
        for command in ("info", "dump", "infer"):
            campaign.feed("no files", f"{name} for {command}", {"net.wbin": make, "i": npy(images)},
                          ["wage-run", command, "net.wbin"] + ["--images=i"] * (command == "infer"), codes=(1,), lines=1)
        if name != "/dev/null":
            campaign.feed("no files", f"{name} for wage-opt", {"m.mlir": make}, ["wage-opt", "m.mlir"], codes=(1,))
    for name, text in {"empty": b"", "zeros": bytes(100), "words": b"three\n", "a long line": b"3" * 10000000,
                       "too many": b"3\n" * 1000000,
                       "2^63": b"9223372036854775808\n", "17": b"17\n", "control": b"\x1b[31m\n"}.items():
        campaign.feed("learning rates", name, {"net.wbin": binary, "i": npy(images), "l": npy(labels), "rates": text},
                      ["wage-run", "train", "net.wbin", "--images=i", "--labels=l", "--steps=1", "--lr-log2-file=rates",
                       "--save=out.wbin"], codes=(1,), lines=1, output="out.wbin")


feed_cuts_and_flips()
feed_shapes()
feed_cifar()
feed_bombs()
feed_reals()
feed_events()
feed_no_files()
campaign.finish()
