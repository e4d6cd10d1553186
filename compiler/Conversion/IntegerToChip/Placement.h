//===- Placement.h - which positions a program's cores may take ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENT_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENT_H

#include "runtime/Format/Program.h"

#include <utility>
#include <vector>

namespace wage::chip {

/// Positions (x, y) of the working cores of `group` on all chips of the system, in raster order with every other row
/// backwards: successive positions are neighbours wherever no faulty core lies between.
std::vector<std::pair<uint32_t, uint32_t>> workingPositions(const rt::ChipDescription &chip,
                                                            const rt::CoreGroup &group);

/// The core group at a position; null outside every group.
const rt::CoreGroup *groupAt(const rt::ChipDescription &chip, uint32_t x, uint32_t y);

/// Whether the cores of `group` can do what the program asks of every core.
bool canRun(const rt::CoreGroup &group, const rt::Program &program);

/// Positions of the working cores of all groups that can run the program.
std::vector<std::pair<uint32_t, uint32_t>> positionsFor(const rt::Program &program);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENT_H
