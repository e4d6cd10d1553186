//===- Packing.cpp - several small blocks on one core -----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Packing.h"

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Placement/Curves.h"
#include "runtime/Format/BlockNeeds.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace wage::chip {

void GroupSets::add(std::vector<bool> groups) {
  const auto found = std::find(sets.begin(), sets.end(), groups);
  ofCore.push_back(static_cast<uint16_t>(found - sets.begin()));
  if (found == sets.end())
    sets.push_back(std::move(groups));
}

GroupSets groupSetsOf(const rt::Program &program) {
  GroupSets result;
  rt::NeedsReader reader(program);
  for (const rt::Core &core : program.cores) {
    const rt::BlockNeeds needs = reader.read(core);
    std::vector<bool> groups;
    for (const rt::CoreGroup &group : program.chip.groups)
      groups.push_back(!rt::findShortage(needs, group));
    result.add(std::move(groups));
  }
  return result;
}

std::vector<bool> usedGroups(const GroupSets &groups, size_t count) {
  std::vector<bool> used(count, false);
  for (const std::vector<bool> &set : groups.sets)
    for (size_t g = 0; g < set.size(); ++g)
      used[g] = used[g] || set[g];
  return used;
}

placement::Problem gridOf(const rt::Program &program) {
  placement::Problem problem;
  problem.columns = program.systemColumns();
  problem.rows = program.systemRows();
  problem.multicast = program.chip.noc.multicast;
  problem.cores = static_cast<uint32_t>(program.cores.size());
  return problem;
}

namespace {

/// Of cores in all, how many a search for room looks at from either end.
constexpr size_t looksPerSearch = 64;

/// A core while it is filled.
struct Bin {
  rt::BlockNeeds needs;
  uint64_t dataBytes = 0;
  std::vector<bool> groups; ///< whose cores hold it
  uint16_t area = placement::openArea;
  uint32_t fixed = placement::nowhere;
};

class Packer {
public:
  Packer(const rt::Program &program, placement::Problem &wishes, const GroupSets &groups)
      : program(program), wishes(wishes), groups(groups), binOf(program.cores.size(), rt::noIndex) {
    rt::NeedsReader reader(program);
    for (const rt::Core &core : program.cores)
      needs.push_back(reader.read(core));
    dataBytes = sharedBytes(program);
  }

  /// Blocks that keep a position first, those of one position together as far as they fit.
  void begin() {
    bins.clear();
    byFreeRows.clear();
    std::fill(binOf.begin(), binOf.end(), rt::noIndex);
    std::map<uint32_t, uint32_t> at;
    for (uint32_t block = 0; block < binOf.size(); ++block) {
      if (!wishes.isFixed(block))
        continue;
      const auto [found, isNew] = at.try_emplace(wishes.fixedPosition[block], static_cast<uint32_t>(bins.size()));
      if (isNew)
        open(block);
      else if (!join(found->second, block))
        wishes.fixedPosition[block] = placement::nowhere;
    }
  }

  /// The other blocks: the `alone` largest on cores of their own, each of the rest on what holds it.
  Packed pack(uint64_t alone) {
    for (uint32_t block : bySize())
      if (binOf[block] == rt::noIndex && (bins.size() < alone || !findRoom(block)))
        open(block);
    return finish();
  }

private:
  /// By the largest part that a block takes of a core, the largest first.
  std::vector<uint32_t> bySize() const {
    std::vector<uint64_t> sizes;
    for (uint32_t block = 0; block < binOf.size(); ++block)
      sizes.push_back(sizeOf(block));
    std::vector<uint32_t> order(binOf.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return sizes[a] > sizes[b]; });
    return order;
  }

  const rt::CoreGroup *firstGroup(const std::vector<bool> &of) const {
    const auto found = std::find(of.begin(), of.end(), true);
    return found == of.end() ? nullptr : &program.chip.groups[found - of.begin()];
  }

