//===- TrafficPlacer.h - least bytes times hops over multicast trees ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_TRAFFICPLACER_H
#define WAGE_COMPILER_PLACEMENT_TRAFFICPLACER_H

#include "compiler/Placement/Problem.h"

#include <optional>

namespace wage::placement {

/// Starts from the cheapest of raster, Hilbert, Hilbert with forces (up to 20,000 cores), and snakes through rectangles of many
/// shapes; then moves cores, one or two at a time, while that lowers the exact cost of the trees and the work stays within a
/// share for each core; then moves cores for a smaller load of the busiest link, for at most half a percent more. Never dearer
/// than any of its starts.
std::optional<Placement> placeByTraffic(const Problem &problem);

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_TRAFFICPLACER_H
