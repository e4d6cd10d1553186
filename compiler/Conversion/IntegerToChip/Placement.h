//===- Placement.h - which kinds of cores stand where ===//
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

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENT_H
