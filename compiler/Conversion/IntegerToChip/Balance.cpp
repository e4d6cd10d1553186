//===- Balance.cpp - smaller blocks where a layer takes too long -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Balance.h"

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "runtime/Cost/StaticCost.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace wage::chip {

namespace {

/// Cycles of a block for one sample, by what they depend on.
struct Work {
  double products = 0; ///< on rows and neurons
  double rows = 0;     ///< on rows: what comes in of the layer's input
  double neurons = 0;  ///< on neurons: all that is done per channel

  double total() const { return products + rows + neurons; }
};

/// Whether an instruction works on as much as the layer's input has, of the rows of its block.
bool worksOnRows(const rt::Program &program, const rt::Core &core, const rt::Instruction &instruction) {
  if (core.layer == rt::noIndex || instruction.opcode != rt::Opcode::Receive)
    return false;
  const rt::LinearBlock block = rt::blockOf(program, core);
  const rt::BufferDecl &buffer = program.templates[core.templateIndex].buffers[instruction.operands[0].value];
  return rt::operandValue(buffer.elements, core) == (block.channelEnd() - block.channelBegin()) * block.plane();
}

/// What the instructions of `core` take that run for every sample.
Work workOf(const rt::Program &program, const rt::Core &core) {
  Work work;
  const rt::Template &t = program.templates[core.templateIndex];
  for (size_t phase = 0; phase < program.phases.size(); ++phase)
    for (uint32_t i = t.phaseBegin[phase]; program.phases[phase].perSample && i < t.phaseBegin[phase + 1]; ++i) {
      const rt::Instruction instruction = rt::decodeInstruction(t.words, i);
      const rt::OpcodeInfo &info = *rt::findOpcode(static_cast<uint16_t>(instruction.opcode));
      double &part = info.work == rt::WorkKind::Mac            ? work.products
                     : worksOnRows(program, core, instruction) ? work.rows
                                                               : work.neurons;
      part += static_cast<double>(rt::costOf(program, core, instruction).cycles);
    }
  return work;
}

/// How a layer is cut now, and what its busiest core does.
struct LayerState {
  int64_t rows = 0, neurons = 0; ///< of the largest block
  int64_t cores = 0;             ///< of one copy
  int64_t copies = 0;
  Work busiest;
};

std::vector<LayerState> statesOf(const rt::Program &program) {
  std::vector<LayerState> states(program.layers.size());
  for (uint32_t i = 0; i < states.size(); ++i)
    ++states[program.originalOf(i)].copies;
  for (const rt::Core &core : program.cores) {
    if (core.layer >= states.size())
      continue;
    LayerState &state = states[program.originalOf(core.layer)];
    state.cores += !program.layers[core.layer].isCopy();
    state.rows = std::max<int64_t>(state.rows, core.rowEnd - core.rowBegin);
    state.neurons = std::max<int64_t>(state.neurons, core.neuronEnd - core.neuronBegin);
    if (const Work work = workOf(program, core); work.total() > state.busiest.total())
      state.busiest = work;
  }
  return states;
}

/// A cut, and what its busiest core does.
struct WorkedCut {
  BlockLimit limit;
  int64_t cores = 0;
  Work work;
};

/// The cut now, then finer ones: fewer neurons first, since they cost copies of the input alone, then fewer rows, which cost
/// partial sums. Of cuts into equal blocks only the first is listed.
std::vector<WorkedCut> listBlocks(const rt::LinearBlock &layer, const LayerState &state, bool cutsRows) {
  const Work &work = state.busiest;
  std::vector<WorkedCut> cuts{{BlockLimit{state.rows, state.neurons}, state.cores, work}};
  const int64_t step = layer.groups > 1 ? layer.neuronsPerGroup() : 1;
  if (layer.groups > 1 && state.neurons < 2 * step)
    return cuts; // a group's own rows and neurons stay together
  const int64_t columns = state.neurons / step, inRow = llvm::divideCeilSigned(layer.neurons / step, columns);
  const int64_t rowBlocks = std::max<int64_t>(1, state.cores / inRow);
  for (int64_t parts = 2, last = columns; parts <= columns; ++parts) {
    const int64_t size = llvm::divideCeilSigned(columns, parts);
    if (size == last)
      continue;
    last = size;
    const double share = double(size) / double(columns);
    const bool shrinksRows = layer.groups > 1;
    cuts.push_back({BlockLimit{shrinksRows ? state.rows / columns * size : state.rows, size * step},
                    rowBlocks * llvm::divideCeilSigned(layer.neurons / step, size),
                    {work.products * share, work.rows * (shrinksRows ? share : 1), work.neurons * share}});
  }
  if (layer.groups > 1 || !cutsRows)
    return cuts;
  const double least = 1 / double(state.neurons);
  for (int64_t parts = 2, last = state.rows; parts <= state.rows; ++parts) {
    const int64_t size = llvm::divideCeilSigned(state.rows, parts);
    if (size == last)
      continue;
    last = size;
    const double share = double(size) / double(state.rows);
    cuts.push_back({BlockLimit{size, 1},
                    layer.neurons * llvm::divideCeilSigned(layer.rowEnd, size),
                    {work.products * least * share, work.rows * share, work.neurons * least}});
  }
  return cuts;
}

/// All cuts in all numbers of copies but those to which another is no worse in cores nor cycles: fewest cores first.
std::vector<LayerCut> listCuts(const rt::LinearBlock &layer, const LayerState &state, bool cutsRows,
                               llvm::ArrayRef<CopyChoice> choices) {
  std::vector<LayerCut> all, best;
  for (const WorkedCut &cut : listBlocks(layer, state, cutsRows))
    for (const CopyChoice &choice : choices)
      all.push_back({cut.limit, state.copies * choice.copies, cut.cores * state.copies * choice.copies,
                     (cut.work.products + cut.work.neurons) * choice.ofOutput + cut.work.rows * choice.ofInput});
  llvm::stable_sort(all, [](const LayerCut &a, const LayerCut &b) {
    return std::make_pair(a.cores, a.cycles) < std::make_pair(b.cores, b.cycles);
  });
  for (const LayerCut &cut : all)
    if (best.empty() || cut.cycles < best.back().cycles)
      best.push_back(cut);
  return best;
}

using Choice = std::vector<const LayerCut *>;

uint64_t coresOf(const Choice &choice) {
  uint64_t cores = 0;
  for (const LayerCut *cut : choice)
    cores += static_cast<uint64_t>(cut->cores);
  return cores;
}

/// Of each layer the cut with the least `cost`.
template <typename CostOf> Choice chooseLeast(const std::vector<std::vector<LayerCut>> &cuts, CostOf cost) {
  Choice choice;
  for (const std::vector<LayerCut> &list : cuts)
    choice.push_back(&*std::min_element(list.begin(), list.end(),
                                        [&](const LayerCut &a, const LayerCut &b) { return cost(a) < cost(b); }));
  return choice;
}

/// The choice at the smallest parameter for which it fits the budget, by halving; `atMost` must fit.
template <typename Choose> Choice shrink(uint64_t budget, double atMost, Choose choose) {
  constexpr int halvings = 60;
  Choice best = choose(atMost);
  double low = 0, high = atMost;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    if (Choice choice = choose(middle); coresOf(choice) <= budget)
      best = std::move(choice), high = middle;
    else
      low = middle;
  }
  return best;
}

} // namespace

