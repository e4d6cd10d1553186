"""Checks what `wage-run info --images --json` says of spikes:

    check_spikes.py MEASURED.json OTHER.json INFER.json

MEASURED is of one image, OTHER of several of which it lists the same one, INFER what `infer --engine=core --json`
counts of these. Checked: of layers whose neurons are all listed, the raster's events are the spikes that were counted
and the neurons without one those that were silent; every line's events decode to its value; sums of layers are the
totals; the image is the same among others; totals are those of `infer`; nothing is more than the most. Prints what is
wrong, or the number of checks.
"""
import json
import sys
from collections import defaultdict

problems, checks = [], 0


def check(found, wanted, what):
    global checks
    checks += 1
    if found != wanted:
        problems.append(f"{what}: found {found}, needed {wanted}")


def decode(code, window, value, ticks):
    """The magnitude whose events come in `ticks`; graded events carry it."""
    if code == "graded":
        return abs(value) if ticks == [0] else 0
    return len(ticks) if code == "rate" else sum(1 << (window - 1 - tick) for tick in ticks)


def check_lines(lines, layer, images):
    ticks = defaultdict(list)
    for row, tick in zip(lines["event_row"], lines["event_tick"]):
        ticks[row].append(tick)
        check(tick < lines["ticks"], True, f"{layer['layer']}: an event within its window")
    for row, value in enumerate(lines["value"]):
        check(decode(lines["code"], lines["ticks"], value, ticks[row]), abs(value), f"{layer['layer']}: line {row}")
    check(lines["neuron"], sorted(set(lines["neuron"])), f"{layer['layer']}: neurons")
    check(len(lines["neuron"]), min(layer["neurons"], 200), f"{layer['layer']}: lines")
    if images == 1 and len(lines["neuron"]) == layer["neurons"]:
        check(len(lines["event_row"]), layer["spikes"], f"{layer['layer']}: events")
        check(sum(value == 0 for value in lines["value"]), layer["silent"], f"{layer['layer']}: silent neurons")


def check_sums(measured):
    for key in ("values", "spikes", "most_spikes", "silent", "synaptic_events", "most_synaptic_events"):
        check(sum(layer.get(key, 0) for layer in measured["layers"]), measured[key], key)
    for most in [key for key in measured if key.startswith("most_")]:
        found = measured.get(most[5:], measured.get("mean_" + most[5:]))
        check(found <= measured[most], True, f"{found} is at most {most}")
    spiking = [layer for layer in measured["layers"] if "neurons" in layer]
    for lines, layer in zip(measured["raster"]["layers"], spiking, strict=True):
        check(layer["values"], layer["neurons"] * measured["images"], f"{layer['layer']}: values")
        check_lines(lines, layer, measured["images"])


one, many, infer = (json.load(open(path)) for path in sys.argv[1:])
check_sums(one["measured"])
check_sums(many["measured"])
check(one["measured"]["images"], 1, "images")
check([lines["value"] for lines in one["measured"]["raster"]["layers"]],
      [lines["value"] for lines in many["measured"]["raster"]["layers"]], "the image listed")
for key in ("images", "cycles", "macs", "byte_hops", "packets", "ticks", "synaptic_events"):
    check(many["measured"][key], infer[key], key)
check(f"{many['measured']['energy_pj_per_image'] * infer['images']:.6g}", f"{infer['energy_pj']:.6g}", "energy")
print("\n".join(problems[:20]) or f"{checks} checks")
sys.exit(1 if problems else 0)
