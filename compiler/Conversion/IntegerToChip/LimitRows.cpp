//===- LimitRows.cpp - single limits of a chip, and what a network takes of them -===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LimitRows.h"

#include "compiler/Analysis/BoundAnalysis.h" // nodeName
#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/SpikeEncoding.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "runtime/Format/Accumulators.h"

#include <tuple>

using namespace mlir;

namespace wage::chip {

namespace {

/// Whether a need is a larger part of its supply than a limit's own is of its.
bool isNearer(uint64_t need, uint64_t supply, const Limit &limit) {
  return double(need) * double(limit.supply) > double(limit.need) * double(supply);
}

const rt::CoreGroup &groupOf(const LayerGroups &groups, const rt::Program &program, const rt::Core &core) {
  return core.layer == rt::noIndex ? *groups.main : groups.of(program.tensorIndex(core.layer));
}

} // namespace

void addHard(std::vector<Limit> &limits, const char *name, const char *unit, std::string layer, uint64_t need,
             uint64_t supply) {
  limits.push_back({name, unit, std::move(layer), need, supply, need <= supply ? Limit::Fits : Limit::Exceeded, ""});
}

void addLearning(std::vector<Limit> &limits, const rt::CoreGroup &group, const rt::Config &config) {
  const rt::LearningCapabilities &l = group.learning;
  addHard(limits, "learning: transposed product", "capability", "", 1, l.transposedRead);
  addHard(limits, "learning: outer product", "capability", "", 1, l.outerProduct);
  addHard(limits, "learning: maximum over a layer", "capability", "", 1, l.maxReduce && group.reduceFanIn > 0);
  addHard(limits, "learning: master weights", "bits", "", config.gradientBits, l.masterBits);
  addHard(limits, "learning: random numbers", "bits", "", config.randomBits, l.randomBits);
}

std::string layerOfCore(const rt::Program &program, uint32_t core) {
  const uint32_t layer = core < program.cores.size() ? program.cores[core].layer : rt::noIndex;
  return layer < program.layers.size() ? program.layers[layer].name : "";
}

void addAccumulator(std::vector<Limit> &limits, const LayerGroups &groups, const rt::Program &program) {
  Limit widest{"accumulator width", "bits", "", 0, groups.main->accumulatorBits, Limit::Fits, ""};
  rt::AccumulatorBits accumulators(program);
  for (size_t i = 0; i < program.cores.size(); ++i) {
    const uint32_t bits = accumulators.of(program.cores[i]),
                   supply = groupOf(groups, program, program.cores[i]).accumulatorBits;
    if (isNearer(bits, supply, widest))
      widest.need = bits, widest.supply = supply, widest.layer = layerOfCore(program, i);
  }
  addHard(limits, "accumulator width", "bits", widest.layer, widest.need, widest.supply);
}

unsigned storedBits(Value weights, const rt::ChipDescription &chip, const rt::Config &config) {
  return rt::storedBits(chip, config, config.mode == rt::Mode::Train && isLearned(weights));
}

void addCrossbar(std::vector<Limit> &limits, const LayerGroups &groups, const rt::Config &config,
                 const rt::ChipDescription &chip, func::FuncOp function, rt::SpikeCode code) {
  Limit axons{"axons", "axons", "", 0, groups.main->axonsFor(config.weightBits), Limit::Fits, ""};
  Limit neurons{"neurons", "neurons", "", 0, groups.main->neurons, Limit::Fits, ""};
  Limit synapses{"synapse memory", "bits", "", 0, groups.main->synapseBytes * 8, Limit::Fits, ""};
  size_t layer = 0;
  function.walk([&](Operation *op) {
    if (!isa<integer::Conv2DOp, integer::MatmulOp>(op))
      return;
    const uint64_t weights = cast<RankedTensorType>(op->getOperand(1).getType()).getNumElements();
    const uint64_t columns = sampleShape(op->getResult(0)).front();
    const rt::CoreGroup &group = groups.of(layer++);
    const std::tuple<Limit *, uint64_t, uint64_t> needs[] = {
        {&axons, weights / columns * channelsPerAxon(op->getOperand(0), code), group.axonsFor(config.weightBits)},
        {&neurons, columns, group.neurons},
        {&synapses, weights * storedBits(op->getOperand(1), chip, config), group.synapseBytes * 8}};
    for (const auto &[limit, need, supply] : needs)
      if (limit->need == 0 || (supply == limit->supply ? need > limit->need : isNearer(need, supply, *limit)))
        limit->need = need, limit->supply = supply, limit->layer = nodeName(op);
  });
  for (Limit *limit : {&axons, &neurons, &synapses}) {
    if (limit->need > limit->supply)
      limit->state = Limit::Split;
    limits.push_back(*limit);
  }
}

void addCores(std::vector<Limit> &limits, const rt::Program &program, const CoreCount &count) {
  std::vector<uint64_t> ofLayer(program.layers.size() + 1, 0);
  for (const rt::Core &core : program.cores)
    ++ofLayer[std::min<size_t>(core.layer, program.layers.size())];
  const size_t most = std::max_element(ofLayer.begin(), ofLayer.end()) - ofLayer.begin();
  addHard(limits, "cores", "cores", most < program.layers.size() ? program.layers[most].name : "", count.need,
          count.supply);
}

void addMemory(std::vector<Limit> &limits, rt::Program &program) {
  const Allocation a = allocate(program);
  limits.push_back({"data memory", "bytes", layerOfCore(program, a.largestCore), a.largestCoreBytes,
                    a.largestCoreSupply,
                    a.largestCoreBytes <= a.largestCoreSupply ? Limit::Fits
                    : a.fits()                                ? Limit::Spills
                                                              : Limit::Exceeded,
                    ""});
  const size_t most = std::max_element(a.offChipOfLayer.begin(), a.offChipOfLayer.end()) - a.offChipOfLayer.begin();
  const bool named = a.offChipBytes && most < program.layers.size();
  addHard(limits, "off-chip memory", "bytes", named ? program.layers[most].name : "", a.offChipBytes, a.offChipSupply);
}

} // namespace wage::chip
