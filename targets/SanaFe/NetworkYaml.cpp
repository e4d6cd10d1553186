//===- NetworkYaml.cpp - groups, edges and mappings ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The form is that of SANA-FE's snn/README.md.
//
//===---------------------------------------------------------------------------===//

#include "targets/SanaFe/Yaml.h"

#include "llvm/Support/Format.h"

#include <climits>
#include <cmath>

using namespace wage::rt;

namespace wage::sanafe {

namespace {

constexpr size_t numbersPerLine = 16;

class NetworkWriter {
public:
  NetworkWriter(const Replay &replay, CoreUses &uses) : replay(replay), uses(uses), out(text) {}

  std::string run() {
    out << "# Made by wage: see docs/sanafe.md. To be simulated for " << replay.steps << " time-steps.\n"
        << "network:\n  name: \"" << groupName(replay.program->name) << "\"\n  groups:\n";
    for (const Axons &axons : replay.axons)
      writeGroup(axons);
    for (const Block &block : replay.blocks)
      writeGroup(block);
    out << "  edges:\n";
    for (const Block &block : replay.blocks) {
      for (const Feed &feed : block.feeds)
        writeEdges(replay.axons[feed.axons], feed, block);
      writeGateEdges(block);
    }
    out << "mappings:\n";
    for (const Axons &axons : replay.axons)
      writeMapping(axons);
    for (const Block &block : replay.blocks)
      writeMapping(block);
    return std::move(text);
  }

private:
  void writeTrain(llvm::function_ref<bool(int64_t)> hasSpike, int64_t ticks) {
    while (ticks > 1 && !hasSpike(ticks - 1))
      --ticks;
    out << "{spikes: [";
    for (int64_t t = 0; t < ticks; ++t)
      out << (t ? ", " : "") << int(hasSpike(t));
    out << "]}\n";
  }

  /// Calls visit(first, last, whether they are silent), each of the others alone.
  void forEachRun(const Axons &axons, llvm::function_ref<void(size_t, size_t, bool)> visit) const {
    for (size_t first = 0; first < axons.neurons();) {
      size_t last = first;
      if (axons.spikesOf(first))
        visit(first, first, false);
      else {
        while (last + 1 < axons.neurons() && !axons.spikesOf(last + 1))
          ++last;
        visit(first, last, true);
      }
      first = last + 1;
    }
  }

  static std::string rangeOf(size_t first, size_t last) {
    return std::to_string(first) + (last > first ? ".." + std::to_string(last) : "");
  }

  void writeGroup(const Axons &axons) {
    out << "    - name: " << axons.name << "\n      attributes: {log_spikes: true}\n      neurons:\n";
    forEachRun(axons, [&](size_t first, size_t last, bool isSilent) {
      out << "        - " << rangeOf(first, last) << ": ";
      if (isSilent)
        out << "{spikes: [0]}\n";
      else
        writeTrain([&](int64_t t) { return axons.hasSpike(first, t); }, windowTicks(axons.code, axons.bits));
    });
  }

  void writeGroup(const Block &block) {
    out << "    - name: " << block.name << "\n      attributes: {" << (block.fires ? "log_spikes: true, " : "")
        << "log_potential: true, soma: {threshold: ";
    printNumber(out, block.fires ? std::ldexp(1.0, block.thresholdLog2) : unreachable);
    out << ", reset_mode: " << (block.fires ? "soft" : "none");
    if (block.code == SpikeCode::Phase)
      out << ", leak_decay: 2";
    out << "}}\n      neurons:\n        - " << rangeOf(0, block.neurons() - 1) << ": []\n";
    if (!block.fires)
      return;
    out << "    - name: " << block.gate << "\n      attributes: []\n      neurons:\n";
    const llvm::SmallVector<int64_t, 3> ticks = gateTicks(block, replay.steps);
    for (size_t i = 0; i < ticks.size(); ++i) {
      out << "        - " << i << ": ";
      writeTrain([&](int64_t t) { return t == ticks[i]; }, ticks[i] + 1);
    }
  }

