//===- CostText.cpp - costs as tables for people ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Report/CostText.h"

#include "runtime/Cost/Occupancy.h"

namespace wage::rt {

namespace {

using Number = unsigned long long; // what printf's %llu takes

constexpr size_t shownLimits = 3;

/// Behind the title of costs that count the most events there can be.
const char *atMost(const Program &p) { return p.hasEvents() ? ", at most" : ""; }

void describePhases(const Program &p, const StaticCost &cost, Text &text) {
  text.add("phases%s%s:\n  %-14s %-10s %14s %14s %12s %12s  %-8s %14s\n", atMost(p),
           p.hasEvents() ? " (an event per value and tick)" : "", "name", "runs", "macs", "off-chip", "latency",
           "interval", "bound by", "batch");
  for (uint32_t i = 0; i < cost.phases.size(); ++i) {
    const PhaseCost &phase = cost.phases[i];
    const CostSums sums = phase.parts.total();
    text.add("  %-14s %-10s %14llu %14llu %12llu %12llu  %-8s %7llu cycles\n", p.phases[i].name.c_str(),
             phase.perSample ? "per sample" : "per step", Number(sums.macs), Number(sums.offChipBytes),
             Number(phase.latencyCycles), Number(phase.intervalCycles), phaseBoundNames[size_t(phase.bound)],
             Number(phase.cycles(cost.inference.samples)));
  }
}

/// "  12.3 %" for each of what spends energy.
std::string shareText(const EnergySplit &energy) {
  Text text;
  for (double part : {energy.mac, energy.memory, energy.noc, energy.offChip})
    text.add(" %8.1f %%", energy.total() > 0 ? 100 * part / energy.total() : 0.0);
  return text.out;
}

void describeRun(const Program &p, const char *name, const RunCost &run, Text &text) {
  const EnergySplit energy = run.total().energy(p.chip);
  const double seconds = p.chip.clockMegahertz ? double(run.cycles) / (p.chip.clockMegahertz * 1e6) : 0;
  text.add("  %-14s %12llu %12llu %12llu %11.4g %12.4g%s\n", name, Number(run.cycles), Number(run.latencyCycles),
           Number(run.intervalCycles), seconds > 0 ? run.samples / seconds : 0, energy.total() * 1e-6 / run.samples,
           shareText(energy).c_str());
}

void describeRuns(const Program &p, const StaticCost &cost, Text &text) {
  text.add("a batch of %u at %u MHz%s:\n  %-14s %12s %12s %12s %11s %12s %10s %10s %10s %10s\n", cost.inference.samples,
           p.chip.clockMegahertz, atMost(p), "run", "cycles", "latency", "interval", "samples/s", "uJ/sample", "MAC",
           "memory", "NoC", "off-chip");
  describeRun(p, "inference", cost.inference, text);
  for (const RunCost &run : cost.training)
    describeRun(p, "training step", run, text);
}

/// Energy of the larger run, per sample, by stage and part.
void describeStages(const Program &p, const StaticCost &cost, Text &text) {
  const bool trains = !cost.training.empty();
  const size_t parts = trains ? costPartNames.size() : 0; // inference has only one
  const RunCost &run = trains ? cost.training.front() : cost.inference;
  text.add("energy of %s, uJ per sample%s:\n  %-20s", trains ? "a training step" : "inference", atMost(p), "name");
  for (size_t i = 0; i < parts; ++i)
    text.add(" %10s", costPartNames[i]);
  text.add(" %10s %10s %10s %10s %10s%s\n", "sum", "MAC", "memory", "NoC", "off-chip", trains ? "       writes" : "");
  for (size_t stage = 0; stage < cost.stages.size(); ++stage) {
    const CostSums sums = run.stages[stage].total();
    text.add("  %-20s", cost.stages[stage].name.c_str());
    for (size_t i = 0; i < parts; ++i)
      text.add(" %10.4g", run.stages[stage].at(i).energy(p.chip).total() * 1e-6 / run.samples);
    text.add(" %10.4g%s", sums.energy(p.chip).total() * 1e-6 / run.samples, shareText(sums.energy(p.chip)).c_str());
    text.add(trains ? " %12llu\n" : "\n", Number(sums.weightWrites));
  }
}

void describeLimits(const Program &p, const StaticCost &cost, Text &text) {
  text.add("nearest limits:\n");
  size_t shown = 0;
  for (const Occupancy &limit : occupancies(p)) {
    // Blocks are cut to be full.
    if (limit.relief == LimitRelief::Cut || shown++ >= shownLimits)
      continue;
    text.add("  %-24s %6.1f %%  %llu of %llu %s", limit.limit, 100 * limit.share(), Number(limit.need),
             Number(limit.supply), limit.unit);
    if (limit.core != noIndex)
      text.add(" on core (%u, %u) of %s", p.cores[limit.core].x, p.cores[limit.core].y,
               cost.stages[cost.stageOf[limit.core]].name.c_str());
    text.add("\n");
  }
}

} // namespace

void describeCost(const Program &program, const StaticCost &cost, Text &text) {
  describePhases(program, cost, text);
  describeRuns(program, cost, text);
  describeStages(program, cost, text);
  describeLimits(program, cost, text);
}

} // namespace wage::rt
