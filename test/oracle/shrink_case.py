"""Makes a failing case smaller: one change after another, each kept if the case still fails in the same way.

Changes are made on the plain data that case_spec.py describes; what comes out is a case, or is refused when it is built. Each
family of changes is a generator of smaller cases; a family is asked until none of its cases fails, and all of them again until
none has anything. What saves most time comes first: one run in place of many.
"""
import copy
import time

import case_spec

PLAIN = {"init": "wage", "rounding": "half_even", "init_gain": 3, "seed": 0}
USUAL_BITS = {"w": 2, "a": 8, "g": 8, "e": 8, "r": 16}


def changed(spec, change):
    """A copy to which `change` has been done."""
    other = copy.deepcopy(spec)
    change(other)
    return other


def with_value(spec, value, *path):
    """A copy with another value at the end of a path of keys."""
    def change(other):
        for key in path[:-1]:
            other = other[key]
        other[path[-1]] = value
    return changed(spec, change)


def smaller(number, least):
    """Candidates below a number: the least, then halves, then one less."""
    return sorted({n for n in (least, number // 2, number - 1) if least <= n < number})


def fewer_runs(spec, ways):
    """One run alone; then threads and instruction sets that need nothing."""
    if spec["isas"] == "every" or max(len(spec[name]) for name in ("engines", "threads", "isas")) > 1:
        for engine, threads, isa in ways:
            yield {**spec, "engines": [engine], "threads": [threads], "isas": [isa]}
        return
    for name, value in (("threads", [1]), ("isas", ["portable"]), ("engines", ["core"])):
        if spec[name] != value:
            yield {**spec, name: value}


def fewer_layers(spec, _):
    """Without a row of layers, its end replaced by one of what its beginning takes; long rows first."""
    count = len(spec["layers"])
    length = count - 1
    while length >= 1:
        for begin in range(count - length + 1):
            for source in set(spec["layers"][begin]["inputs"]):
                yield without_layers(spec, begin, begin + length, source)
        length = length // 2 if length > 4 else length - 1


def without_layers(spec, begin, end, source):
    """Without layers begin...end - 1: who took a value of theirs takes the value `source`. What nobody takes then goes too."""
    def moved(index):
        return index if index < begin else source if index < end else index - (end - begin)

    layers = copy.deepcopy(spec["layers"][:begin] + spec["layers"][end:])
    for layer in layers[begin:]:
        layer["inputs"] = [moved(index) for index in layer["inputs"]]
    return {**spec, "layers": used_layers(layers)}


def used_layers(layers):
    """The layers that the last one needs, renumbered."""
    used, waiting = set(), [len(layers) - 1]
    while waiting:
        at = waiting.pop()
        if at >= 0 and at not in used:
            used.add(at)
            waiting += layers[at]["inputs"]
    number = {-1: -1, **{old: new for new, old in enumerate(sorted(used))}}
    return [{**layers[old], "inputs": [number[i] for i in layers[old]["inputs"]]} for old in sorted(used)]


def smaller_sizes(spec, _):
    """Fewer channels and classes, together where widths are equal, as sums ask, or alone; smaller images."""
    widths = {layer["channels"] for layer in spec["layers"] if "channels" in layer}
    for width in sorted(widths, reverse=True):
        at = [i for i, layer in enumerate(spec["layers"]) if layer.get("channels") == width]
        for number in smaller(width, 1):
            for group in [at] + ([[i] for i in at] if len(at) > 1 else []):
                yield changed(spec, lambda other: [other["layers"][i].update(channels=number) for i in group])
    for side in range(3):
        for number in smaller(spec["input"][side], 1):
            yield with_value(spec, number, "input", side)


def plainer_layers(spec, _):
    """Smaller windows, no strides, pads and biases."""
    for at, layer in enumerate(spec["layers"]):
        attributes = layer["attributes"]
        for name, least in (("kernel_shape", 1), ("strides", 1), ("pads", 0)):
            for place, number in enumerate(attributes.get(name, ())):
                for value in smaller(number, least):
                    yield with_value(spec, value, "layers", at, "attributes", name, place)
        for name, plain in (("strides", [1, 1]), ("pads", [0] * 4)):
            if attributes.get(name) == plain:
                yield changed(spec, lambda other: other["layers"][at]["attributes"].pop(name))
        if layer.get("bias"):
            yield with_value(spec, False, "layers", at, "bias")


def less_training(spec, _):
    """Fewer samples and steps, plainer settings."""
    settings = spec["settings"]
    for value in smaller(settings["batch"], 1):
        yield with_value(spec, value, "settings", "batch")
    for value in smaller(spec["samples"], 1):
        yield {**spec, "samples": value}
    rates = settings["lr_log2"]
    for shorter in (rates[:1], rates[:len(rates) // 2], rates[1:], rates[:-1]) if len(rates) > 1 else ():
        if shorter:
            yield with_value(spec, shorter, "settings", "lr_log2")
    for name, value in PLAIN.items():
        if settings.get(name, value) != value:
            yield with_value(spec, value, "settings", name)
    if any(rates):
        yield with_value(spec, [0] * len(rates), "settings", "lr_log2")
    for name, usual in USUAL_BITS.items():
        now = settings["bits"][name]
        for value in sorted({usual, now + (usual > now) - (usual < now)} - {now}, key=lambda value: abs(value - usual)):
            yield with_value(spec, value, "settings", "bits", name)
    for name, value in (("opset", 13), ("data", 0)):
        if spec[name] != value:
            yield {**spec, name: value}


def plainer_mapping(spec, _):
    """The listed chip, or fewer narrowed numbers; fewer flags; no events; all layers learn."""
    plain = {"chip": {"base": "generic-64", "numbers": {}}, "mapping": {}, "code": "dense", "train_layers": None, "recompute": []}
    for name, value in plain.items():
        if spec[name] != value:
            yield {**spec, name: value}
    for flag in spec["mapping"]:
        yield changed(spec, lambda other: other["mapping"].pop(flag))
    for section, facts in spec["chip"]["numbers"].items():
        yield changed(spec, lambda other: other["chip"]["numbers"].pop(section))
        for fact in facts if isinstance(facts, dict) and len(facts) > 1 else ():
            yield changed(spec, lambda other: other["chip"]["numbers"][section].pop(fact))
    copies = spec["mapping"].get("copies", 1)
    for number in smaller(copies[1] if isinstance(copies, list) else copies, 2):
        yield with_value(spec, number, "mapping", "copies")


FAMILIES = (fewer_runs, plainer_mapping, fewer_layers, less_training, smaller_sizes, plainer_layers)


def shrink(spec, fails, seconds, ways):
    """The smallest case found in so many seconds. `fails` tells whether a case fails in the same way; `ways` are the runs of the
    first, as (engine, threads, instruction set)."""
    end, seen = time.monotonic() + seconds, set()

    def first_smaller(family):
        for candidate in family(spec, ways):
            if time.monotonic() > end:
                return None
            text = case_spec.dump(candidate)
            if text not in seen:
                seen.add(text)
                if fails(candidate):
                    return candidate
        return None

    progress = True
    while progress:
        progress = False
        for family in FAMILIES:
            while found := first_smaller(family):
                spec, progress = found, True
    return spec
