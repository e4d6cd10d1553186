//===- Placers.cpp - the ways to place cores ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Placers.h"

#include "compiler/Placement/Curves.h"
#include "compiler/Placement/ForceDirected.h"
#include "compiler/Placement/TrafficPlacer.h"

namespace wage::placement {

std::optional<Placer> parsePlacer(const std::string &word) {
  constexpr std::pair<const char *, Placer> words[] = {{"raster", Placer::Raster},
                                                       {"hilbert", Placer::Hilbert},
                                                       {"hilbert+force", Placer::HilbertForce},
                                                       {"traffic", Placer::Traffic}};
  for (const auto &[known, placer] : words)
    if (word == known)
      return placer;
  return std::nullopt;
}

std::optional<Placement> place(const Problem &problem, Placer placer) {
  if (placer == Placer::Traffic)
    return placeByTraffic(problem);
  if (placer == Placer::Raster)
    return placeAlong(problem, rasterOrder(problem.columns, problem.rows));
  std::optional<Placement> placement = placeAlong(problem, hilbertOrder(problem.columns, problem.rows));
  if (placement && placer == Placer::HilbertForce)
    relaxTension(problem, Incidence(problem), *placement);
  return placement;
}

} // namespace wage::placement
