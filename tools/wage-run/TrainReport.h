//===- TrainReport.h - what a training prints ------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_TRAINREPORT_H
#define WAGE_TOOLS_WAGERUN_TRAINREPORT_H

#include "tools/wage-run/Commands.h"
#include "tools/wage-run/Training.h"

#include <cstdio>

namespace wage::run {

/// The line of an epoch, on `out`.
void printEpoch(FILE *out, const EpochResult &epoch);

/// The warnings of an epoch, a line each, on standard error.
void printWarnings(const EpochResult &epoch);

/// The object of `wage-run train --json` (docs/schemas/train.json), on standard output.
void printTrainingJson(const TrainingResult &result, const TrainingPlan &plan, rt::EngineKind engine);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_TRAINREPORT_H
