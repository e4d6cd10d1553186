"""Draws whole cases, as case_spec.py describes them: a case is a function of its seed."""
import functools

import numpy as np
import yaml

import case_spec
import make_cases

CODES = ("dense", "graded", "rate", "phase")
TRAINING_CHIPS = ("generic-64", "generic-96", "generic-256")
# A window of the rate code has 2^(bits - 1) - 1 ticks.
MOST_BITS = {"rate": 7, "phase": 12}


class Draw:
    """Choices of one generator."""

    def __init__(self, seed):
        self.random = np.random.default_rng([seed, 10])

    def chance(self, probability):
        return self.random.random() < probability

    def integer(self, low, high):
        """Uniform in low...high, both included."""
        return int(self.random.integers(low, high + 1))

    def pick(self, *values):
        return values[self.integer(0, len(values) - 1)]

    def some(self, count, least=0, most=None):
        """Numbers below `count`, ascending, `least` of them to `most`."""
        size = self.integer(least, count if most is None else most)
        return sorted(int(i) for i in self.random.choice(count, size, replace=False))


@functools.lru_cache(maxsize=None)
def listed(name):
    """(cores, codes) of a listed chip."""
    text = yaml.safe_load((case_spec.CHIPS / f"{name}.yaml").read_text())
    sides = [text[part][side]["value"] for part in ("grid", "chips") for side in ("columns", "rows")]
    return int(np.prod(sides)), tuple(text["spikes"]["codes"]["value"])


def draw_numbers(draw):
    """Sections of a chip description that replace those of generic-64: most such chips can hold what the random networks need."""
    axons, neurons = draw.pick(9, 17, 40, 64, 130, 256), draw.pick(5, 16, 33, 64, 200)
    numbers = {
        "grid": {"columns": draw.integer(5, 24), "rows": draw.integer(5, 24)},
        "core": {"axons": axons, "neurons": neurons, "synapse_bytes": max(16, axons * neurons * draw.pick(4, 8, 8, 16) // 8),
                 "data_bytes": draw.pick(2048, 8192, 65536), "reduce_fan_in": draw.pick(1, 2, 3, 4, 8)},
        "chips": {"columns": draw.pick(1, 1, 2, 3), "rows": draw.pick(1, 1, 2)},
        "noc": {"multicast": draw.pick(True, False), "link_bytes_per_cycle": draw.pick(1, 8, 32)},
        "off_chip": {"bytes": draw.pick(0, 1 << 16, 1 << 28, 1 << 28)}}
    cores = int(np.prod([numbers[part][side] for part in ("grid", "chips") for side in ("columns", "rows")]))
    return {**numbers, "faulty_cores": draw_faulty(draw, cores)}, cores


def draw_faulty(draw, cores):
    """A few cores, ascending; often none."""
    return draw.some(cores, most=cores // 10) if draw.chance(0.5) else []


def draw_chip(draw, mode):
    """(chip, cores, codes that it speaks)."""
    kind = draw.pick("drawn", "drawn", "drawn", "trains", "any" if mode == "infer" else "trains")
    if kind == "drawn":
        numbers, cores = draw_numbers(draw)
        return {"base": "generic-64", "numbers": numbers}, cores, CODES
    names = TRAINING_CHIPS if kind == "trains" else sorted(path.stem for path in case_spec.CHIPS.glob("*.yaml"))
    name = draw.pick(*names)
    return {"base": name, "numbers": {}}, *listed(name)


def draw_code(draw, mode, spoken):
    if mode == "train":
        return "graded" if draw.chance(0.33) else "dense"
    return draw.pick(*spoken)


def draw_mapping(draw, cores, code, convolutions):
    mapping = {"objective": draw.pick("cores", "latency", "throughput"),
               "placer": draw.pick("raster", "hilbert", "hilbert+force", "traffic"),
               # Blocks share no cores where messages are events, and are not to be asked to.
               "pack": draw.pick("off", "fit", *(("on", "on") if code == "dense" else ("fit",)))}
    if draw.chance(0.4):
        mapping["cores"] = draw.integer(1, cores)
    if draw.chance(0.4):
        number = draw.integer(1, 5)
        mapping["copies"] = [draw.pick(*convolutions), number] if convolutions and draw.chance(0.3) else number
    if draw.chance(0.4):
        mapping["buffer-slots"] = draw.integer(1, 4)
    if faulty := draw_faulty(draw, cores):
        mapping["faulty-cores"] = ",".join(map(str, faulty))
    return mapping


def fit_code(settings, mode, code):
    """Arithmetic that the mode and the code have."""
    if mode == "infer":
        settings.pop("init", None)  # lowering chooses grids by rules of its own, unless the weights are taken as they are
    if code in MOST_BITS:
        settings["rounding"] = "half_away"
        settings["bits"]["a"] = min(settings["bits"]["a"], MOST_BITS[code])


def draw_learning(draw, mode, linears, mapping):
    """(layers that learn, or None for all; layers whose gradients are formed anew)."""
    if mode == "infer":
        return None, []
    layers = draw.some(linears, least=1, most=linears - 1) if linears > 1 and draw.chance(0.25) else None
    chosen = []
    if draw.chance(0.3):
        chosen = "all"
        if layers is None and draw.chance(0.4):
            # Layers with copies cannot be named, and objectives may give them some.
            mapping.pop("copies", None)
            mapping["objective"], chosen = "cores", draw.some(linears, least=1)
    return layers, chosen


def draw(seed):
    """The case of a seed."""
    choices = Draw(seed)
    residual, mode = choices.chance(0.5), "infer" if choices.chance(0.3) else "train"
    model, shape, _ = make_cases.draw_network(choices.random, residual)
    settings, samples = make_cases.draw_settings(choices.random, residual)
    if settings["bits"]["w"] > 1 and choices.chance(0.2):
        settings["init"] = "pretrained"
    layers = case_spec.read_layers(model)
    chip, cores, spoken = draw_chip(choices, mode)
    code = draw_code(choices, mode, spoken)
    fit_code(settings, mode, code)
    linears = [layer["op"] for layer in layers if layer["op"] in case_spec.LINEAR]
    mapping = draw_mapping(choices, cores, code, [at for at, op in enumerate(linears) if op == "Conv"])
    train_layers, recompute = draw_learning(choices, mode, len(linears), mapping)
    return {"input": list(shape), "opset": model.opset_import[0].version, "layers": layers, "settings": settings,
            "samples": samples, "data": seed, "mode": mode, "code": code, "train_layers": train_layers, "recompute": recompute,
            "chip": chip, "mapping": mapping, "engines": ["core", "fused"], "threads": [1, choices.integer(2, 5)],
            "isas": "every"}
