//===- StaticCost.h - what a program costs, without running it ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_STATICCOST_H
#define WAGE_RUNTIME_COST_STATICCOST_H

#include "runtime/Cost/CostSums.h"
#include "runtime/Cost/LandingPlaces.h"
#include "runtime/Cost/LinkLoads.h"
#include "runtime/Support/Status.h"

namespace wage::rt {

/// When a core works in a phase: cycles since the phase began, for the first sample.
struct CoreSpan {
  uint32_t core = 0;
  uint64_t begin = 0; ///< its first instruction that takes time begins
  uint64_t end = 0;   ///< its last one ends
  uint64_t busy = 0;  ///< of the cycles between them, those in which it does not wait
};

/// What keeps samples from following each other faster.
enum class PhaseBound : uint8_t { Core, Link, OffChip, Buffer };
inline constexpr std::array<const char *, 4> phaseBoundNames{"core", "link", "off_chip", "buffer"};

/// One phase: of one sample if it runs per sample, else of the step.
struct PhaseCost {
  bool perSample = false;
  uint64_t latencyCycles = 0;  ///< the last core has finished the first sample
  uint64_t intervalCycles = 0; ///< at which samples can follow
  PhaseBound bound = PhaseBound::Core;
  uint32_t busiestCore = noIndex; ///< of its blocks the first at work; noIndex: nobody works
  uint64_t busiestCoreCycles = 0;
  LinkPosition busiestLink;
  uint64_t busiestLinkBytes = 0;
  uint64_t resourceCycles = 0;             ///< the interval if packets always found a place
  std::vector<LandingPlace> landingPlaces; ///< where packets are copied to
  uint32_t tightestPlace = noIndex;        ///< of these the one that allows the longest interval only
  PartSums parts;
  std::vector<CoreSpan> spans; ///< of the cores that take part, by ascending core

  /// Cycles for a batch of `samples` samples. Source: docs/mapping.md, "Cycles".
  uint64_t cycles(uint32_t samples) const {
    return perSample ? latencyCycles + (uint64_t(samples) - 1) * intervalCycles
                     : std::max(latencyCycles, intervalCycles);
  }
};

/// A row of the tables: a layer, a stage of cores without weights, or the host.
struct CostStage {
  std::string name;
  uint32_t layer = noIndex;
  uint32_t cores = 0; ///< with blocks of it; a core may have some of several
};

/// Bytes of all packets over one link.
struct LinkLoad {
  LinkPosition link;
  uint64_t bytes = 0;
};

/// What one batch takes: inference, or a training step.
struct RunCost {
  uint32_t samples = 0, phases = 0; ///< leading phases that run
  uint64_t cycles = 0;
  uint64_t latencyCycles = 0;   ///< of a batch of one sample
  uint64_t intervalCycles = 0;  ///< that one more sample adds
  std::vector<PartSums> stages; ///< by StaticCost::stages; a packet belongs to its sender
  std::vector<CostSums> cores;
  std::vector<LinkLoad> links; ///< those that carry anything

  PartSums parts() const;
  CostSums total() const { return parts().total(); }
};

/// All costs of a program. They follow from its chip description, its streams and its routes.
struct StaticCost {
  std::vector<PhaseCost> phases;
  std::vector<CostStage> stages; ///< the layers in file order, stages of cores without weights, last the host
  std::vector<uint32_t> stageOf; ///< by core
  RunCost inference;
  std::vector<RunCost> training; ///< one, of a program that trains; else none
};

/// The costs of `program`, which must be verified, for batches of `samples` > 0 samples.
///
/// Times come from a timeline: each core's stream is fixed, an instruction takes what costOf() says, and a `receive`
/// waits for the packets that routes bring. No value is computed, and nothing of the core engine takes part; its
/// counters must be equal to these (test/unit/Cost, test/oracle/cost_case.py).
/// Of events the most that there can be are counted, so that a run costs no more than this says.
/// Errors: cores wait for each other in a circle.
/// Source: docs/mapping.md, "Cycles" and "Traffic and energy".
Expected<StaticCost> staticCost(const Program &program, uint32_t samples);

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_STATICCOST_H
