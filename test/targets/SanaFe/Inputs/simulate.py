#!/usr/bin/python3
"""Reads what --chip-to-sanafe wrote as SANA-FE does, simulates it as SANA-FE documents it, and compares with the runtime.

    simulate.py FOLDER CHIP.yaml INFER.json [LAYER:CHANNELSxHEIGHTxWIDTH:POOL or LAYER:logits ...]

FOLDER holds arch.yaml, snn.yaml and expected.yaml; INFER.json is what `wage-run infer --engine=core --json` printed for the
same image. For each LAYER that fires, its spikes are pooled (POOL x POOL, maximum) and compared with those of its own axons;
the sums of a LAYER:logits must be the network's.

Shares no code with wage and none with SANA-FE; what SANA-FE does is written from its documentation (docs/models.rst,
snn/README.md, arch/README.md) and its source (models.cpp, chip.cpp): in each time-step every soma takes the current that
arrived in the step before, and each spike is one message to each core where the neuron has synapses.
"""
import json
import re
import sys
from pathlib import Path

import numpy as np
import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CAPACITY = {"accumulator": 1024, "truenorth": 4096, "leaky_integrate_fire": 1024}


def load(path):
    return yaml.load(path.read_text(), Loader=Loader)


def expand(name):
    """Names of `unit[0..3]`; of a name without range itself."""
    found = re.fullmatch(r"(.*)\[(\d+)\.\.(\d+)\]", name)
    return [f"{found[1]}[{i}]" for i in range(int(found[2]), int(found[3]) + 1)] if found else [name]


def span(text):
    first, _, last = str(text).partition("..")
    return range(int(first), int(last or first) + 1)


def attributes_of(node):
    """Attributes in either form, a mapping or a list of mappings, those of the soma among the others."""
    flat = {}
    for part in node if isinstance(node, list) else [node]:
        flat.update({k: v for k, v in part.items() if k != "soma"})
        flat.update(part.get("soma", {}))
    return flat


