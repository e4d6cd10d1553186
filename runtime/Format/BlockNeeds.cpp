//===- BlockNeeds.cpp - what a block asks of the core it stands on -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/BlockNeeds.h"

#include "runtime/Format/Accumulators.h"
#include "runtime/Format/Events.h"
#include "runtime/Format/Streams.h"

#include <algorithm>

namespace wage::rt {

BlockNeeds &BlockNeeds::operator+=(const BlockNeeds &o) {
  rows += o.rows;
  neurons += o.neurons;
  synapseBytes += o.synapseBytes;
  for (uint32_t BlockNeeds::*most : {&BlockNeeds::accumulatorBits, &BlockNeeds::reduceFanIn, &BlockNeeds::weightBits,
                                     &BlockNeeds::storedBits, &BlockNeeds::masterBits, &BlockNeeds::randomBits})
    this->*most = std::max(this->*most, o.*most);
  for (bool BlockNeeds::*any : {&BlockNeeds::transposedRead, &BlockNeeds::outerProduct, &BlockNeeds::maxReduce})
    this->*any |= o.*any;
  return *this;
}

std::string Shortage::text() const {
  if (supply == 0 && need == 1)
    return std::string(what) + " needed, not there";
  return std::string(what) + ": " + std::to_string(need) + " needed, " + std::to_string(supply) + " there";
}

std::optional<Shortage> findShortage(const BlockNeeds &needs, const CoreGroup &group) {
  const LearningCapabilities &l = group.learning;
  const uint32_t width = group.widthFor(needs.weightBits);
  const uint64_t axons = needs.weightBits ? group.axonsFor(needs.weightBits) : 0;
  const uint32_t widest = group.weightBits.empty() ? 0 : group.weightBits.back();
  if (needs.weightBits && !width)
    return Shortage{"weight bits", needs.weightBits, widest};
  if (needs.storedBits && width != needs.storedBits)
    return Shortage{"cores that store weights at the chip's narrowest fitting width", 1, 0};
  const Shortage all[] = {{"axons", needs.rows, axons},
                          {"neurons", needs.neurons, group.neurons},
                          {"bytes of synapses", needs.synapseBytes, group.synapseBytes},
                          {"transposed product", needs.transposedRead, l.transposedRead},
                          {"outer product", needs.outerProduct, l.outerProduct},
                          {"maximum over a layer", needs.maxReduce, l.maxReduce},
                          {"bits of master weights", needs.masterBits, l.masterBits},
                          {"random bits", needs.randomBits, l.randomBits},
                          {"bits of sums", needs.accumulatorBits, group.accumulatorBits},
                          {"partial sums of one addition", needs.reduceFanIn, group.reduceFanIn}};
  for (const Shortage &one : all)
    if (one.need > one.supply)
      return one;
  return std::nullopt;
}

/// What the instructions ask for, and the layer's weights.
const NeedsReader::OfTemplate &NeedsReader::readTemplate(const Core &core) {
  const auto [entry, isNew] = known.try_emplace({core.templateIndex, core.layer});
  OfTemplate &of = entry->second;
  if (!isNew)
    return of;
  const Template &t = program.templates[core.templateIndex];
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    of.needs.transposedRead |= in.opcode == Opcode::Transposed;
    of.needs.outerProduct |= in.opcode == Opcode::Outer || isOfBatch(in.opcode);
    of.needs.maxReduce |= in.opcode == Opcode::MaxAbs || in.opcode == Opcode::OuterMax;
    if (in.opcode == Opcode::Integrate && windowOf(in).isSigned)
      of.channels = 2;
    if (isUpdate(in.opcode))
      of.needs.masterBits = program.config.gradientBits, of.needs.randomBits = program.config.randomBits;
    if (in.opcode == Opcode::Receive && !copiesPackets(in))
      of.reductions.push_back(in);
  }
  of.needs.accumulatorBits = accumulatorBitsNeeded(program, core);
  if (core.layer == noIndex)
    return of;
  of.needs.weightBits = program.config.weightBits;
  if (program.learns(program.layers[core.layer]))
    of.needs.masterBits = program.config.gradientBits;
  else
    of.needs.storedBits = usedBits(program.chip, program.config);
  return of;
}

/// Links from blocks of the same layer: what climbs a tree within it. (Errors from several layers are added one by one.)
uint32_t NeedsReader::fanIn(const Core &core, const Instruction &receive) const {
  const LinkSpan links = linksOf(receive, core);
  return static_cast<uint32_t>(std::count_if(links.begin(), links.end(), [&](const Link &link) {
    const uint32_t source = link.route < program.routes.size() ? program.routes[link.route].source : hostNode;
    return source < program.cores.size() && program.cores[source].layer == core.layer;
  }));
}

BlockNeeds NeedsReader::read(const Core &core) {
  const OfTemplate &of = readTemplate(core);
  BlockNeeds needs = of.needs;
  if (core.layer == noIndex)
    return needs;
  needs.rows = of.channels * (core.rowEnd - core.rowBegin);
  needs.neurons = core.neuronEnd - core.neuronBegin;
  needs.synapseBytes =
      packedBytes(blockOf(program, core).weights(), program.storedWeightBits(program.layers[core.layer]));
  for (const Instruction &receive : of.reductions)
    needs.reduceFanIn = std::max(needs.reduceFanIn, fanIn(core, receive));
  return needs;
}

} // namespace wage::rt
