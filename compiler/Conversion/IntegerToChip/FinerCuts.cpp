//===- FinerCuts.cpp - smaller blocks where a core's data memory is short --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/FinerCuts.h"

#include "compiler/Conversion/IntegerToChip/Limits.h"

#include <algorithm>

using llvm::ArrayRef;

namespace wage::chip {

namespace {

/// The block of a layer that needs most.
struct Block {
  int64_t rows = 0, neurons = 0;
  uint64_t bytes = 0;
};

std::vector<Block> largestBlocks(const rt::Program &program, MeasureBytes measure) {
  std::vector<Block> blocks(program.layers.size());
  const std::vector<uint64_t> bytes = measure(program);
  for (size_t i = 0; i < program.cores.size(); ++i) {
    const rt::Core &core = program.cores[i];
    if (core.layer >= blocks.size())
      continue;
    // Copies are cut as their original.
    if (Block &block = blocks[program.originalOf(core.layer)]; bytes[i] > block.bytes)
      block = {int64_t(core.rowEnd) - core.rowBegin, int64_t(core.neuronEnd) - core.neuronBegin, bytes[i]};
  }
  return blocks;
}

/// Bytes of a layer's core as a plane over rows and neurons.
struct Model {
  double constant = 0, perRow = 0, perNeuron = 0;
};

double slope(const Block &whole, const Block &half, int64_t Block::*extent) {
  const int64_t less = whole.*extent - half.*extent;
  return less > 0 && whole.bytes > half.bytes ? double(whole.bytes - half.bytes) / double(less) : 0;
}

Model fitModel(const Block &whole, const Block &halfRows, const Block &halfNeurons) {
  Model model;
  model.perRow = slope(whole, halfRows, &Block::rows);
  // Of whole groups rows and neurons come and go together, so that one slope says it all.
  if (halfRows.neurons == whole.neurons)
    model.perNeuron = slope(whole, halfNeurons, &Block::neurons);
  model.constant = double(whole.bytes) - model.perRow * double(whole.rows) - model.perNeuron * double(whole.neurons);
  return model;
}

int64_t partsOf(int64_t total, int64_t most) { return (total + most - 1) / most; }

/// A cut of whole groups that the model says needs at most `bytes`, if there is one: cores hold as many as fit.
std::optional<BlockLimit> wholeGroups(const Model &model, const Block &whole, const rt::LinearBlock &layer,
                                      double bytes) {
  const int64_t rows = layer.rowsPerNeuron(), neurons = layer.neuronsPerGroup();
  const double perGroup = model.perRow * double(rows) + model.perNeuron * double(neurons);
  const double left = bytes - model.constant;
  const int64_t most = whole.rows / rows; // none where a group is larger than a core
  if (layer.groups == 1 || most == 0 || left < perGroup)
    return std::nullopt;
  const auto together = static_cast<int64_t>(perGroup > 0 ? std::min(left / perGroup, double(most)) : double(most));
  return BlockLimit{together * rows, together * neurons};
}

/// The cut into the fewest cores that the model says needs at most `bytes`; of equals the one with the most neurons to a core,
/// since rows apart cost partial sums.
std::optional<BlockLimit> fewestCores(const Model &model, const Block &whole, const rt::LinearBlock &layer,
                                      double bytes) {
  std::optional<BlockLimit> best = wholeGroups(model, whole, layer, bytes);
  if (best)
    return best;
  int64_t fewest = 0;
  const int64_t total = layer.neuronsPerGroup();
  for (int64_t parts = partsOf(total, whole.neurons); parts <= total; ++parts) {
    const int64_t neurons = partsOf(total, parts);
    const double left = bytes - model.constant - model.perNeuron * double(neurons);
    int64_t rows = whole.rows;
    if (model.perRow > 0)
      rows = std::min(rows, static_cast<int64_t>(std::max(0.0, left / model.perRow)));
    if (rows < 1 || left < 0)
      continue;
    const int64_t cores = parts * partsOf(layer.rowsPerNeuron(), rows);
    if (!best || cores < fewest)
      best = BlockLimit{rows, neurons}, fewest = cores;
  }
  return best;
}

/// Limits that halve one extent of every block.
std::vector<BlockLimit> halves(const std::vector<Block> &blocks, int64_t Block::*extent, int64_t BlockLimit::*limit) {
  std::vector<BlockLimit> limits(blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i)
    limits[i].*limit = std::max<int64_t>(1, blocks[i].*extent / 2);
  return limits;
}

} // namespace

std::optional<std::vector<BlockLimit>> findFinerCuts(const rt::Program &coarse, const rt::CoreGroup &group,
                                                     LowerWithLimits lower, MeasureBytes measure) {
  const std::vector<Block> whole = largestBlocks(coarse, measure);
  // Cores that cannot pass partial sums hold whole columns.
  std::vector<Block> halfRows = whole;
  if (group.reduceFanIn > 0) {
    std::optional<rt::Program> program = lower(halves(whole, &Block::rows, &BlockLimit::rows));
    if (!program)
      return std::nullopt;
    halfRows = largestBlocks(*program, measure);
  }
  std::optional<rt::Program> program = lower(halves(whole, &Block::neurons, &BlockLimit::neurons));
  if (!program)
    return std::nullopt;
  const std::vector<Block> halfNeurons = largestBlocks(*program, measure);
  std::vector<BlockLimit> limits(whole.size());
  std::vector<double> target(whole.size(), double(group.dataBytes));
  // Blocks are whole numbers of rows, neurons and channels, so the plane errs a little: aim lower until it fits.
  constexpr int rounds = 8;
  std::vector<Block> now = whole;
  for (int round = 0; round < rounds; ++round) {
    bool fits = true;
    for (size_t i = 0; i < whole.size(); ++i) {
      if (now[i].bytes <= group.dataBytes)
        continue;
      fits = false;
      if (round > 0)
        target[i] *= 0.98 * double(group.dataBytes) / double(now[i].bytes);
      const Model model = fitModel(whole[i], halfRows[i], halfNeurons[i]);
      const auto cut = fewestCores(model, whole[i], coarse.layers[i].geometry, target[i]);
      if (!cut)
        return std::vector<BlockLimit>();
      limits[i] = *cut;
    }
    if (fits)
      return limits;
    program = lower(limits);
    if (!program)
      return std::nullopt;
    now = largestBlocks(*program, measure);
  }
  return std::vector<BlockLimit>();
}

} // namespace wage::chip