class Architecture:
    def __init__(self, text):
        arch = text["architecture"]
        self.width, self.height = arch["attributes"]["width"], arch["attributes"]["height"]
        self.cores, tile_id = {}, 0  # by "tile.core"
        for tile in arch["tile"]:
            hops = {tile["attributes"][f"energy_{d}_hop"] for d in ("north", "east", "south", "west")}
            assert len(hops) == 1
            self.hop_energy = hops.pop()
            for _ in expand(tile["name"]):
                for offset, core in enumerate(tile["core"]):
                    units = {name: unit["attributes"] for kind in ("dendrite", "soma") for unit in core[kind]
                             for name in expand(unit["name"])}
                    self.cores[f"{tile_id}.{offset}"] = dict(
                        position=(tile_id // self.height, tile_id % self.height), units=units,
                        most=core["attributes"]["max_neurons_supported"],
                        synapse=core["synapse"][0]["attributes"]["energy_process_spike"],
                        message=core["axon_out"][0]["attributes"]["energy_message_out"],
                        received=core["axon_in"][0]["attributes"]["energy_message_in"])
                    assert core["attributes"]["buffer_position"] == "soma"
                tile_id += 1
        assert tile_id == self.width * self.height, (tile_id, self.width, self.height)


class Network:
    def __init__(self, text, arch):
        self.groups, first = {}, 0  # name: range of neuron numbers
        self.attributes = []
        for group in text["network"]["groups"]:
            assert re.fullmatch(r"\w+", group["name"]) and group["name"] not in self.groups
            shared = attributes_of(group["attributes"])
            for entry in group["neurons"]:
                (key, own), = entry.items()
                for index in span(key):
                    assert len(self.attributes) == first + index, "neurons in order, none left out"
                    self.attributes.append({**shared, **attributes_of(own)})
            self.groups[group["name"]] = range(first, len(self.attributes))
            first = len(self.attributes)
        self.read_edges(text["network"]["edges"])
        self.read_mappings(text["mappings"], arch)

    def read_edges(self, edges):
        sources, targets, weights = [], [], []
        for entry in edges:
            (key, edge), = entry.items()
            source, target = (self.groups[name] for name in key.split(" -> "))
            assert edge["type"] == "sparse" and len(edge["source_target_pairs"]) == len(edge["weight"])
            pairs = np.array(edge["source_target_pairs"])
            assert pairs.min() >= 0 and pairs[:, 0].max() < len(source) and pairs[:, 1].max() < len(target)
            sources.append(pairs[:, 0] + source.start)
            targets.append(pairs[:, 1] + target.start)
            weights.append(np.array(edge["weight"], float))
        self.source, self.target, self.weight = map(np.concatenate, (sources, targets, weights))

    def read_mappings(self, mappings, arch):
        self.core, self.model = [None] * len(self.attributes), [None] * len(self.attributes)
        held, of_core = {}, {}
        for entry in mappings:
            (key, where), = entry.items()
            name, _, neurons = key.partition(".")
            units = arch.cores[where["core"]]["units"]
            for index in span(neurons):
                neuron = self.groups[name][index]
                assert self.core[neuron] is None, "mapped once"
                self.core[neuron], self.model[neuron] = where["core"], units[where["soma"]]["model"]
                of_core[where["core"]] = of_core.get(where["core"], 0) + 1
                for unit in (where["soma"], where["dendrite"]):
                    held.setdefault((where["core"], unit), []).append(neuron)
        assert None not in self.core, "every neuron is mapped"
        assert all(count <= arch.cores[core]["most"] for core, count in of_core.items())
        for (core, unit), neurons in held.items():
            model = arch.cores[core]["units"][unit]["model"]
            if model == "input":  # one train per unit
                assert len({tuple(self.attributes[n]["spikes"]) for n in neurons}) == 1, unit
            elif unit != "wage_no_sums":
                assert len(neurons) <= CAPACITY[model], unit


def simulate(net, arch, steps):
    count = len(net.attributes)
    model = np.array(net.model)
    threshold = np.array([a.get("threshold", np.inf) for a in net.attributes], float)
    soft = np.array([a.get("reset_mode") == "soft" for a in net.attributes])
    leak = np.array([a.get("leak_decay", 1) for a in net.attributes], float)
    lif, inputs = model == "leaky_integrate_fire", model == "input"
    trains = np.zeros((count, steps), bool)
    for neuron in np.flatnonzero(inputs):
        train = net.attributes[neuron]["spikes"][:steps]
        trains[neuron, :len(train)] = train
    # Messages of one spike, by neuron, and their hops.
    links = {(s, net.core[t]) for s, t in set(zip(net.source.tolist(), net.target.tolist()))}
    messages, hops, energy = np.zeros(count, int), np.zeros(count, int), np.zeros(count)
    for neuron, core in links:
        a, b = (arch.cores[c]["position"] for c in (net.core[neuron], core))
        messages[neuron] += 1
        hops[neuron] += abs(a[0] - b[0]) + abs(a[1] - b[1])
        energy[neuron] += arch.cores[net.core[neuron]]["message"] + arch.cores[core]["received"]
    potential, current = np.zeros(count), np.zeros(count)
    fired, arrived = np.zeros(count, int), np.zeros(count, int)
    history = []
    for step in range(steps):
        if step:
            potential[lif] *= leak[lif]
        assert np.abs(potential[lif] * 64).max(initial=0) < 2**31
        potential[lif] = np.trunc(potential[lif] * 64) / 64
        potential += current
        assert not current[inputs].any(), "nothing is sent to inputs"
        spikes = np.where(lif, potential > threshold, potential >= threshold) & ~inputs
        potential[spikes & soft] -= threshold[spikes & soft]
        assert not (spikes & ~soft).any()
        spikes |= trains[:, step]
        fired += spikes
        active = spikes[net.source]
        current = np.bincount(net.target[active], net.weight[active], count)
        arrived += np.bincount(net.target[active], minlength=count)
        history.append(potential.copy())
    return dict(fired=fired, arrived=arrived, history=history, messages=int(fired @ messages), hops=int(fired @ hops),
                message_energy=float(fired @ energy))


class Replay:
    """What was simulated beside what the exporter expects and what the runtime counted."""

    def __init__(self, folder, infer):
        self.arch = Architecture(load(folder / "arch.yaml"))
        self.net = Network(load(folder / "snn.yaml"), self.arch)
        self.expected, self.infer = load(folder / "expected.yaml"), infer
        self.run = simulate(self.net, self.arch, self.expected["time_steps"])
        gates = np.array([n for name, group in self.net.groups.items() if re.search(r"_g\d+$", name) for n in group], int)
        self.gate_events = int((self.run["fired"][self.net.source][np.isin(self.net.source, gates)]).sum())
        self.gate_messages = int(self.run["fired"][gates].sum())
        self.events = int(self.run["arrived"].sum())

    def of(self, name, values):
        """Those of the neurons of a group."""
        return np.asarray(values)[self.net.groups[name].start:self.net.groups[name].stop]

    def check_blocks(self):
        """Spikes or sums of every neuron, and synaptic events of every core; returns how many neurons of either kind."""
        counts = {"fired": 0, "potentials": 0}
        for block in self.expected["blocks"]:
            name = block["group"]
            kind = "fired" if "fired" in block else "potentials"
            found = self.of(name, self.run["fired"] if kind == "fired" else self.run["history"][block["window"]])
            assert found.tolist() == block[kind], name
            if kind == "fired":
                assert self.of(name, self.run["history"][-1]).tolist() == block["remaining"], name
            counts[kind] += len(found)
            own_gates = sum(len(r) for n, r in self.net.groups.items() if n == re.sub(r"_b(\d+)$", r"_g\1", name))
            assert self.of(name, self.run["arrived"]).sum() == block["synaptic_events"] + own_gates * len(found)
        return counts

    def check_counters(self):
        """What wage-run counted: spikes by layer, synaptic events, packets."""
        by_layer = {}
        for axons in self.expected["axons"]:
            assert self.of(axons["group"], self.run["fired"]).sum() == axons["spikes"]
            layer = re.sub(r"_r\d+$", "", axons["group"])
            by_layer[layer] = by_layer.get(layer, 0) + axons["spikes"]
        assert by_layer == {re.sub(r"\W", "_", row["layer"]): row["spikes"] for row in self.infer["spikes_by_layer"]}, by_layer
        assert self.events - self.gate_events == self.infer["synaptic_events"]
        assert sum(by_layer.values()) == self.infer["spikes"]
        sanafe = self.expected["sanafe"]
        assert (self.events, self.run["messages"], self.run["hops"], int(self.run["fired"].sum())) == tuple(
            sanafe[key] for key in ("total_spikes", "total_messages_sent", "hops", "total_neurons_fired"))
        assert (self.gate_events, self.gate_messages) == (sanafe["gate_synaptic_events"], sanafe["gate_messages"])
        wage = self.expected["wage"]
        assert all(wage[key] == self.infer[key]
                   for key in ("spikes", "synaptic_events", "packets", "byte_hops", "memory_bytes"))

    def check_energies(self, chip):
        """In joule, from the chip file's picojoule; returns their sum."""
        energy = chip["energy"]
        core = next(iter(self.arch.cores.values()))
        assert np.isclose(core["synapse"], energy["mac_pj"]["value"] * 1e-12)
        hop = chip["spikes"]["event_bytes"]["value"] * energy["hop_byte_pj"]["value"] * 1e-12
        assert np.isclose(self.arch.hop_energy, hop)
        return self.events * core["synapse"] + self.run["hops"] * self.arch.hop_energy + self.run["message_energy"]

    def check_link(self, text):
        """What a layer fires is, pooled, what its axons say: so the layers together are the network."""
        layer, shape, *size = text.split(":")
        blocks = [b for b in self.expected["blocks"] if re.fullmatch(layer + r"_b\d+", b["group"])]
        if shape == "logits":
            sums = [self.of(block["group"], self.run["history"][block["window"]]) for block in blocks]
            assert np.concatenate(sums).tolist() == self.expected["wage"]["logits"], layer
            return
        channels, height, width = map(int, shape.split("x"))
        size = int(size[0])
        spikes = np.concatenate([self.of(block["group"], self.run["fired"]) for block in blocks])
        pooled = spikes.reshape(channels, height // size, size, width // size, size).max((2, 4)).ravel()
        axons = np.concatenate([self.of(axons["group"], self.run["fired"]) for axons in self.expected["axons"]
                                if re.fullmatch(layer + r"_r\d+", axons["group"])])
        assert pooled.tolist() == axons.tolist(), layer


def main(folder, chip_path, infer_path, *pools):
    infer = json.loads(infer_path.read_text())
    replay = Replay(folder, infer)
    counts = replay.check_blocks()
    replay.check_counters()
    total = replay.check_energies(load(chip_path))
    for text in pools:
        replay.check_link(text)
    print(f"{len(replay.net.source)} synapses, {replay.expected['time_steps']} time-steps: {counts['fired']} neurons fire and "
          f"{counts['potentials']} sum as expected, {replay.events - replay.gate_events} synaptic events, "
          f"{replay.run['messages'] - replay.gate_messages} messages, {replay.run['hops']} hops, "
          f"{len(pools)} layers linked, {total * 1e12:.0f} pJ of {infer['energy_pj']:.0f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
