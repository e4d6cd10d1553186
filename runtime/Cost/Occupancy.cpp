//===- Occupancy.cpp - how full cores and chips are ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/Occupancy.h"

#include "runtime/Cost/TickLoads.h"
#include "runtime/Format/Accumulators.h"
#include "runtime/Format/BlockNeeds.h"
#include "runtime/Format/Cost.h"
#include "runtime/Format/Extents.h"
#include "runtime/Format/Positions.h"

#include <algorithm>

namespace wage::rt {

namespace {

/// Keeps the core whose need is the largest share of its supply, the first of equals.
void raise(Occupancy &limit, uint32_t core, uint64_t need, uint64_t supply) {
  Occupancy own = limit;
  own.need = need;
  own.supply = supply;
  own.core = core;
  if (limit.core == noIndex || own.share() > limit.share())
    limit = own;
}

/// Lines that at least one of `extents` has.
uint64_t countLines(std::vector<Extent> extents) {
  std::sort(extents.begin(), extents.end(), [](const Extent &a, const Extent &b) { return a.begin < b.begin; });
  uint64_t lines = 0, end = 0;
  for (const Extent &extent : extents) {
    lines += extent.end > end ? extent.end - std::max(extent.begin, end) : 0;
    end = std::max(end, extent.end);
  }
  return lines;
}

/// What the blocks of one core take together.
struct CoreUse {
  uint64_t rows = 0, neurons = 0, synapseBits = 0, dataBytes = 0;
};

/// Limits of single cores; those without weights have no crossbar in use.
std::vector<Occupancy> coreLimits(const Program &program, const Positions &positions) {
  constexpr LimitRelief cut = LimitRelief::Cut;
  const LimitRelief spill = program.chip.offChip.bytes ? LimitRelief::OffChip : LimitRelief::None;
  Occupancy axons{"axons", "axons", cut}, neurons{"neurons", "neurons", cut}, synapses{"synapse memory", "bits", cut},
      data{"data memory", "bytes", spill}, accumulator{"accumulator width", "bits"}, width{"weight width", "bits"},
      masters{"learning: master weights", "bits"};
  AccumulatorBits accumulators(program);
  NeedsReader needs(program);
  for (uint32_t position = 0; position < positions.size(); ++position) {
    const uint32_t first = positions.blocksOf(position).front();
    const CoreGroup &group = groupOf(program, program.cores[first]);
    CoreUse use;
    for (uint32_t c : positions.blocksOf(position)) {
      const Core &core = program.cores[c];
      use.dataBytes += memoryOf(program, core).core;
      raise(accumulator, c, accumulators.of(core), group.accumulatorBits);
      if (core.layer == noIndex)
        continue;
      const Layer &layer = program.layers[core.layer];
      use.rows += needs.read(core).rows; // twice, where events have a sign
      use.neurons += core.neuronEnd - core.neuronBegin;
      use.synapseBits += blockOf(program, core).weights() * program.storedWeightBits(layer);
      raise(width, c, program.config.weightBits, group.weightBits.empty() ? 0 : group.weightBits.back());
      if (program.learns(layer))
        raise(masters, c, program.config.gradientBits, group.learning.masterBits);
    }
    raise(data, first, use.dataBytes, group.dataBytes);
    if (!use.neurons)
      continue;
    raise(axons, first, use.rows, group.axonsFor(program.config.weightBits));
    raise(neurons, first, use.neurons, group.neurons);
    raise(synapses, first, use.synapseBits, group.synapseBytes * 8);
  }
  std::vector<Occupancy> limits;
  for (const Occupancy &limit : {axons, neurons, synapses, data, accumulator, width, masters})
    if (limit.core != noIndex)
      limits.push_back(limit);
  return limits;
}

/// Of a chip whose ticks come at a fixed time: the core and the link with most events in one, at most.
void addTicks(std::vector<Occupancy> &limits, const Program &program) {
  if (!program.chip.spikes.fixedTicks || !program.hasEvents())
    return;
  const TickLoads loads = tickLoadsOf(program);
  Occupancy cores{"synaptic events of a tick", "events"}, links{"events of a tick on a link", "bytes"};
  if (loads.core)
    raise(cores, loads.core->core, loads.core->need, loads.core->supply);
  if (loads.link)
    links.need = loads.link->need, links.supply = loads.link->supply;
  for (const Occupancy &limit : {cores, links})
    if (limit.need)
      limits.push_back(limit);
}

} // namespace

CoreMemory memoryOf(const Program &program, const Core &core) {
  std::vector<Extent> own, offChip;
  for (const BufferDecl &buffer : program.templates[core.templateIndex].buffers) {
    const Extent extent = extentOf(program, core, buffer);
    (extent.isOffChip ? offChip : own).push_back(extent);
  }
  return {countLines(std::move(own)) * addressLineBytes, countLines(std::move(offChip)) * addressLineBytes};
}

CoreWeights weightsOf(const Program &program, const Core &core) {
  if (core.layer == noIndex)
    return {};
  const CoreGroup &group = groupOf(program, core);
  const uint64_t bits = program.storedWeightBits(program.layers[core.layer]);
  return {static_cast<uint64_t>(blockOf(program, core).weights()),
          std::min(uint64_t(group.axonsFor(program.config.weightBits)) * group.neurons,
                   group.synapseBytes * 8 / std::max<uint64_t>(bits, 1))};
}

std::vector<Occupancy> occupancies(const Program &program) {
  const Positions used(program);
  std::vector<Occupancy> limits = coreLimits(program, used);
  const uint64_t positions = uint64_t(program.systemColumns()) * program.systemRows();
  limits.push_back({"cores", "cores", LimitRelief::None, used.size(), positions - program.chip.faultyCores.size()});
  uint64_t offChip = 0;
  for (const Core &core : program.cores)
    offChip += memoryOf(program, core).offChip;
  limits.push_back({"off-chip memory", "bytes", LimitRelief::None, offChip,
                    program.chip.offChip.bytes * program.chip.chipColumns * program.chip.chipRows});
  addTicks(limits, program);
  std::stable_sort(limits.begin(), limits.end(),
                   [](const Occupancy &a, const Occupancy &b) { return a.share() > b.share(); });
  return limits;
}

} // namespace wage::rt
