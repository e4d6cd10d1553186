//===- Measurement.cpp - what a run has shown, beside what it could at most ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Report/Measurement.h"

namespace wage::rt {

namespace {

/// Of all layers together.
LayerActivity totalOf(const SpikeActivity &activity) {
  LayerActivity total;
  for (const LayerActivity &layer : activity.layers) {
    total.neurons += layer.neurons;
    total.values += layer.values;
    total.spikes += layer.spikes;
    total.silent += layer.silent;
    total.synapticEvents += layer.synapticEvents;
    total.mostSynapticEvents += layer.mostSynapticEvents;
  }
  return total;
}

uint64_t mostSpikesOf(const SpikeActivity &activity) {
  uint64_t most = 0;
  for (const LayerActivity &layer : activity.layers)
    most += layer.mostSpikes();
  return most;
}

double mostEnergyPerImage(const Program &program, const StaticCost &cost) {
  return cost.inference.total().energy(program.chip).total() / cost.inference.samples;
}

double ratio(double part, double all) { return all > 0 ? part / all : 0; }

void addShare(const char *name, double found, double most, Text &text) {
  text.add("  %-26s %14.6g %14.6g %7.1f %%\n", name, found, most, 100 * ratio(found, most));
}

void describeTotals(const Program &p, const StaticCost &cost, const Measurement &m, Text &text) {
  const SpikeActivity &a = m.activity;
  const LayerActivity total = totalOf(a);
  const auto images = double(a.images);
  text.add("measured on %llu images, batches of at most %u, one image on average:\n  %-26s %14s %14s %9s\n",
           static_cast<unsigned long long>(a.images), a.batches.rbegin()->first, "", "measured", "at most", "share");
  addShare("cycles", double(m.counters.cycles) / images, double(mostCycles(cost, a)) / images, text);
  addShare("latency, cycles", double(a.latencyCycles) / double(a.batchCount()), double(cost.inference.latencyCycles),
           text);
  addShare("energy, uJ", m.counters.energyPj * 1e-6 / images, mostEnergyPerImage(p, cost) * 1e-6, text);
  addShare("spikes", double(total.spikes) / images, double(mostSpikesOf(a)) / images, text);
  addShare("synaptic events", double(total.synapticEvents) / images, double(total.mostSynapticEvents), text);
}

/// The cells of what a layer fires, and of what its axons take; dashes where it does not.
void describeLayer(const LayerActivity &layer, uint64_t images, Text &text) {
  text.add("  %-20s", layer.layer.c_str());
  if (layer.neurons)
    text.add(" %-6s %5lld %9llu %12.4g %8lld %7.1f %%", spikeCodeName(layer.code),
             static_cast<long long>(layer.ticks()), static_cast<unsigned long long>(layer.neurons),
             ratio(double(layer.spikes), double(layer.values)), static_cast<long long>(layer.ticks()),
             100 * ratio(double(layer.silent), double(layer.values)));
  else
    text.add(" %-6s %5s %9s %12s %8s %9s", "-", "-", "-", "-", "-", "-");
  if (layer.mostSynapticEvents)
    text.add(" %15.6g %14.6g %7.1f %%\n", ratio(double(layer.synapticEvents), double(images)),
             double(layer.mostSynapticEvents),
             100 * ratio(double(layer.synapticEvents), double(images) * double(layer.mostSynapticEvents)));
  else
    text.add(" %15s %14s %9s\n", "-", "-", "-");
}

JsonObject layerJson(const LayerActivity &layer, uint64_t images) {
  JsonObject json;
  json.add("layer", layer.layer);
  if (layer.neurons) {
    json.add("code", spikeCodeName(layer.code)).add("ticks", uint64_t(layer.ticks())).add("neurons", layer.neurons);
    json.add("values", layer.values).add("spikes", layer.spikes).add("most_spikes", layer.mostSpikes());
    json.add("silent", layer.silent);
  }
  if (layer.mostSynapticEvents)
    json.add("synaptic_events", layer.synapticEvents).add("most_synaptic_events", layer.mostSynapticEvents * images);
  return json;
}

/// One layer's lines of the raster: its neurons that are looked at, and their events in columns.
JsonObject linesJson(const LayerActivity &layer) {
  std::vector<uint64_t> neurons, rows, ticks;
  std::vector<double> values;
  const auto bits = static_cast<int>(layer.bits);
  for (size_t row = 0; row < layer.shown.size(); ++row) {
    neurons.push_back(layer.neuronOf(row));
    values.push_back(layer.shown[row]);
    for (int64_t tick = 0; tick < layer.ticks(); ++tick)
      if (hasEvent(layer.code, layer.shown[row], tick, bits))
        rows.push_back(row), ticks.push_back(static_cast<uint64_t>(tick));
  }
  JsonObject json;
  json.add("layer", layer.layer).add("code", spikeCodeName(layer.code)).add("ticks", uint64_t(layer.ticks()));
  json.add("neurons", layer.neurons).add("neuron", neurons).add("value", values);
  return json.add("event_row", rows).add("event_tick", ticks);
}

JsonObject rasterJson(const SpikeActivity &activity) {
  JsonObject json;
  std::vector<JsonObject> layers;
  for (const LayerActivity &layer : activity.layers)
    if (layer.neurons)
      layers.push_back(linesJson(layer));
  return json.add("image", activity.shownImage).add("layers", layers);
}

} // namespace

uint64_t mostCycles(const StaticCost &cost, const SpikeActivity &activity) {
  uint64_t cycles = 0;
  for (const auto &[size, often] : activity.batches)
    for (uint32_t phase = 0; phase < cost.inference.phases; ++phase)
      cycles += often * cost.phases[phase].cycles(size);
  return cycles;
}

void describeMeasurement(const Program &program, const StaticCost &cost, const Measurement &measured, Text &text) {
  describeTotals(program, cost, measured, text);
  text.add(
      "measured by layer: what it fires, and what its axons take of an image:\n  %-20s %-6s %5s %9s %12s %8s %9s %15s "
      "%14s %9s\n",
      "name", "code", "ticks", "neurons", "spikes/value", "at most", "silent", "synaptic events", "at most", "share");
  for (const LayerActivity &layer : measured.activity.layers)
    describeLayer(layer, measured.activity.images, text);
}

JsonObject measurementJson(const Program &program, const StaticCost &cost, const Measurement &measured) {
  const SpikeActivity &a = measured.activity;
  const Counters &c = measured.counters;
  const LayerActivity total = totalOf(a);
  const auto images = double(a.images);
  const EnergySplit energy = energyOf(program.chip.energy, c.macs, c.memoryBytes, c.byteHops, c.offChipBytes);
  JsonObject json, split;
  std::vector<JsonObject> layers;
  for (const LayerActivity &layer : a.layers)
    layers.push_back(layerJson(layer, a.images));
  split.add("mac", energy.mac).add("memory", energy.memory).add("noc", energy.noc).add("off_chip", energy.offChip);
  json.add("images", a.images).add("batches", a.batchCount()).add("largest_batch", uint64_t(a.batches.rbegin()->first));
  json.add("cycles", c.cycles).add("most_cycles", mostCycles(cost, a));
  json.add("mean_latency_cycles", double(a.latencyCycles) / double(a.batchCount()));
  json.add("largest_latency_cycles", a.largestLatencyCycles);
  json.add("most_latency_cycles", cost.inference.latencyCycles);
  json.add("energy_pj_per_image", c.energyPj / images);
  json.add("most_energy_pj_per_image", mostEnergyPerImage(program, cost)).add("energy_by", split);
  json.add("macs", c.macs).add("byte_hops", c.byteHops).add("packets", c.packets).add("ticks", c.ticks);
  json.add("values", total.values).add("spikes", total.spikes).add("most_spikes", mostSpikesOf(a));
  json.add("silent", total.silent).add("synaptic_events", total.synapticEvents);
  json.add("most_synaptic_events", total.mostSynapticEvents * a.images);
  return json.add("layers", layers).add("raster", rasterJson(a));
}

} // namespace wage::rt
