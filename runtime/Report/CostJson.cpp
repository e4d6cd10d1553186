//===- CostJson.cpp - costs as JSON ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Report/CostJson.h"

#include "runtime/Cost/Occupancy.h"
#include "runtime/Format/Positions.h"

namespace wage::rt {

namespace {

/// A column: one number of each element of a table.
template <typename T, typename Get> std::vector<uint64_t> column(const std::vector<T> &table, Get get) {
  std::vector<uint64_t> values;
  values.reserve(table.size());
  for (const T &row : table)
    values.push_back(get(row));
  return values;
}

/// The members of CostSums by name, for objects and for tables.
struct SumMember {
  const char *name;
  uint64_t CostSums::*member;
};
constexpr SumMember sumMembers[] = {{"macs", &CostSums::macs},
                                    {"memory_bytes", &CostSums::memoryBytes},
                                    {"off_chip_bytes", &CostSums::offChipBytes},
                                    {"packets", &CostSums::packets},
                                    {"packet_bytes", &CostSums::packetBytes},
                                    {"byte_hops", &CostSums::byteHops},
                                    {"weight_writes", &CostSums::weightWrites},
                                    {"busy_cycles", &CostSums::busyCycles}};

void addSums(const Program &program, const CostSums &sums, JsonObject &json) {
  for (const SumMember &member : sumMembers)
    json.add(member.name, sums.*member.member);
  const EnergySplit energy = sums.energy(program.chip);
  JsonObject split;
  split.add("mac", energy.mac).add("memory", energy.memory).add("noc", energy.noc).add("off_chip", energy.offChip);
  json.add("energy_pj", energy.total()).add("energy_by", split);
}

std::vector<JsonObject> partsJson(const Program &program, const PartSums &parts) {
  std::vector<JsonObject> list;
  for (size_t i = 0; i < parts.size(); ++i) {
    JsonObject part;
    part.add("part", costPartNames[i]);
    addSums(program, parts.at(i), part);
    list.push_back(part);
  }
  return list;
}

JsonObject linkJson(const LinkPosition &link, uint64_t bytes) {
  JsonObject json;
  json.add("x", uint64_t(link.x)).add("y", uint64_t(link.y)).add("direction", linkDirectionNames[link.direction]);
  return json.add("bytes", bytes);
}

/// The part that cores work most for, the first of equals.
size_t mainPart(const PartSums &parts) {
  size_t most = 0;
  for (size_t i = 1; i < parts.size(); ++i)
    if (parts.at(i).busyCycles > parts.at(most).busyCycles)
      most = i;
  return most;
}

JsonObject bufferJson(const Program &program, const LandingPlace &place) {
  const Template &t = program.templates[place.templateIndex];
  const uint64_t slots = slotsOf(program, place);
  JsonObject json;
  json.add("template", t.name).add("buffer", t.buffers[place.buffer].name).add("slots", slots);
  return json.add("cycles", place.interval(slots));
}

/// `begin` and `cycles` are those of the largest run that the phase is part of.
JsonObject phaseJson(const Program &program, const StaticCost &cost, uint32_t index, uint64_t begin) {
  const PhaseCost &phase = cost.phases[index];
  const CostSums sums = phase.parts.total();
  JsonObject json, timeline;
  json.add("phase", program.phases[index].name).add("per_sample", phase.perSample).add("macs", sums.macs);
  json.add("memory_bytes", sums.memoryBytes).add("off_chip_bytes", sums.offChipBytes);
  json.add("byte_hops", sums.byteHops).add("energy_pj", sums.energy(program.chip).total());
  json.add("busiest_core_cycles", phase.busiestCoreCycles);
  json.add("latency_cycles", phase.latencyCycles).add("interval_cycles", phase.intervalCycles);
  json.add("bound", phaseBoundNames[static_cast<size_t>(phase.bound)]);
  json.add("part", costPartNames[mainPart(phase.parts)]);
  json.add("begin_cycle", begin).add("cycles", phase.cycles(cost.inference.samples));
  if (phase.busiestCore != noIndex)
    json.add("busiest_core", uint64_t(phase.busiestCore));
  if (phase.busiestLinkBytes)
    json.add("busiest_link", linkJson(phase.busiestLink, phase.busiestLinkBytes));
  if (phase.tightestPlace != noIndex)
    json.add("tightest_buffer", bufferJson(program, phase.landingPlaces[phase.tightestPlace]));
  timeline.add("core", column(phase.spans, [](const CoreSpan &span) { return span.core; }));
  timeline.add("begin", column(phase.spans, [](const CoreSpan &span) { return span.begin; }));
  timeline.add("end", column(phase.spans, [](const CoreSpan &span) { return span.end; }));
  timeline.add("busy", column(phase.spans, [](const CoreSpan &span) { return span.busy; }));
  return json.add("timeline", timeline);
}

std::vector<JsonObject> phasesJson(const Program &program, const StaticCost &cost) {
  std::vector<JsonObject> phases;
  uint64_t begin = 0;
  for (uint32_t i = 0; i < cost.phases.size(); ++i) {
    phases.push_back(phaseJson(program, cost, i, begin));
    begin += cost.phases[i].cycles(cost.inference.samples);
  }
  return phases;
}

JsonObject coreTable(const Program &program, const StaticCost &cost) {
  const std::vector<Core> &cores = program.cores;
  const auto weights = [&](const Core &core) { return weightsOf(program, core); };
  JsonObject json;
  json.add("x", column(cores, [](const Core &core) { return core.x; }));
  json.add("y", column(cores, [](const Core &core) { return core.y; }));
  json.add("stage", column(cost.stageOf, [](uint32_t stage) { return stage; }));
  json.add("template", column(cores, [](const Core &core) { return core.templateIndex; }));
  json.add("row_begin", column(cores, [](const Core &core) { return core.rowBegin; }));
  json.add("row_end", column(cores, [](const Core &core) { return core.rowEnd; }));
  json.add("neuron_begin", column(cores, [](const Core &core) { return core.neuronBegin; }));
  json.add("neuron_end", column(cores, [](const Core &core) { return core.neuronEnd; }));
  json.add("weights", column(cores, [&](const Core &core) { return weights(core).held; }));
  json.add("weight_room", column(cores, [&](const Core &core) { return weights(core).room; }));
  json.add("data_bytes", column(cores, [&](const Core &core) { return memoryOf(program, core).core; }));
  json.add("data_room", column(cores, [&](const Core &core) { return groupOf(program, core).dataBytes; }));
  return json.add("off_chip_bytes", column(cores, [&](const Core &core) { return memoryOf(program, core).offChip; }));
}

std::vector<JsonObject> limitsJson(const Program &program, const StaticCost &cost) {
  std::vector<JsonObject> list;
  for (const Occupancy &limit : occupancies(program)) {
    JsonObject json;
    json.add("limit", limit.limit).add("unit", limit.unit).add("need", limit.need).add("supply", limit.supply);
    json.add("relief", limitReliefNames[static_cast<size_t>(limit.relief)]);
    if (limit.core != noIndex)
      json.add("core", uint64_t(limit.core)).add("stage", cost.stages[cost.stageOf[limit.core]].name);
    list.push_back(json);
  }
  return list;
}

JsonObject runCoresJson(const Program &program, const RunCost &run) {
  JsonObject json;
  for (const SumMember &member : sumMembers)
    json.add(member.name, column(run.cores, [&](const CostSums &core) { return core.*member.member; }));
  std::vector<double> energy;
  for (const CostSums &core : run.cores)
    energy.push_back(core.energy(program.chip).total());
  return json.add("energy_pj", energy);
}

JsonObject runLinksJson(const RunCost &run) {
  JsonObject json;
  json.add("x", column(run.links, [](const LinkLoad &load) { return load.link.x; }));
  json.add("y", column(run.links, [](const LinkLoad &load) { return load.link.y; }));
  json.add("direction", column(run.links, [](const LinkLoad &load) { return load.link.direction; }));
  return json.add("bytes", column(run.links, [](const LinkLoad &load) { return load.bytes; }));
}

JsonObject runJson(const Program &program, const StaticCost &cost, const RunCost &run) {
  const PartSums parts = run.parts();
  const double hertz = program.chip.clockMegahertz * 1e6;
  JsonObject json;
  std::vector<JsonObject> stages;
  json.add("phases", uint64_t(run.phases)).add("cycles", run.cycles).add("latency_cycles", run.latencyCycles);
  json.add("interval_cycles", run.intervalCycles);
  if (hertz > 0 && run.cycles > 0)
    json.add("seconds", double(run.cycles) / hertz).add("samples_per_second", run.samples * hertz / double(run.cycles));
  addSums(program, parts.total(), json);
  json.add("energy_pj_per_sample", parts.total().energy(program.chip).total() / run.samples);
  json.add("parts", partsJson(program, parts));
  for (size_t i = 0; i < cost.stages.size(); ++i) {
    JsonObject stage;
    stage.add("stage", cost.stages[i].name);
    addSums(program, run.stages[i].total(), stage);
    stages.push_back(stage.add("parts", partsJson(program, run.stages[i])));
  }
  return json.add("stages", stages).add("cores", runCoresJson(program, run)).add("links", runLinksJson(run));
}

std::vector<JsonObject> stagesJson(const Program &program, const StaticCost &cost) {
  const Positions positions(program);
  std::vector<CoreWeights> sums(cost.stages.size());
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const CoreWeights own = weightsOf(program, program.cores[c]);
    sums[cost.stageOf[c]].held += own.held;
    if (positions.isFirst(c, [&](uint32_t other) { return cost.stageOf[other] == cost.stageOf[c]; }))
      sums[cost.stageOf[c]].room += own.room;
  }
  std::vector<JsonObject> list;
  for (size_t i = 0; i < cost.stages.size(); ++i) {
    const CostStage &stage = cost.stages[i];
    JsonObject json;
    json.add("stage", stage.name).add("has_weights", stage.layer != noIndex).add("cores", uint64_t(stage.cores));
    list.push_back(json.add("weights", sums[i].held).add("weight_room", sums[i].room));
  }
  return list;
}

} // namespace

void addCostMembers(const Program &program, const StaticCost &cost, JsonObject &json) {
  JsonObject all;
  json.add("phases", phasesJson(program, cost)).add("core_table", coreTable(program, cost));
  json.add("limits", limitsJson(program, cost));
  all.add("samples", uint64_t(cost.inference.samples)).add("clock_megahertz", uint64_t(program.chip.clockMegahertz));
  all.add("at_most", program.hasEvents());
  all.add("link_bytes_per_cycle", uint64_t(program.chip.noc.linkBytesPerCycle));
  all.add("stages", stagesJson(program, cost)).add("inference", runJson(program, cost, cost.inference));
  for (const RunCost &run : cost.training)
    all.add("training", runJson(program, cost, run));
  json.add("cost", all);
}

} // namespace wage::rt