  uint64_t sizeOf(uint32_t block) const {
    const rt::CoreGroup *group = firstGroup(groups.of(block));
    if (!group)
      return std::numeric_limits<uint64_t>::max();
    auto part = [](uint64_t need, uint64_t supply) { return supply ? (need << 20) / supply : 0; };
    const rt::BlockNeeds &n = needs[block];
    return std::max({part(n.rows, group->axonsFor(n.weightBits)), part(n.neurons, group->neurons),
                     part(n.synapseBytes, group->synapseBytes), part(dataBytes[block], group->dataBytes)});
  }

  uint64_t freeRows(const Bin &bin) const {
    const rt::CoreGroup *group = firstGroup(bin.groups);
    return group ? group->axonsFor(program.config.weightBits) - bin.needs.rows : 0;
  }

  void open(uint32_t block) {
    Bin bin{needs[block], dataBytes[block], groups.of(block), wishes.areaOfCore[block], wishes.fixedPosition[block]};
    for (size_t g = 0; wishes.isFixed(block) && g < bin.groups.size(); ++g)
      bin.groups[g] = g == wishes.kindOfPosition[bin.fixed];
    binOf[block] = static_cast<uint32_t>(bins.size());
    byFreeRows.insert({freeRows(bin), binOf[block]});
    bins.push_back(std::move(bin));
  }

  /// Puts a block on a core, if both fit there together.
  bool join(uint32_t index, uint32_t block) {
    Bin &bin = bins[index];
    if (bin.area != wishes.areaOfCore[block])
      return false;
    Bin both = bin;
    both.needs += needs[block];
    both.dataBytes += dataBytes[block];
    for (size_t g = 0; g < both.groups.size(); ++g)
      both.groups[g] = bin.groups[g] && groups.of(block)[g] && both.dataBytes <= program.chip.groups[g].dataBytes &&
                       !rt::findShortage(both.needs, program.chip.groups[g]);
    if (!firstGroup(both.groups))
      return false;
    byFreeRows.erase({freeRows(bin), index});
    bin = std::move(both);
    byFreeRows.insert({freeRows(bin), index});
    binOf[block] = index;
    return true;
  }

  /// Joins the core that a block exchanges most with, else the fullest that holds it, else the emptiest.
  bool findRoom(uint32_t block) {
    for (const auto &[bytes, bin] : partnersOf(block))
      if (join(bin, block))
        return true;
    std::vector<uint32_t> candidates;
    auto fullest = byFreeRows.lower_bound({needs[block].rows, 0});
    for (; fullest != byFreeRows.end() && candidates.size() < looksPerSearch; ++fullest)
      candidates.push_back(fullest->second);
    for (auto emptiest = byFreeRows.end(); emptiest != fullest && candidates.size() < 2 * looksPerSearch;)
      candidates.push_back((--emptiest)->second);
    return std::any_of(candidates.begin(), candidates.end(), [&](uint32_t bin) { return join(bin, block); });
  }

