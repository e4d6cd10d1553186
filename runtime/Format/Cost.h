//===- Cost.h - what an instruction costs on a core ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_COST_H
#define WAGE_RUNTIME_FORMAT_COST_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// Cost of one execution (for one sample, in a per-sample phase).
///
/// The model, from the chip's numbers alone: an instruction streams its operand buffers once through the core, so
///   cycles = max(1, work cycles, ceil(memoryBytes / dataBytesPerCycle), ceil(offChipBytes / offChip.bytesPerCycle))
/// with work cycles = ceil(macs / macsPerCycle) for products and ceil(weights / macsPerCycle) for updates. A read-and-write
/// buffer counts twice; a message counts the bytes its links carry (twice where a receive adds or compares), and costs nothing
/// where it has no links. Weights are read inside the crossbar and cost no data memory traffic, but in an update, which
/// reads and writes each master once. An instruction that forms a gradient from the whole batch reads the errors of all samples
/// once, their axons once for each group of neurons that its sums hold, and reads and writes every sum once per sample.
struct InstructionCost {
  uint64_t macs = 0;
  uint64_t memoryBytes = 0;  ///< core data memory (and masters, in an update)
  uint64_t offChipBytes = 0; ///< operands that live off chip
  uint64_t cycles = 0;
};

/// Picojoule, by what spends them.
struct EnergySplit {
  double mac = 0, memory = 0, noc = 0, offChip = 0;
  /// Added in this order everywhere, so that equal counts are equal energies to the last bit.
  double total() const { return mac + memory + noc + offChip; }
};

/// Energy of what was counted; `byteHops` has the way of off-chip bytes to the port in it. Source: docs/mapping.md, "Traffic and
/// energy".
EnergySplit energyOf(const EnergyDescription &energy, uint64_t macs, uint64_t memoryBytes, uint64_t byteHops,
                     uint64_t offChipBytes);

/// The group of a core's position; the verifier has proved that there is one.
const CoreGroup &groupOf(const Program &program, const Core &core);

/// `samples`: of the batch, for what goes through it at once.
InstructionCost costOf(const Program &program, const Core &core, const Instruction &instruction, uint64_t samples = 1);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_COST_H
