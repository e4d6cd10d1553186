//===- ChipDescription.h - what a chip offers -------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The resolved chip: read from targets/Chips/*.yaml by the compiler, embedded in every binary, used by the runtime. No
// field has a default; the readers refuse an absent one.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_CHIPDESCRIPTION_H
#define WAGE_RUNTIME_FORMAT_CHIPDESCRIPTION_H

#include "runtime/Numerics/SpikeCode.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// What a core can do beyond multiplying weights with axons; training needs all of it.
struct LearningCapabilities {
  bool transposedRead = false; ///< multiply errors with the transposed weight matrix
  bool outerProduct = false;   ///< accumulate error x activation per weight
  bool maxReduce = false;      ///< maximum of magnitudes, locally and over messages
  uint32_t masterBits = 0;     ///< widest master weight, bits; 0: none kept
  uint32_t randomBits = 0;     ///< random bits per weight and update; 0: no generator
  bool operator==(const LearningCapabilities &o) const {
    return transposedRead == o.transposedRead && outerProduct == o.outerProduct && maxReduce == o.maxReduce &&
           masterBits == o.masterBits && randomBits == o.randomBits;
  }
};

/// One kind of core and the rectangle of the core grid it fills (in core coordinates of one chip).
struct CoreGroup {
  std::string name;
  uint32_t firstX = 0, firstY = 0, columns = 0, rows = 0; ///< rectangle, cores
  uint32_t axons = 0, neurons = 0;                        ///< crossbar rows and columns
  std::vector<uint32_t> weightBits;                       ///< supported widths of weights in use, ascending
  std::vector<uint32_t> axonsPerWeight;                   ///< crossbar rows that a weight of each width takes
  uint64_t synapseBytes = 0;                              ///< memory for weights or masters
  uint64_t dataBytes = 0;                                 ///< memory for everything else
  uint32_t dataBytesPerCycle = 0;                         ///< data memory bandwidth
  uint32_t macsPerCycle = 0;
  uint32_t accumulatorBits = 0; ///< widest accumulator
  uint32_t reduceFanIn = 0;     ///< partial sums one core may add from others per tree level; 0: none
  LearningCapabilities learning;

  /// The narrowest supported width that holds weights of `bits` bits; 0: there is none.
  uint32_t widthFor(uint32_t bits) const {
    for (uint32_t width : weightBits)
      if (width >= bits)
        return width;
    return 0;
  }
  /// Matrix rows a core takes when weights in use have `bits` bits; 0: it takes no such weights.
  uint32_t axonsFor(uint32_t bits) const {
    for (size_t i = 0; i < weightBits.size() && i < axonsPerWeight.size(); ++i)
      if (weightBits[i] >= bits && axonsPerWeight[i])
        return axons / axonsPerWeight[i];
    return 0;
  }
};

/// Network on chip: mesh with dimension-order routing (X first).
struct NocDescription {
  bool multicast = false;
  uint32_t linkBytesPerCycle = 0;      ///< bandwidth of one link between cores
  uint32_t hopCycles = 0;              ///< latency of one hop
  uint32_t interChipBytesPerCycle = 0; ///< bandwidth of one link between chips
  uint32_t interChipCycles = 0;        ///< latency of one crossing between chips
};

/// Off-chip memory; bytes == 0 means there is none.
struct OffChipDescription {
  uint64_t bytes = 0;
  uint32_t portX = 0, portY = 0; ///< core position whose router carries the port
  uint32_t bytesPerCycle = 0;
};

/// Energy constants, picojoule.
struct EnergyDescription {
  double macPj = 0, memoryBytePj = 0, hopBytePj = 0, offChipBytePj = 0;
};

/// Messages that are events.
struct SpikeDescription {
  std::vector<SpikeCode> codes; ///< what messages may be; the first is used where nothing is chosen
  uint32_t eventBytes = 0;      ///< of one event on a link
  uint32_t tickCycles = 0;      ///< least cycles of a tick
  /// Ticks come at a fixed time: a core or link with more to do in one than it can would lose events. Else a barrier waits.
  bool fixedTicks = false;

  bool speaks(SpikeCode code) const { return std::find(codes.begin(), codes.end(), code) != codes.end(); }
};

struct ChipDescription {
  std::string name;
  uint32_t gridColumns = 0, gridRows = 0; ///< cores per chip
  uint32_t chipColumns = 0, chipRows = 0; ///< chips in the system
  uint32_t clockMegahertz = 0;
  std::vector<CoreGroup> groups; ///< disjoint rectangles that cover the grid
  NocDescription noc;
  OffChipDescription offChip;
  EnergyDescription energy;
  SpikeDescription spikes;
  std::vector<uint32_t> faultyCores; ///< y · (gridColumns·chipColumns) + x, ascending

  /// The group that covers a position of the system's grid; null if none does.
  const CoreGroup *groupAt(uint32_t x, uint32_t y) const {
    const uint32_t column = x % gridColumns, row = y % gridRows;
    for (const CoreGroup &g : groups)
      if (column >= g.firstX && column - g.firstX < g.columns && row >= g.firstY && row - g.firstY < g.rows)
        return &g;
    return nullptr;
  }
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_CHIPDESCRIPTION_H
