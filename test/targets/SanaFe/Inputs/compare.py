#!/usr/bin/python3
"""Compares what SANA-FE's simulator wrote with what the export says that it should: compare.py FOLDER RESULTS

FOLDER holds expected.yaml of --chip-to-sanafe; RESULTS is the folder of `sim -s -o RESULTS FOLDER/arch.yaml FOLDER/snn.yaml
TIME_STEPS`, which writes run_summary.yaml, spikes.csv, messages.csv and potentials.csv there.
"""
import collections
import csv
import re
import sys
from pathlib import Path

import yaml

folder, results = map(Path, sys.argv[1:3])
expected = yaml.safe_load((folder / "expected.yaml").read_text())
# Its energies have no blank behind the colon.
summary = yaml.safe_load(re.sub(r"^( *\w+):(?=\S)", r"\1: ", (results / "run_summary.yaml").read_text(), flags=re.M))
rows = lambda name: csv.reader((results / name).open())

assert summary["timesteps_executed"] == expected["time_steps"]
for key in ("total_spikes", "total_messages_sent", "total_neurons_fired"):
    assert summary[key] == expected["sanafe"][key], (key, summary[key], expected["sanafe"][key])

spikes = collections.Counter(neuron for neuron, _ in list(rows("spikes.csv"))[1:])
head, *steps = rows("potentials.csv")
column = {name.removeprefix("neuron "): i for i, name in enumerate(head)}
fired = summed = 0
for block in expected["blocks"]:
    if "fired" in block:
        assert [spikes[f"{block['group']}.{i}"] for i in range(len(block["fired"]))] == block["fired"], block["group"]
        fired += len(block["fired"])
        step, potentials = -1, block["remaining"]
    else:
        step, potentials = block["window"], block["potentials"]
        summed += len(potentials)
    # Written with six digits.
    found = [steps[step][column[f"{block['group']}.{i}"]] for i in range(len(potentials))]
    assert found == [f"{p:.6g}" for p in potentials], block["group"]
for axons in expected["axons"]:
    assert sum(n for neuron, n in spikes.items() if neuron.split(".")[0] == axons["group"]) == axons["spikes"]

events, hops = collections.Counter(), 0
messages = rows("messages.csv")
names = {name: i for i, name in enumerate(next(messages))}
for row in messages:
    if int(row[names["mid"]]) >= 0:  # others tell of work without a message
        hops += int(row[names["hops"]])
        if not re.search(r"_g\d+\.", row[names["src_neuron"]]):
            events[row[names["dest_hw"]]] += int(row[names["spikes"]])
of_core = collections.Counter()
for block in expected["blocks"]:
    of_core[block["core"]] += block["synaptic_events"]
assert hops == expected["sanafe"]["hops"]
assert events == of_core, (events, of_core)
print(f"SANA-FE: {fired} neurons fire and {summed} sum as expected, {sum(events.values())} synaptic events on "
      f"{len(events)} cores, {summary['total_messages_sent']} messages, {hops} hops")
