//===- ExpectedYaml.cpp - what the runtime counts -----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/SanaFe/Yaml.h"

#include "llvm/Support/Format.h"

#include <algorithm>
#include <numeric>
#include <set>

using namespace wage::rt;

namespace wage::sanafe {

namespace {

/// Totals of SANA-FE's run summary, from the structure alone.
struct Totals {
  uint64_t messages = 0, hops = 0, synapticEvents = 0, fired = 0;
  uint64_t gateMessages = 0, gateSynapticEvents = 0; ///< of these
  uint64_t spikesWithoutSynapse = 0; ///< SANA-FE sends no message to a core where an axon has no synapse
};

uint64_t hopsBetween(const Place &a, const Place &b) {
  return (a.x > b.x ? a.x - b.x : b.x - a.x) + (a.y > b.y ? a.y - b.y : b.y - a.y);
}

/// One message for each spike and core where the axon has synapses.
void addMessages(const Replay &replay, size_t index, Totals &totals) {
  const Axons &axons = replay.axons[index];
  std::vector<std::set<Place>> targets(axons.values.size());
  for (const Block &block : replay.blocks)
    for (const Feed &feed : block.feeds)
      if (feed.axons == index)
        for (size_t e = 0; e < targets.size(); ++e)
          if (block.countSynapses(feed.firstElement + int64_t(e)))
            targets[e].insert(block.place);
  for (size_t neuron = 0; neuron < axons.neurons(); ++neuron) {
    const auto spikes = uint64_t(axons.spikesOf(neuron));
    totals.fired += spikes;
    totals.spikesWithoutSynapse += targets[axons.elementOf(neuron)].empty() ? spikes : 0;
    for (const Place &target : targets[axons.elementOf(neuron)]) {
      totals.messages += spikes;
      totals.hops += spikes * hopsBetween(axons.place, target);
    }
  }
}

Totals totalsOf(const Replay &replay) {
  Totals totals;
  for (size_t i = 0; i < replay.axons.size(); ++i)
    addMessages(replay, i, totals);
  for (const Block &block : replay.blocks) {
    const auto gates = uint64_t(block.gateNeurons(replay.steps));
    totals.synapticEvents += block.synapticEvents;
    totals.gateMessages += gates;
    totals.gateSynapticEvents += gates * block.neurons();
    totals.fired += gates;
    if (block.fires)
      totals.fired += uint64_t(std::accumulate(block.results.begin(), block.results.end(), int64_t(0)));
  }
  totals.messages += totals.gateMessages;
  totals.synapticEvents += totals.gateSynapticEvents;
  return totals;
}

template <typename Number> void printList(llvm::raw_ostream &out, const std::vector<Number> &numbers) {
  out << '[';
  for (size_t i = 0; i < numbers.size(); ++i) {
    out << (i ? i % 24 ? ", " : ",\n      " : "");
    printNumber(out, double(numbers[i]));
  }
  out << "]\n";
}

} // namespace

std::string expectedYaml(const Replay &replay) {
  std::string text;
  llvm::raw_string_ostream out(text);
  const Totals totals = totalsOf(replay);
  const Counters &c = replay.counters;
  out << "# Made by wage: see docs/sanafe.md\ntime_steps: " << replay.steps
      << "\nsanafe:\n  total_spikes: " << totals.synapticEvents << "\n  total_messages_sent: " << totals.messages
      << "\n  total_neurons_fired: " << totals.fired << "\n  hops: " << totals.hops
      << "\n  gate_messages: " << totals.gateMessages << "\n  gate_synaptic_events: " << totals.gateSynapticEvents
      << "\n  spikes_without_synapse: " << totals.spikesWithoutSynapse << "\nwage:\n  spikes: " << c.spikes
      << "\n  synaptic_events: " << c.synapticEvents << "\n  packets: " << c.packets << "\n  byte_hops: " << c.byteHops
      << "\n  memory_bytes: " << c.memoryBytes << "\n  energy_pj: " << llvm::format("%.9e", c.energyPj)
      << "\n  logits: ";
  printList(out, replay.logits);
  out << "axons:\n";
  for (const Axons &axons : replay.axons) {
    std::vector<int64_t> spikes;
    for (size_t neuron = 0; neuron < axons.neurons(); ++neuron)
      spikes.push_back(axons.spikesOf(neuron));
    out << "  - group: " << axons.name << "\n    core: \"" << addressOf(replay, axons.place)
        << "\"\n    spikes: " << std::accumulate(spikes.begin(), spikes.end(), int64_t(0)) << '\n';
  }
  out << "blocks:\n";
  for (const Block &block : replay.blocks) {
    out << "  - group: " << block.name << "\n    core: \"" << addressOf(replay, block.place)
        << "\"\n    synaptic_events: " << block.synapticEvents << "\n    window: " << block.ticks() << "\n    "
        << (block.fires ? "fired: " : "potentials: ");
    printList(out, block.results);
    if (!block.fires)
      continue;
    out << "    remaining: ";
    printList(out, block.remaining);
  }
  return text;
}

} // namespace wage::sanafe