uint64_t measure(rt::Program &program, Objective objective, uint64_t bufferSlots) {
  if (objective == Objective::Cores)
    return program.cores.size();
  if (objective == Objective::Throughput)
    allocateForPipeline(program, bufferSlots); // chip-allocate will do the same
  const rt::Expected<rt::StaticCost> cost = rt::staticCost(program, 1);
  if (!cost)
    return std::numeric_limits<uint64_t>::max(); // no mapping of ours waits in a circle; the loader would refuse it
  const rt::RunCost &run = cost->training.empty() ? cost->inference : cost->training.front();
  return objective == Objective::Latency ? run.latencyCycles : run.intervalCycles;
}

Balancer::Balancer(const rt::Program &program, bool addsPartialSums, llvm::ArrayRef<std::vector<CopyChoice>> choices)
    : others(program.cores.size()) {
  const std::vector<LayerState> states = statesOf(program);
  const CopyChoice kept;
  size_t layer = 0; // of those that are no copies
  for (size_t i = 0; i < states.size(); ++i) {
    if (program.layers[i].isCopy())
      continue;
    const bool mayCopy = program.weightTensors() == program.layers.size() && layer < choices.size();
    cuts.push_back(listCuts(program.layers[i].geometry, states[i], addsPartialSums,
                            mayCopy ? llvm::ArrayRef(choices[layer]) : llvm::ArrayRef(kept)));
    ++layer;
    others -= static_cast<uint64_t>(states[i].cores * states[i].copies);
    longest = std::max(longest, states[i].busiest.total());
  }
}

std::vector<LayerCut> Balancer::cut(Objective estimate, uint64_t budget) const {
  const uint64_t left = budget - others;
  const Choice choice = estimate == Objective::Throughput
                            // The fewest cores at a pace, and of a layer that cannot keep it the fastest cut.
                            ? shrink(left, longest,
                                     [&](double pace) {
                                       return chooseLeast(cuts, [&](const LayerCut &cut) {
                                         return cut.cycles <= pace ? std::make_pair(0.0, double(cut.cores))
                                                                   : std::make_pair(cut.cycles, double(cut.cores));
                                       });
                                     })
                            // A core is worth so many cycles, the same in every layer.
                            : shrink(left, longest, [&](double worth) {
                                return chooseLeast(cuts, [&](const LayerCut &cut) {
                                  return std::make_pair(cut.cycles + worth * double(cut.cores), double(cut.cores));
                                });
                              });
  std::vector<LayerCut> chosen;
  for (const LayerCut *cut : choice)
    chosen.push_back(*cut);
  return chosen;
}

} // namespace wage::chip