  /// Cores that a block sends packets to or gets them from, those with the most bytes first.
  std::vector<std::pair<uint64_t, uint32_t>> partnersOf(uint32_t block) const {
    std::map<uint32_t, uint64_t> bytes;
    auto add = [&](uint32_t other, const rt::Route &route) {
      if (other < binOf.size() && binOf[other] != rt::noIndex)
        bytes[binOf[other]] += rt::slotBytes(route.type, route.elements);
    };
    for (const rt::Link &link : program.cores[block].links) {
      if (link.route >= program.routes.size())
        continue;
      const rt::Route &route = program.routes[link.route];
      if (route.source != block)
        add(route.source, route);
      else
        for (uint32_t destination : route.destinations)
          add(destination, route);
    }
    std::vector<std::pair<uint64_t, uint32_t>> partners;
    for (const auto &[bin, sum] : bytes)
      partners.push_back({sum, bin});
    std::stable_sort(partners.begin(), partners.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    partners.resize(std::min(partners.size(), looksPerSearch));
    return partners;
  }

  /// Numbers cores in the order of their first blocks.
  Packed finish() const {
    Packed packed;
    std::vector<uint32_t> number(bins.size(), rt::noIndex);
    for (uint32_t bin : binOf) {
      if (number[bin] == rt::noIndex) {
        number[bin] = packed.cores++;
        packed.groups.add(bins[bin].groups);
      }
      packed.coreOf.push_back(number[bin]);
    }
    return packed;
  }

  const rt::Program &program;
  placement::Problem &wishes;
  const GroupSets &groups;
  std::vector<rt::BlockNeeds> needs; ///< by block
  std::vector<uint64_t> dataBytes;   ///< by block
  std::vector<uint32_t> binOf;       ///< by block
  std::vector<Bin> bins;
  std::set<std::pair<uint64_t, uint32_t>> byFreeRows; ///< rows left on a core, and the core
};

Packed oneEach(GroupSets groups) {
  Packed packed;
  packed.cores = static_cast<uint32_t>(groups.ofCore.size());
  packed.coreOf.resize(packed.cores);
  std::iota(packed.coreOf.begin(), packed.coreOf.end(), 0);
  packed.groups = std::move(groups);
  return packed;
}

bool sharesFixed(const placement::Problem &wishes) {
  std::set<uint32_t> taken;
  return std::any_of(wishes.fixedPosition.begin(), wishes.fixedPosition.end(), [&](uint32_t position) {
    return position != placement::nowhere && !taken.insert(position).second;
  });
}

} // namespace

Packed packBlocks(const rt::Program &program, placement::Problem &wishes, Sharing sharing, uint64_t budget) {
  const GroupSets groups = groupSetsOf(program);
  Packed packed = oneEach(groups);
  auto fits = [&] { return (!budget || packed.cores <= budget) && anyPositions(wishes, packed); };
  // No packing helps a block that no core can hold.
  for (const std::vector<bool> &set : groups.sets)
    if (std::find(set.begin(), set.end(), true) == set.end())
      return packed;
  const bool keepsShared = sharesFixed(wishes);
  if (sharing == Sharing::Off || (sharing == Sharing::Fit && !keepsShared && fits()))
    return packed;
  Packer packer(program, wishes, groups);
  const uint64_t open = static_cast<uint64_t>(std::count_if(wishes.areaOfPosition.begin(), wishes.areaOfPosition.end(),
                                                            [](uint16_t area) { return area != placement::blocked; }));
  const uint64_t most = budget ? std::min(budget, open) : open;
  for (uint64_t alone : {sharing == Sharing::Fit ? most : 0, uint64_t(0)}) {
    packer.begin();
    packed = packer.pack(alone);
    if (fits())
      break;
  }
  return packed;
}

CoreCount countCores(const placement::Problem &wishes, const Packed &packed) {
  const size_t kinds = packed.groups.sets.empty() ? 0 : packed.groups.sets.front().size();
  std::vector<uint64_t> positions(kinds, 0), cores(packed.groups.sets.size(), 0);
  for (size_t i = 0; i < wishes.areaOfPosition.size(); ++i)
    if (wishes.areaOfPosition[i] != placement::blocked)
      ++positions[wishes.kindOfPosition[i]];
  for (uint16_t set : packed.groups.ofCore)
    ++cores[set];
  auto count = [&](const std::vector<bool> &groups) {
    CoreCount result{0, 0, groups};
    for (size_t g = 0; g < kinds; ++g)
      result.supply += groups[g] ? positions[g] : 0;
    for (size_t s = 0; s < cores.size(); ++s) {
      bool isWithin = true;
      for (size_t g = 0; g < kinds; ++g)
        isWithin &= groups[g] || !packed.groups.sets[s][g];
      result.need += isWithin ? cores[s] : 0;
    }
    return result;
  };
  CoreCount worst = count(usedGroups(packed.groups, kinds));
  for (const std::vector<bool> &set : packed.groups.sets)
    if (CoreCount own = count(set);
        own.need > own.supply && (worst.need <= worst.supply || own.need - own.supply > worst.need - worst.supply))
      worst = std::move(own);
  return worst;
}

