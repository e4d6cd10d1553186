//===- CostSums.h - what is counted of any piece of work ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_COSTSUMS_H
#define WAGE_RUNTIME_COST_COSTSUMS_H

#include "runtime/Format/Cost.h"

#include <array>

namespace wage::rt {

/// What a cost is for. Inference is all Forward.
enum class CostPart : uint8_t { Forward, Error, Gradient, Update };
inline constexpr std::array<const char *, 4> costPartNames{"forward", "error", "gradient", "update"};

/// Integers that add up over instructions, cores, samples and phases; energy follows from them alone.
struct CostSums {
  uint64_t macs = 0;
  uint64_t memoryBytes = 0;  ///< of the cores' own memories
  uint64_t offChipBytes = 0; ///< to and from off-chip memory
  uint64_t packets = 0, packetBytes = 0;
  uint64_t spikes = 0;         ///< events sent, each a packet; what is not dense only
  uint64_t synapticEvents = 0; ///< weights that events added to potentials; they are among the macs
  uint64_t byteHops = 0;       ///< bytes times links, those of packets and those to the off-chip port
  uint64_t weightWrites = 0;   ///< masters written by updates
  uint64_t busyCycles = 0;     ///< summed over cores: time that cores work, not time that passes

  CostSums &operator+=(const CostSums &o) { return addTimes(o, 1); }
  CostSums &addTimes(const CostSums &o, uint64_t times) {
    macs += o.macs * times;
    memoryBytes += o.memoryBytes * times;
    offChipBytes += o.offChipBytes * times;
    packets += o.packets * times;
    packetBytes += o.packetBytes * times;
    spikes += o.spikes * times;
    synapticEvents += o.synapticEvents * times;
    byteHops += o.byteHops * times;
    weightWrites += o.weightWrites * times;
    busyCycles += o.busyCycles * times;
    return *this;
  }
  EnergySplit energy(const ChipDescription &chip) const {
    return energyOf(chip.energy, macs, memoryBytes, byteHops, offChipBytes);
  }
};

/// By CostPart.
struct PartSums : std::array<CostSums, costPartNames.size()> {
  PartSums() : array{} {}
  CostSums &operator[](CostPart part) { return array::operator[](static_cast<size_t>(part)); }
  const CostSums &operator[](CostPart part) const { return array::operator[](static_cast<size_t>(part)); }
  PartSums &operator+=(const PartSums &o) {
    for (size_t i = 0; i < size(); ++i)
      data()[i] += o.data()[i];
    return *this;
  }
  CostSums total() const {
    CostSums sum;
    for (const CostSums &part : *this)
      sum += part;
    return sum;
  }
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_COSTSUMS_H
