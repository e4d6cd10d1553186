//===- LayerGroups.cpp - which kind of core each layer is mapped to ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LayerGroups.h"

#include "compiler/Conversion/IntegerToChip/Partition.h"
#include "compiler/Conversion/IntegerToChip/Placement.h"
#include "runtime/Format/BlockNeeds.h"

#include <algorithm>
#include <numeric>

namespace wage::chip {

std::vector<const rt::CoreGroup *> LayerGroups::all() const {
  std::vector<const rt::CoreGroup *> groups{main};
  for (const rt::CoreGroup *group : ofLayer)
    if (std::find(groups.begin(), groups.end(), group) == groups.end())
      groups.push_back(group);
  return groups;
}

rt::CoreGroup LayerGroups::strictest() const {
  rt::CoreGroup strict = *main;
  for (const rt::CoreGroup *group : all()) {
    strict.dataBytes = std::min(strict.dataBytes, group->dataBytes);
    strict.reduceFanIn = std::min(strict.reduceFanIn, group->reduceFanIn);
  }
  return strict;
}

std::string LayerGroups::names() const {
  std::string names;
  for (const rt::CoreGroup *group : all())
    names += (names.empty() ? "" : ", ") + group->name;
  return names;
}

namespace {

/// How much of what learning takes a group's cores have.
int abilityOf(const rt::CoreGroup &group) {
  const rt::LearningCapabilities &l = group.learning;
  return l.transposedRead + l.outerProduct + l.maxReduce + (l.masterBits > 0) + (l.randomBits > 0);
}

/// By layer, what its blocks ask for, whatever their size.
std::vector<rt::BlockNeeds> abilitiesNeeded(const rt::Program &program) {
  std::vector<rt::BlockNeeds> needs(program.layers.size());
  rt::NeedsReader reader(program);
  for (const rt::Core &core : program.cores)
    if (core.layer < needs.size())
      needs[core.layer] += reader.read(core);
  for (rt::BlockNeeds &of : needs)
    of.rows = of.neurons = of.synapseBytes = of.reduceFanIn = 0;
  return needs;
}

class GroupChooser {
public:
  explicit GroupChooser(const rt::Program &program) : program(program), needs(abilitiesNeeded(program)) {
    for (const rt::CoreGroup &group : program.chip.groups)
      room.push_back(static_cast<int64_t>(workingPositions(program.chip, group).size()));
    for (size_t g = 0; g < room.size(); ++g)
      preferred.push_back(g);
    std::stable_sort(preferred.begin(), preferred.end(), [&](size_t a, size_t b) {
      const auto &groups = program.chip.groups;
      return std::make_pair(abilityOf(groups[a]), -room[a]) < std::make_pair(abilityOf(groups[b]), -room[b]);
    });
  }

  LayerGroups choose() {
    std::vector<std::vector<size_t>> choices;
    for (size_t layer = 0; layer < program.layers.size(); ++layer)
      choices.push_back(groupsFor(layer));
    std::vector<size_t> order(choices.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return choices[a].size() < choices[b].size(); });
    LayerGroups result{&program.chip.groups.front(), {}};
    if (order.empty() || choices[order.front()].empty())
      return result;
    result.ofLayer.resize(choices.size());
    for (size_t layer : order)
      result.ofLayer[layer] = take(layer, choices[layer]);
    result.main = *std::max_element(result.ofLayer.begin(), result.ofLayer.end(),
                                    [](const auto *a, const auto *b) { return abilityOf(*a) < abilityOf(*b); });
    // Copies are cut as their original, so that they stand on cores of its kind.
    for (size_t layer = program.layers.size(); layer-- > 0;)
      if (program.layers[layer].isCopy())
        result.ofLayer.erase(result.ofLayer.begin() + static_cast<std::ptrdiff_t>(layer));
    return result;
  }

private:
  /// Groups that can run a layer, the least able first.
  std::vector<size_t> groupsFor(size_t layer) const {
    std::vector<size_t> groups;
    for (size_t g : preferred)
      if (!rt::findShortage(needs[layer], program.chip.groups[g]) && coresOn(layer, g) > 0)
        groups.push_back(g);
    return groups;
  }

  int64_t coresOn(size_t layer, size_t g) const {
    const rt::CoreGroup &group = program.chip.groups[g];
    const unsigned bits = program.storedWeightBits(program.layers[layer]);
    if (group.synapseBytes * 8 < bits)
      return 0;
    return partitionLayer(program.layers[layer].geometry, bits, group.axonsFor(program.config.weightBits), group)
        .cores();
  }

  const rt::CoreGroup *take(size_t layer, const std::vector<size_t> &choices) {
    size_t best = choices.front();
    for (size_t g : choices) {
      if (room[g] >= coresOn(layer, g)) {
        best = g;
        break;
      }
      if (room[g] > room[best])
        best = g;
    }
    room[best] -= coresOn(layer, best);
    return &program.chip.groups[best];
  }

  const rt::Program &program;
  const std::vector<rt::BlockNeeds> needs; ///< by layer
  std::vector<int64_t> room;               ///< by group: positions left
  std::vector<size_t> preferred;           ///< groups, the least able first, then the largest
};

} // namespace

LayerGroups chooseGroups(const rt::Program &program) { return GroupChooser(program).choose(); }

} // namespace wage::chip