std::optional<std::vector<uint32_t>> anyPositions(const placement::Problem &wishes, const Packed &packed) {
  const size_t kinds = packed.groups.sets.empty() ? 0 : packed.groups.sets.front().size();
  std::vector<std::vector<uint32_t>> free(kinds); // by group, the next one last
  const std::vector<uint32_t> order = placement::rasterOrder(wishes.columns, wishes.rows);
  for (auto position = order.rbegin(); position != order.rend(); ++position)
    if (wishes.areaOfPosition[*position] != placement::blocked)
      free[wishes.kindOfPosition[*position]].push_back(*position);
  std::vector<uint32_t> positions(packed.cores, placement::nowhere);
  for (size_t choices = 0; choices <= kinds; ++choices)
    for (uint32_t core = 0; core < packed.cores; ++core) {
      const std::vector<bool> &may = packed.groups.of(core);
      if (static_cast<size_t>(std::count(may.begin(), may.end(), true)) != choices)
        continue;
      size_t group = 0;
      while (group < kinds && (!may[group] || free[group].empty()))
        ++group;
      if (group == kinds)
        return std::nullopt;
      positions[core] = free[group].back();
      free[group].pop_back();
    }
  return positions;
}

//===----------------------------------------------------------------------===//
// The problem of cores
//===----------------------------------------------------------------------===//

namespace {

/// A net of cores. Several blocks on one core are one destination where trees share links, and several where they do not.
void addContracted(placement::Problem &to, const placement::Net &net, uint32_t source, std::vector<uint32_t> nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::remove(nodes.begin(), nodes.end(), source), nodes.end());
  while (!nodes.empty()) {
    std::vector<uint32_t> once, again;
    for (uint32_t node : nodes)
      (once.empty() || once.back() != node ? once : again).push_back(node);
    to.addNet(source, std::move(once), net.bytes, net.loadsLinks);
    nodes = to.multicast ? std::vector<uint32_t>() : std::move(again);
  }
}

} // namespace

static placement::Problem contractBlocks(const placement::Problem &problem, const Packed &packed) {
  placement::Problem result;
  result.columns = problem.columns, result.rows = problem.rows;
  result.multicast = problem.multicast;
  result.cores = packed.cores;
  result.terminals = problem.terminals;
  auto nodeOf = [&](uint32_t node) {
    return node < problem.cores ? packed.coreOf[node] : node - problem.cores + packed.cores;
  };
  for (const placement::Net &net : problem.nets) {
    std::vector<uint32_t> nodes;
    for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
      nodes.push_back(nodeOf(problem.destinations[i]));
    addContracted(result, net, nodeOf(net.source), std::move(nodes));
  }
  result.areaOfPosition = problem.areaOfPosition;
  result.areaOfCore.assign(packed.cores, placement::openArea);
  result.fixedPosition.assign(packed.cores, placement::nowhere);
  for (uint32_t block = 0; block < problem.cores; ++block) {
    result.areaOfCore[packed.coreOf[block]] = problem.areaOfCore[block];
    if (problem.isFixed(block))
      result.fixedPosition[packed.coreOf[block]] = problem.fixedPosition[block];
  }
  result.kindOfPosition = problem.kindOfPosition;
  return result;
}

placement::Problem contract(placement::Problem problem, const Packed &packed) {
  if (packed.cores < problem.cores)
    problem = contractBlocks(problem, packed);
  const auto &sets = packed.groups.sets;
  const bool allEqual = std::all_of(
      sets.begin(), sets.end(), [](const auto &set) { return std::find(set.begin(), set.end(), false) == set.end(); });
  if (!allEqual)
    problem.kindSets = sets, problem.kindSetOfCore = packed.groups.ofCore;
  return problem;
}

} // namespace wage::chip
