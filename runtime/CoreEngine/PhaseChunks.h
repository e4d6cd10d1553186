//===- PhaseChunks.h - samples that go through a phase together ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COREENGINE_PHASECHUNKS_H
#define WAGE_RUNTIME_COREENGINE_PHASECHUNKS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// How many samples each instruction of a phase takes at once. It changes no bit and no count, only the host's time: few enough
/// that what cores hand on stays in the host's caches, as many as that allows.
class PhaseChunks {
public:
  explicit PhaseChunks(const Program &program);

  uint32_t ofPhase(uint32_t phase) const { return samples[phase]; }
  uint32_t largest() const;
  /// Of the phase in which a route's packets travel.
  uint32_t phaseOfRoute(uint32_t route) const { return routePhase[route]; }
  uint32_t ofRoute(uint32_t route) const { return samples[routePhase[route]]; }
  /// The most of all phases in which cores of a template use a buffer.
  uint32_t ofBuffer(uint32_t templateIndex, uint32_t buffer) const { return bufferSamples[templateIndex][buffer]; }

private:
  void findRoutePhases(const Program &program);

  std::vector<uint32_t> samples;
  std::vector<uint32_t> routePhase;
  std::vector<std::vector<uint32_t>> bufferSamples;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COREENGINE_PHASECHUNKS_H
