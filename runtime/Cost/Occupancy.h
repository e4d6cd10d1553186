//===- Occupancy.h - how full cores and chips are ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_OCCUPANCY_H
#define WAGE_RUNTIME_COST_OCCUPANCY_H

#include "runtime/Format/Program.h"

#include <array>

namespace wage::rt {

/// Bytes that a core's buffers take, in whole lines; what several take in turn counts once.
struct CoreMemory {
  uint64_t core = 0, offChip = 0;
};
CoreMemory memoryOf(const Program &program, const Core &core);

/// Weights that a core holds, and that it could hold: its crossbar's, or fewer where its synapse memory is smaller.
/// Zero without weights.
struct CoreWeights {
  uint64_t held = 0, room = 0;
};
CoreWeights weightsOf(const Program &program, const Core &core);

/// What the mapper does where a limit is exceeded: cuts the layer into more blocks, so that a full block is no alarm,
/// moves buffers off chip, or refuses.
enum class LimitRelief : uint8_t { Cut, OffChip, None };
inline constexpr std::array<const char *, 3> limitReliefNames{"cut", "off_chip", "none"};

/// One limit of the chip, with the core that is nearest to it. Names and units are those of the fit report
/// (compiler/Conversion/IntegerToChip/Limits.h); a binary's needs are counted core by core, after cutting and spilling.
struct Occupancy {
  const char *limit, *unit;
  LimitRelief relief = LimitRelief::None;
  uint64_t need = 0, supply = 0;
  uint32_t core = noIndex; ///< of its blocks the first; noIndex: the whole system's

  double share() const { return supply ? double(need) / double(supply) : need ? 2 : 0; }
};

/// All limits, the nearest to its supply first; equal ones in a fixed order.
std::vector<Occupancy> occupancies(const Program &program);

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_OCCUPANCY_H
