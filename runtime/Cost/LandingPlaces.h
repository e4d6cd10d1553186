//===- LandingPlaces.h - places that a sample's packets take up ------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_LANDINGPLACES_H
#define WAGE_RUNTIME_COST_LANDINGPLACES_H

#include "runtime/Cost/StreamParts.h"

#include <limits>

namespace wage::rt {

/// A buffer of the sample that packets are copied into, in one phase: cycles for which one sample keeps a place in it, on the
/// core of its template where that is longest.
struct LandingPlace {
  uint32_t templateIndex = 0, buffer = 0;
  uint64_t toLastUse = 0; ///< from a packet's first byte to the end of the last instruction that uses the buffer
  uint64_t toEnd = 0;     ///< to the end of the core's stream: so long if it is the only place

  /// Cycles between two samples, at least, if `slots` samples have a place.
  uint64_t interval(uint64_t slots) const { return slots > 1 ? (toLastUse + slots - 1) / slots : toEnd; }
};

inline uint32_t slotsOf(const Program &program, const LandingPlace &place) {
  return program.templates[place.templateIndex].buffers[place.buffer].slots;
}

/// Collects them while a timeline is made.
class LandingPlaces {
public:
  LandingPlaces(const Program &program, const std::vector<StreamParts> &streams);

  void beginPhase(uint32_t phase);
  void startCore(uint32_t core);
  /// The first byte of a packet for `buffer` can be there at `cycle`.
  void arrive(uint32_t core, uint32_t buffer, uint64_t cycle);
  /// The core's instruction `index` ends at `cycle`.
  void finish(uint32_t core, uint32_t index, uint64_t cycle);
  /// The core's stream ends at `cycle`.
  void finishCore(uint32_t core, uint64_t cycle);

  /// Of the phase, once all its cores are done.
  std::vector<LandingPlace> take() const;

private:
  struct Landing {
    uint32_t buffer, lastUse; ///< an instruction
  };
  struct Times {
    uint64_t begin = std::numeric_limits<uint64_t>::max(), end = 0;
  };
  struct OfTemplate {
    std::vector<std::vector<Landing>> phases;
    std::vector<LandingPlace> longest; ///< as the landings of the current phase
  };
  const std::vector<Landing> &landings(uint32_t core) const;

  const Program &program;
  uint32_t phase = 0;
  std::vector<OfTemplate> templates;
  std::vector<size_t> firstOf; ///< by core, in `times`
  std::vector<Times> times;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_LANDINGPLACES_H
