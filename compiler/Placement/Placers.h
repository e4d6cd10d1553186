//===- Placers.h - the ways to place cores ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_PLACERS_H
#define WAGE_COMPILER_PLACEMENT_PLACERS_H

#include "compiler/Placement/Problem.h"

#include <optional>
#include <string>

namespace wage::placement {

enum class Placer : uint8_t {
  Raster,       ///< cores in their order along rows, every other row backwards
  Hilbert,      ///< cores in their order along a Hilbert curve
  HilbertForce, ///< Hilbert, then swaps of neighbours while tension is left (Jin et al., ASPLOS 2023)
  Traffic ///< the cheapest of these (forces: up to 20,000 cores) and of snakes, then moves that lower what trees cost
};

/// `raster`, `hilbert`, `hilbert+force` or `traffic`; none for another word.
std::optional<Placer> parsePlacer(const std::string &word);

/// The words, as a sentence has them.
constexpr const char *placerWords = "raster, hilbert, hilbert+force or traffic";

/// Places every core. The same problem gives the same placement, on any machine.
///
/// Errors: none where some core finds no position. (Positions of single areas must not be fewer than their cores, nor all
/// positions fewer than all cores; then there is one.)
std::optional<Placement> place(const Problem &problem, Placer placer);

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_PLACERS_H
