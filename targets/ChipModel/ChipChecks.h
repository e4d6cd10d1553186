//===- ChipChecks.h - what a chip description must satisfy as a whole *- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TARGETS_CHIPMODEL_CHIPCHECKS_H
#define WAGE_TARGETS_CHIPMODEL_CHIPCHECKS_H

#include "runtime/Format/ChipDescription.h"

#include <string>

namespace wage {

/// Most cores of a system: what fits the 32-bit core numbers of a binary, with room.
constexpr uint64_t maxCores = uint64_t{1} << 22;

/// Checks the rules that concern several fields of `chip`; each field alone has been checked by the reader.
///
/// Errors: a text for the first rule broken, empty if all hold: not too many cores; core groups with names of their own,
///         inside the grid, disjoint, and covering it; faulty cores and the off-chip port on the chip; spike codes, at least
///         one and none twice.
std::string checkChip(const rt::ChipDescription &chip);

} // namespace wage

#endif // WAGE_TARGETS_CHIPMODEL_CHIPCHECKS_H
