"""Chip descriptions, every field of them damaged: chips.py FOLDER EVERY CHIP.yaml... MODEL.onnx"""
import sys

import yaml
from campaign import Campaign

campaign = Campaign(sys.argv[1])
model = open(sys.argv[-1], "rb").read()
CHECK = ["wage-translate", "--onnx-to-chip", "model.onnx", "--chip=chip.yaml", "--batch=4", "--mode=infer", "--init=model",
         "-o=out.wbin"]
ABSURD = [-1, 0, 2**31, 2**32, 2**63, 2**64, 10**40, 1.5, -0.5, float("nan"), float("inf"), "", "text", None, True, [], {},
          [1, [2]], {"a": 1}, "x" * 900]


def paths(value, path=()):
    """The way to every field and every element of lists, the innermost last."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths(child, path + (key,))


def changed(chip, path, change):
    """A copy of `chip` after `change(container, key)` at `path`."""
    copy = yaml.safe_load(yaml.safe_dump(chip))
    container = copy
    for key in path[:-1]:
        container = container[key]
    change(container, path[-1])
    return yaml.safe_dump(copy, sort_keys=False).encode()


def feed(name, text, **judgement):
    campaign.feed("chip descriptions", name, {"model.onnx": model, "chip.yaml": text}, CHECK, output="out.wbin", **judgement)


def add_unknown(container, key):
    if isinstance(container[key], dict):
        container[key]["unknown_field"] = 1
    elif isinstance(container, dict):
        container["unknown_field"] = 1
    else:
        container.append({"unknown_field": 1})


def feed_fields(file, every):
    chip = yaml.safe_load(open(file))
    number = 0
    for path in paths(chip):
        if not path:
            continue
        where = ".".join(map(str, path))
        # A source is words; of the rest each field is taken away, doubled by an unknown one, and given every absurd value.
        changes = [("missing", lambda c, k: c.pop(k), (0, 1) if "source" in path or isinstance(path[-1], int) else (1,)),
                   ("with an unknown field", add_unknown, (1,))]
        if path[-1] != "source":
            changes += [(f"= {value!r:.20}", lambda c, k, value=value: c.__setitem__(k, value), (0, 1)) for value in ABSURD]
        for what, change, codes in changes:
            number += 1
            if number % every == 0:
                feed(f"{file}: {where} {what}", changed(chip, path, change), codes=codes, lines=1 if codes == (1,) else None)


def two_groups(chip, **second):
    def change(container, key):
        group = yaml.safe_load(yaml.safe_dump(container[key][0]))
        group["name"] = "second"
        for field, value in second.items():
            group[field] = {"value": value, "source": "assumed"}
        container[key].append(group)
    return changed(chip, ("groups",), change)


def feed_whole_files(file):
    chip = yaml.safe_load(open(file))
    text = open(file, "rb").read()
    side = chip["grid"]["columns"]["value"]
    feed("two groups on the same cores", two_groups(chip), codes=(1,), lines=1, says="overlap")
    feed("a second group beside the grid", two_groups(chip, first_x=side), codes=(1,), lines=1, says="grid")
    grid = {axis: {"value": 1 << 16, "source": "assumed"} for axis in ("columns", "rows")}
    feed("a grid of 2^32 cores", changed(chip, ("grid",), lambda c, k: c.__setitem__(k, grid)), codes=(1,), lines=1,
         says="needed at most")
    feed("ten thousand groups", changed(chip, ("groups",), lambda c, k: c.__setitem__(k, c[k] * 1000)), codes=(1,), lines=1)
    nested = b"name: " + b"[" * 900 + b"]" * 900
    alias = b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d, *a%d]\n" % (i, i, i - 1, i - 1, i - 1) for i in range(1, 40))
    deep = b"".join(b" " * i + b"a:\n" for i in range(900))
    for name, content in {
            "empty": b"", "only a comment": b"# nothing\n", "binary": bytes(range(256)) * 40, "zeros": bytes(5000),
            "half": text[:len(text) // 2], "twice": text + b"---\n" + text, "nested brackets": nested,
            "nested over lines": b"name:\n" + b"[\n" * 100000, "nested mappings": deep, "many dashes": b"- " * 450 + b"\n",
            "alias bomb": alias, "alias in the place of a chip": alias + b"name: *a39\n",
            "a long line": b"name: " + b"x" * 5000000,
            "many lines": b"name: x\n" * 200000, "a tag": b"!!binary |\n  AAAA\n", "a cycle": b"&a [*a]\n",
            "an anchor without end": b"name: &\n", "open quotes": b"name: \"x\n", "tabs": b"\tname:\tx\n",
            "UTF-16": text.decode().encode("utf-16"), "bytes of no UTF-8": b"name: \xff\xfe\xc0\x80\n",
            "a directive": b"%YAML 9.9\n---\n",
            "a question mark": b"? ? ? ?\n" * 200, "question marks": b"? " * 400 + b"\n", "list": b"- 1\n- 2\n"}.items():
        feed(name, content, codes=(1,), lines=1)


every = int(sys.argv[2])
for file in sys.argv[3:-1]:
    feed_fields(file, every)
feed_whole_files(sys.argv[3])
campaign.finish()
