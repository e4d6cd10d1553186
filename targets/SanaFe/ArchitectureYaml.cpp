//===- ArchitectureYaml.cpp - tiles, cores and what they cost -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The form is that of SANA-FE's arch/README.md. Energies are what the cost model counts for each event (Format/Cost.h), in joule;
// what it counts once per window, and not per event, has no counterpart and is 0.
//
//===---------------------------------------------------------------------------===//

#include "targets/SanaFe/Yaml.h"

#include "llvm/Support/Format.h"

#include <algorithm>

using namespace wage::rt;

namespace wage::sanafe {

namespace {

constexpr double joulePerPicojoule = 1e-12;
/// SANA-FE's timing needs one; the cost model has no such limit.
constexpr int linkBufferMessages = 16;

class ArchitectureWriter {
public:
  ArchitectureWriter(const Replay &replay, const CoreUses &uses)
      : replay(replay), chip(replay.program->chip), uses(uses), out(text) {}

  std::string run() {
    const uint32_t columns = replay.columns, rows = replay.rows;
    out << "# Made by wage: see docs/sanafe.md\narchitecture:\n  name: \"" << groupName(chip.name)
        << "\"\n  attributes:\n    topology: mesh\n    width: " << columns << "\n    height: " << rows
        << "\n    link_buffer_size: " << linkBufferMessages << "\n    sync_model: fixed\n";
    number(4, "latency_sync", cycles(chip.spikes.tickCycles));
    out << "  tile:\n";
    uint32_t empty = 0;
    for (uint32_t x = 0; x < columns; ++x)
      for (uint32_t y = 0; y < rows; ++y) {
        if (!uses.count({x, y, false}) && !uses.count({x, y, true})) {
          ++empty;
          continue;
        }
        writeEmpty(empty);
        empty = 0;
        writeTile("tile_" + std::to_string(x) + "_" + std::to_string(y), x, y);
      }
    writeEmpty(empty);
    return std::move(text);
  }

private:
  double cycles(double count) const { return count / (double(chip.clockMegahertz) * 1e6); }

  void number(int indent, const char *name, double value) {
    out.indent(indent) << name << ": " << llvm::format("%.9e", value) << '\n';
  }

  /// As many tiles where nothing is: messages may cross them.
  void writeEmpty(uint32_t tiles) {
    if (tiles)
      writeTile("tile_unused[0.." + std::to_string(tiles - 1) + "]", UINT32_MAX, UINT32_MAX);
  }

  void writeTile(const std::string &name, uint32_t x, uint32_t y) {
    out << "    - name: " << name << "\n      attributes:\n";
    for (const char *direction : {"north", "east", "south", "west"}) {
      number(8, (std::string("energy_") + direction + "_hop").c_str(),
             chip.spikes.eventBytes * chip.energy.hopBytePj * joulePerPicojoule);
      number(8, (std::string("latency_") + direction + "_hop").c_str(), cycles(chip.noc.hopCycles));
    }
    out << "      core:\n";
    writeCore("core", {x, y, false});
    if (uses.count({x, y, true}))
      writeCore("host", {x, y, true});
  }

  void writeCore(const char *name, const Place &place) {
    const auto found = uses.find(place);
    const CoreUse use = found == uses.end() ? CoreUse() : found->second;
    out << "        - name: " << name << "\n          attributes:\n            buffer_position: soma\n"
        << "            max_neurons_supported: " << std::max<size_t>(1, use.sums + use.axons + use.silent) << '\n';
    // Received into the core's memory, and read from there for the sums; sent from there. The host's memory is none of the
    // chip's.
    const double memory = chip.energy.memoryBytePj * joulePerPicojoule, bytes = chip.spikes.eventBytes;
    const Block *block = blockAt(place);
    unit("axon_in", "wage_in", nullptr,
         {{"energy_message_in", (bytes + (block ? block->inputBytes : 0)) * memory}, {"latency_message_in", 0}});
    unit("synapse", "wage_synapses", "current_based",
         {{"energy_process_spike", chip.energy.macPj * joulePerPicojoule},
          {"latency_process_spike", block ? cycles(1.0 / block->synapsesPerCycle) : 0}});
    out << "          dendrite:\n";
    const size_t units = (use.sums + neuronsPerUnit - 1) / neuronsPerUnit;
    if (units)
      entry(range("wage_sums", units), "accumulator", {{"energy_update", 0}, {"latency_update", 0}});
    entry("wage_no_sums", "accumulator", {{"energy_update", 0}, {"latency_update", 0}});
    out << "          soma:\n";
    if (units)
      soma(range("wage_neurons", units),
           replay.blocks.front().code == SpikeCode::Phase ? "leaky_integrate_fire" : "truenorth");
    if (use.axons)
      soma(range("wage_axons", use.axons), "input");
    soma("wage_silent_axons", "input");
    unit("axon_out", "wage_out", nullptr,
         {{"energy_message_out", place.isHost ? 0 : bytes * memory},
          {"latency_message_out", cycles(bytes / std::max(1u, chip.noc.linkBytesPerCycle))}});
  }

  using Numbers = std::initializer_list<std::pair<const char *, double>>;

  void unit(const char *section, const char *name, const char *model, Numbers numbers) {
    out << "          " << section << ":\n";
    entry(name, model, numbers);
  }

  void entry(const std::string &name, const char *model, Numbers numbers) {
    out << "            - name: " << name << "\n              attributes:\n";
    if (model)
      out << "                model: " << model << '\n';
    for (const auto &[key, value] : numbers)
      number(16, key, value);
  }

  void soma(const std::string &name, const char *model) {
    entry(name, model,
          {{"energy_access_neuron", 0},
           {"latency_access_neuron", 0},
           {"energy_update_neuron", 0},
           {"latency_update_neuron", 0},
           {"energy_spike_out", 0},
           {"latency_spike_out", 0}});
  }

  static std::string range(const char *name, size_t units) {
    return std::string(name) + "[0.." + std::to_string(units - 1) + "]";
  }

  /// The block of a core, which has one at most where messages are events; null if it has none.
  const Block *blockAt(const Place &place) const {
    const auto found = std::find_if(replay.blocks.begin(), replay.blocks.end(),
                                    [&](const Block &block) { return block.place == place; });
    return found == replay.blocks.end() ? nullptr : &*found;
  }

  const Replay &replay;
  const ChipDescription &chip;
  const CoreUses &uses;
  std::string text;
  llvm::raw_string_ostream out;
};

} // namespace

std::string architectureYaml(const Replay &replay, const CoreUses &uses) {
  return ArchitectureWriter(replay, uses).run();
}

} // namespace wage::sanafe
