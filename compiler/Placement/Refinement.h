//===- Refinement.h - moves that make traffic less ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_REFINEMENT_H
#define WAGE_COMPILER_PLACEMENT_REFINEMENT_H

#include "compiler/Placement/MovableCost.h"

namespace wage::placement {

/// Numbers that look random and are the same everywhere (a linear congruential generator's upper half).
class Draw {
public:
  explicit Draw(uint64_t seed) : state(seed) {}
  /// At least 0, less than n.
  uint32_t below(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(((state >> 32) * n) >> 32);
  }

private:
  uint64_t state;
};

/// Moves cores, one to a free position or two that change places, with the exact cost of every move.
///
/// Units: work as MovableCost counts it, about a hundred of which are one move looked at.
class Refinement {
public:
  /// Moves the cores of `cost`.
  Refinement(const Problem &problem, MovableCost &cost, uint64_t seed);

  /// Draws moves and makes each that costs less than a random part of a threshold, which falls to nothing as the work is
  /// done (threshold accepting: Dueck and Scheuer, 1990; without exponentials, so that every machine draws the same). The
  /// first threshold is `heat` halves of what a core costs on average.
  void anneal(uint64_t work, uint64_t heat);

  /// Passes over all cores and makes each one's best move, until a pass gains less than a thousandth or the work is done.
  void descend(uint64_t work);

private:
  struct Pull {
    Point at;
    int64_t bytes;
  };

  void addCandidate(int64_t x, int64_t y);
  void addAround(Point p);
  void addNear(Point p, int32_t reach);
  void addBesideSiblings(uint32_t core);
  Point medianOf(uint32_t core);
  template <typename F> int32_t median(F coordinate);
  uint32_t drawPosition(uint32_t core, int32_t reach);
  void improve(uint32_t core);

  const Problem &problem;
  MovableCost &cost;
  Draw draw;
  std::vector<uint32_t> movable; ///< cores that are not fixed
  std::vector<Pull> pulls;
  std::vector<uint32_t> candidates;
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_REFINEMENT_H
