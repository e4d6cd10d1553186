//===- CostText.h - costs as tables for people ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_REPORT_COSTTEXT_H
#define WAGE_RUNTIME_REPORT_COSTTEXT_H

#include "runtime/Cost/StaticCost.h"
#include "runtime/Support/Text.h"

namespace wage::rt {

/// Adds the tables of `wage-run info` behind the layers: phases, the two runs, energy by layer and part, nearest
/// limits.
void describeCost(const Program &program, const StaticCost &cost, Text &text);

} // namespace wage::rt

#endif // WAGE_RUNTIME_REPORT_COSTTEXT_H
