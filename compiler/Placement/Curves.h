//===- Curves.h - positions in the order of a curve ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_CURVES_H
#define WAGE_COMPILER_PLACEMENT_CURVES_H

#include "compiler/Placement/Problem.h"

#include <optional>

namespace wage::placement {

/// All positions of a grid (y * columns + x), row by row, every other row backwards.
std::vector<uint32_t> rasterOrder(uint32_t columns, uint32_t rows);

/// All positions of a grid along a Hilbert curve from (0, 0), generalised to any rectangle: what is near in the order is near
/// on the grid. Successive positions are neighbours, or diagonal ones where a side is odd.
std::vector<uint32_t> hilbertOrder(uint32_t columns, uint32_t rows);

/// Positions of a rectangle of width x height at (0, 0), as a snake along its rows or columns, then the other positions row
/// by row.
std::vector<uint32_t> snakeOrder(uint32_t columns, uint32_t rows, uint32_t width, uint32_t height, bool alongRows);

/// Cores, in the order of `cores`, take the positions they may, in the order of a curve: fixed cores first, then those of
/// single areas, then the others; of these first those that may stand on few kinds. None if there are not enough positions.
std::optional<Placement> placeAlong(const Problem &problem, const std::vector<uint32_t> &curve,
                                    const std::vector<uint32_t> &cores);

/// As above, with the cores in the order of their numbers.
std::optional<Placement> placeAlong(const Problem &problem, const std::vector<uint32_t> &curve);

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_CURVES_H
