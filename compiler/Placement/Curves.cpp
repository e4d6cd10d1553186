//===- Curves.cpp - positions in the order of a curve ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Curves.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>

namespace wage::placement {

std::vector<uint32_t> rasterOrder(uint32_t columns, uint32_t rows) {
  return snakeOrder(columns, rows, columns, rows, /*alongRows=*/true);
}

std::vector<uint32_t> snakeOrder(uint32_t columns, uint32_t rows, uint32_t width, uint32_t height, bool alongRows) {
  std::vector<uint32_t> order;
  order.reserve(size_t(columns) * rows);
  const uint32_t lines = alongRows ? height : width, length = alongRows ? width : height;
  for (uint32_t line = 0; line < lines; ++line)
    for (uint32_t i = 0; i < length; ++i) {
      const uint32_t along = line % 2 == 0 ? i : length - 1 - i;
      order.push_back(alongRows ? line * columns + along : along * columns + line);
    }
  for (uint32_t y = 0; y < rows; ++y)
    for (uint32_t x = y < height ? width : 0; x < columns; ++x)
      order.push_back(y * columns + x);
  return order;
}

namespace {

/// A rectangle walked from its corner `at` to the far end of its long side: `along` and `across` are its sides as vectors.
/// (The recursion is Hilbert's: across, along, back across; a long rectangle is walked as two halves.)
struct Walk {
  std::vector<uint32_t> &order;
  uint32_t columns;

  static int32_t length(Point side) { return std::abs(side.x + side.y); }
  static Point unit(Point side) { return {side.x > 0 ? 1 : side.x < 0 ? -1 : 0, side.y > 0 ? 1 : side.y < 0 ? -1 : 0}; }
  static Point plus(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  static Point minus(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  /// Half of a side; where `even` is given, rounded away from zero to an even number if that can be.
  static Point half(Point side, bool even) {
    Point h{side.x / 2, side.y / 2};
    return even && length(h) % 2 != 0 && length(side) > 2 ? plus(h, unit(side)) : h;
  }

  void line(Point at, Point side) {
    for (int32_t i = 0; i < length(side); ++i, at = plus(at, unit(side)))
      order.push_back(static_cast<uint32_t>(at.y) * columns + static_cast<uint32_t>(at.x));
  }

  void rectangle(Point at, Point along, Point across) {
    if (length(across) == 1)
      return line(at, along);
    if (length(along) == 1)
      return line(at, across);
    if (2 * length(along) > 3 * length(across)) {
      const Point first = half(along, true);
      rectangle(at, first, across);
      return rectangle(plus(at, first), minus(along, first), across);
    }
    const Point halfAlong = half(along, false), halfAcross = half(across, true);
    rectangle(at, halfAcross, halfAlong);
    rectangle(plus(at, halfAcross), along, minus(across, halfAcross));
    // The last part is walked backwards from the end of `along`.
    const Point corner = plus(plus(at, minus(along, unit(along))), minus(halfAcross, unit(across)));
    rectangle(corner, minus({0, 0}, halfAcross), minus({0, 0}, minus(along, halfAlong)));
  }
};

} // namespace

std::vector<uint32_t> hilbertOrder(uint32_t columns, uint32_t rows) {
  std::vector<uint32_t> order;
  order.reserve(size_t(columns) * rows);
  const Point wide{static_cast<int32_t>(columns), 0}, high{0, static_cast<int32_t>(rows)};
  Walk walk{order, columns};
  columns >= rows ? walk.rectangle({0, 0}, wide, high) : walk.rectangle({0, 0}, high, wide);
  return order;
}

namespace {

/// Whether a core may leave its area, and on how many kinds it may stand.
using Freedom = std::pair<bool, size_t>;

Freedom freedomOf(const Problem &problem, uint32_t core) {
  if (problem.kindSets.empty())
    return {problem.areaOfCore[core] == openArea, 0};
  const std::vector<bool> &kinds = problem.kindSets[problem.kindSetOfCore[core]];
  return {problem.areaOfCore[core] == openArea, std::count(kinds.begin(), kinds.end(), true)};
}

} // namespace

std::optional<Placement> placeAlong(const Problem &problem, const std::vector<uint32_t> &curve,
                                    const std::vector<uint32_t> &cores) {
  Placement placement(problem.cores);
  std::vector<bool> taken(problem.areaOfPosition.size(), false);
  auto put = [&](uint32_t core, uint32_t position) {
    taken[position] = true;
    placement[core] = problem.pointOf(position);
  };
  std::map<Freedom, std::vector<uint32_t>> waiting; // those with the fewest choices first
  for (uint32_t core = 0; core < problem.cores; ++core)
    if (problem.isFixed(core))
      put(core, problem.fixedPosition[core]);
  for (uint32_t core : cores)
    if (!problem.isFixed(core))
      waiting[freedomOf(problem, core)].push_back(core);
  std::map<std::pair<uint16_t, uint16_t>, size_t> next; // by area and kinds: how far on the curve
  for (const auto &[freedom, list] : waiting)
    for (uint32_t core : list) {
      size_t &at = next[{problem.areaOfCore[core], problem.kindSets.empty() ? 0 : problem.kindSetOfCore[core]}];
      while (at < curve.size() && (taken[curve[at]] || !problem.mayStand(core, curve[at])))
        ++at;
      if (at == curve.size())
        return std::nullopt;
      put(core, curve[at]);
    }
  return placement;
}

std::optional<Placement> placeAlong(const Problem &problem, const std::vector<uint32_t> &curve) {
  std::vector<uint32_t> cores(problem.cores);
  std::iota(cores.begin(), cores.end(), 0);
  return placeAlong(problem, curve, cores);
}

} // namespace wage::placement
