//===- CostJson.h - costs as JSON ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_REPORT_COSTJSON_H
#define WAGE_RUNTIME_REPORT_COSTJSON_H

#include "runtime/Cost/StaticCost.h"
#include "runtime/Support/Json.h"

namespace wage::rt {

/// Adds the members `phases`, `core_table`, `limits` and `cost` of docs/schemas/info.json, which says what they hold.
/// What there is one of per core, link or phase of a core stands in columns: arrays of equal length.
void addCostMembers(const Program &program, const StaticCost &cost, JsonObject &json);

} // namespace wage::rt

#endif // WAGE_RUNTIME_REPORT_COSTJSON_H