  void beginEdges(const std::string &from, const std::string &to) {
    out << "    - " << from << " -> " << to << ":\n        type: sparse\n        source_target_pairs: [";
    count = 0;
  }
  void pair(size_t source, int64_t target) {
    separate();
    out << '[' << source << ", " << target << ']';
  }
  void beginWeights() {
    out << "]\n        weight: [";
    count = 0;
  }
  void weight(double value) {
    separate();
    printNumber(out, value);
  }
  void separate() {
    if (count++)
      out << (count % numbersPerLine == 1 ? ",\n          " : ", ");
  }

  void forEachEdge(const Axons &axons, const Feed &feed, const Block &block,
                   llvm::function_ref<void(size_t, int64_t, int64_t)> visit) const {
    for (size_t neuron = 0; neuron < axons.neurons(); ++neuron) {
      const int64_t factor = axons.factorOf(neuron);
      block.forEachSynapse(feed.firstElement + int64_t(axons.elementOf(neuron)),
                           [&](int64_t target, int64_t w) { visit(neuron, target, w * factor); });
    }
  }

  void writeEdges(const Axons &axons, const Feed &feed, const Block &block) {
    bool any = false;
    for (size_t e = 0; e < axons.values.size() && !any; ++e)
      any = block.countSynapses(feed.firstElement + int64_t(e)) != 0;
    if (!any)
      return;
    beginEdges(axons.name, block.name);
    forEachEdge(axons, feed, block, [&](size_t source, int64_t target, int64_t) { pair(source, target); });
    beginWeights();
    forEachEdge(axons, feed, block, [&](size_t, int64_t, int64_t w) { weight(double(w)); });
    out << "]\n";
  }

  void writeGateEdges(const Block &block) {
    const auto gates = size_t(block.gateNeurons(replay.steps));
    if (!gates)
      return;
    beginEdges(block.gate, block.name);
    for (size_t g = 0; g < gates; ++g)
      for (size_t i = 0; i < block.neurons(); ++i)
        pair(g, int64_t(i));
    beginWeights();
    const auto positions = size_t(block.geometry.positions());
    for (size_t g = 0; g < gates; ++g)
      for (size_t i = 0; i < block.neurons(); ++i)
        weight(g == 1 ? double(block.hold + block.bias[i / positions] + block.halfThreshold()) : -double(block.hold));
    out << "]\n";
  }

  void map(const std::string &group, size_t first, size_t last, const Place &place, const std::string &soma,
           const std::string &dendrite) {
    out << "  - " << group << '.' << rangeOf(first, last) << ": {core: \"" << addressOf(replay, place) << "\", soma: \""
        << soma << "\", dendrite: \"" << dendrite << "\"}\n";
  }

  void mapSpiking(const std::string &group, size_t neuron, const Place &place) {
    map(group, neuron, neuron, place, "wage_axons[" + std::to_string(uses[place].axons++) + "]", "wage_no_sums");
  }

  void writeMapping(const Axons &axons) {
    forEachRun(axons, [&](size_t first, size_t last, bool isSilent) {
      if (!isSilent)
        return mapSpiking(axons.name, first, axons.place);
      uses[axons.place].silent += last - first + 1;
      map(axons.name, first, last, axons.place, "wage_silent_axons", "wage_no_sums");
    });
  }

  void writeMapping(const Block &block) {
    size_t &sums = uses[block.place].sums;
    for (size_t first = 0; first < block.neurons();) {
      const size_t unit = sums / neuronsPerUnit;
      const size_t last = std::min(block.neurons(), first + (unit + 1) * neuronsPerUnit - sums) - 1;
      map(block.name, first, last, block.place, "wage_neurons[" + std::to_string(unit) + "]",
          "wage_sums[" + std::to_string(unit) + "]");
      sums += last - first + 1;
      first = last + 1;
    }
    for (int64_t g = 0; g < block.gateNeurons(replay.steps); ++g)
      mapSpiking(block.gate, size_t(g), block.place);
  }

  const Replay &replay;
  CoreUses &uses;
  std::string text;
  llvm::raw_string_ostream out;
  size_t count = 0;
};

} // namespace

void printNumber(llvm::raw_ostream &out, double number) {
  if (number != std::floor(number))
    out << llvm::format("%.17g", number);
  else
    out << int64_t(number) << (std::abs(number) < INT_MAX ? "" : ".0");
}

std::string networkYaml(const Replay &replay, CoreUses &uses) { return NetworkWriter(replay, uses).run(); }

} // namespace wage::sanafe
