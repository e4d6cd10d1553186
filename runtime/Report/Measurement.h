//===- Measurement.h - what a run has shown, beside what it could at most ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Costs of a program whose messages are events count an event per value and tick of its window: the most that there can be. How
// much less there is depends on the images, so it is measured on some.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_REPORT_MEASUREMENT_H
#define WAGE_RUNTIME_REPORT_MEASUREMENT_H

#include "runtime/Api/SpikeRecorder.h"
#include "runtime/Api/wage_runtime.h"
#include "runtime/Cost/StaticCost.h"
#include "runtime/Support/Json.h"
#include "runtime/Support/Text.h"

namespace wage::rt {

/// What the core engine has counted of some images.
struct Measurement {
  SpikeActivity activity;
  Counters counters;
};

/// Cycles that inference of all batches of `activity` takes at most.
uint64_t mostCycles(const StaticCost &cost, const SpikeActivity &activity);

/// Adds the tables of what was measured, of one image on average, to `wage-run info`.
void describeMeasurement(const Program &program, const StaticCost &cost, const Measurement &measured, Text &text);

/// The member `measured` of docs/schemas/info.json, which says what it holds: sums of all images.
JsonObject measurementJson(const Program &program, const StaticCost &cost, const Measurement &measured);

} // namespace wage::rt

#endif // WAGE_RUNTIME_REPORT_MEASUREMENT_H
