//===- Limits.cpp - what a network needs of a chip, limit by limit ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The report and the conversion ask the same function: the network is lowered by the mapper itself, its cores are counted
// and its buffers allocated. Where a limit would stop the mapper (partial sums that cores cannot exchange), it goes on as
// if the limit were met, so that the other limits are known too.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Limits.h"

#include "compiler/Conversion/IntegerToChip/Balance.h"
#include "compiler/Conversion/IntegerToChip/CopyPositions.h"
#include "compiler/Conversion/IntegerToChip/FinerCuts.h"
#include "compiler/Conversion/IntegerToChip/LayerGroups.h"
#include "compiler/Conversion/IntegerToChip/LimitRows.h"
#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/Packing.h"
#include "compiler/Conversion/IntegerToChip/Placement.h"
#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "compiler/Conversion/IntegerToChip/SpikeEncoding.h"
#include "compiler/Conversion/IntegerToChip/StreamLowering.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/wage/IR/WageTypes.h"
#include "runtime/Cost/TickLoads.h"

using namespace mlir;

namespace wage::chip {

namespace {

struct Assessor {
  FailureOr<Assessment> improve(Assessment single) const;

  ModuleOp module;
  func::FuncOp function;
  rt::Config config;
  const rt::ChipDescription &chip;
  const MappingOptions &options;
  const std::vector<int64_t> copies;         ///< asked for, of each layer
  const std::vector<std::string> recomputed; ///< layers whose gradients are formed from the batch
  const bool onlyWhetherFits;
  const rt::SpikeCode code;

  FailureOr<Assessment> assessGroups(const LayerGroups &groups) const {
    Assessment result;
    result.group = groups.names();
    if (!addCapabilities(result.limits, groups) || (onlyWhetherFits && !result.fits()))
      return result;
    std::optional<rt::Program> program = lowerBest(groups, /*isFitting=*/result.fits());
    if (!program)
      return failure();
    result.program = std::move(*program);
    addCounts(result, groups);
    for (rt::Core &core : result.program.cores) // chip-place decides
      core.x = core.y = 0;
    return result;
  }

  /// Adds what is known before lowering; false where the network cannot be lowered for such cores at all.
  bool addCapabilities(std::vector<Limit> &limits, const LayerGroups &groups) const {
    const rt::CoreGroup &group = *groups.main;
    const bool trains = config.mode == rt::Mode::Train;
    if (trains)
      addLearning(limits, group, config);
    const bool storesUsed = someLayer([](Value weights) { return !isLearned(weights); });
    addHard(limits, "weight width", "bits", "", config.weightBits, group.weightBits.back());
    // A narrower core of another group decides how weights are stored.
    if (const uint32_t width = group.widthFor(config.weightBits);
        groups.ofLayer.empty() && (!trains || storesUsed) && width && width != rt::usedBits(chip, config))
      limits.back().state = Limit::Exceeded;
    addCrossbar(limits, groups, config, chip, function, code);
    Limit &synapses = limits.back();
    if (someLayer([&](Value weights) { return storedBits(weights, chip, config) > synapses.supply; }))
      synapses.state = Limit::Exceeded;
    const bool hasRows = group.axonsFor(config.weightBits) / mostChannelsPerAxon() >= 1;
    if (!hasRows)
      axonsOf(limits).state = Limit::Exceeded;
    return hasRows && synapses.state != Limit::Exceeded;
  }

  static Limit &axonsOf(std::vector<Limit> &limits) {
    return *llvm::find_if(limits, [](const Limit &limit) { return limit.name == "axons"; });
  }

  /// The program with the cut that is best by what was asked for. Of a network that cannot run for other reasons than memory,
  /// the plain cut says more. Nothing after a diagnostic.
  std::optional<rt::Program> lowerBest(const LayerGroups &groups, bool isFitting) const {
    const rt::CoreGroup &group = *groups.main;
    auto lower = [&](ArrayRef<BlockLimit> blocks) { return lowerCopied(groups, copies, blocks); };
    std::optional<rt::Program> program = lower({});
    if (!program)
      return std::nullopt;
    place(*program, group);
    bool isCutFiner = false;
    if (!allocate(*program).fits() && isFitting) {
      const rt::CoreGroup strictest = groups.strictest();
      std::optional<std::vector<BlockLimit>> cuts = findFinerCuts(*program, strictest, lower, sharedBytes);
      // Shared memory is no plane over rows and neurons: where that misleads, what is surely enough is aimed at.
      if (cuts && cuts->empty())
        cuts = findFinerCuts(*program, strictest, lower, unsharedBytes);
      isCutFiner = cuts && !cuts->empty();
      program = cuts ? lower(*cuts) : std::nullopt;
      if (!program)
        return std::nullopt;
      place(*program, group);
    }
    if (isFitting && !isCutFiner)
      fillBlocks(*program, group, lower);
    if (isFitting)
      pursueObjective(*program, groups);
    return program;
  }

  /// Adds what is counted of the program: dense, and with the events that it is to exchange.
  void addCounts(Assessment &result, const LayerGroups &groups) const {
    std::vector<Limit> &limits = result.limits;
    if (groups.main->reduceFanIn == 0)
      refuseSplitRows(axonsOf(limits), result.program);
    const CoreCount count = place(result.program, *groups.main);
    // A dense program is counted as it is: copies of large ones are dear.
    std::optional<rt::Program> encoded;
    std::vector<SpikeObstacle> obstacles;
    if (code != rt::SpikeCode::Dense) {
      obstacles = encodeSpikes(encoded.emplace(result.program), code);
      if (!obstacles.empty())
        encoded.reset();
    }
    rt::Program &counted = encoded ? *encoded : result.program;
    for (const SpikeObstacle &one : obstacles)
      limits.push_back({std::string(rt::spikeCodeName(code)) + ": " + one.need, "capability", one.layer, 1, 0,
                        Limit::Exceeded, one.reason});
    addAccumulator(limits, groups, counted);
    addCores(limits, result.program, count);
    addMemory(limits, counted);
    if (encoded && count.need <= count.supply)
      addTicks(limits, *encoded);
  }

  int64_t mostChannelsPerAxon() const {
    int64_t most = 1;
    func::FuncOp entry = function;
    entry.walk([&](Operation *op) {
      if (isa<integer::Conv2DOp, integer::MatmulOp>(op))
        most = std::max(most, channelsPerAxon(op->getOperand(0), code));
    });
    return most;
  }

  /// Of a chip whose ticks come at a fixed time: the core with most to do in one.
  void addTicks(std::vector<Limit> &limits, const rt::Program &program) const {
    if (!chip.spikes.fixedTicks || !program.hasEvents() || options.watchTicks)
      return;
    if (const std::optional<rt::TickLoad> most = rt::tickLoadsOf(program).core)
      addHard(limits, "synaptic events of a tick", "events", layerOfCore(program, most->core), most->need,
              most->supply);
  }

  /// The program with layer i in `counts[i]` copies; limits hold for the program's layers.
  std::optional<rt::Program> lowerCopied(const LayerGroups &groups, ArrayRef<int64_t> counts,
                                         ArrayRef<BlockLimit> blocks) const {
    if (llvm::all_of(counts, [](int64_t count) { return count == 1; }))
      return StreamLowering(module, function, config, chip, *groups.main, blocks, groups.ofLayer, recomputed, code)
          .lower();
    ModuleOp original = module;
    func::FuncOp originalEntry = function;
    OwningOpRef<ModuleOp> copied(original.clone());
    auto entry = copied->lookupSymbol<func::FuncOp>(originalEntry.getSymName());
    copyPositions(entry, counts);
    return StreamLowering(*copied, entry, config, chip, *groups.main, blocks, groups.ofLayer, recomputed, code).lower();
  }

  /// The program with every layer cut as said.
  std::optional<rt::Program> lowerCut(const LayerGroups &groups, ArrayRef<LayerCut> cuts) const {
    std::vector<int64_t> counts;
    std::vector<BlockLimit> blocks;
    for (const LayerCut &cut : cuts) {
      counts.push_back(cut.copies);
      blocks.push_back(cut.limit);
      blocks.resize(blocks.size() + static_cast<size_t>(cut.copies) - 1); // copies follow, cut as the first
    }
    return lowerCopied(groups, counts, blocks);
  }

  /// Full blocks with a small one each, if that lets blocks share so many cores that fewer are taken.
  void fillBlocks(rt::Program &program, const rt::CoreGroup &group, LowerWithLimits lower) const {
    const CoreCount even = place(program, group);
    if (options.sharing == Sharing::Off || (options.sharing == Sharing::Fit && even.need <= even.supply))
      return;
    BlockLimit limit;
    limit.fills = true;
    std::optional<rt::Program> full = lower(std::vector<BlockLimit>(program.layers.size(), limit));
    const CoreCount filled = full ? place(*full, group) : even;
    const bool isEnough = options.sharing == Sharing::On || filled.need <= filled.supply;
    if (full && isEnough && filled.need < even.need && allocate(*full).fits())
      program = std::move(*full);
    place(program, group);
  }

  /// Of programs, each behind what it costs, the one with the fewest cores that comes near the least.
  static const rt::Program &cheapest(const std::vector<std::pair<uint64_t, rt::Program>> &found) {
    constexpr double near = 1.02;
    uint64_t least = found.front().first;
    for (const auto &[cost, candidate] : found)
      least = std::min(least, cost);
    const rt::Program *best = nullptr;
    for (const auto &[cost, candidate] : found)
      if (static_cast<double>(cost) <= near * static_cast<double>(least) &&
          (!best || candidate.cores.size() < best->cores.size()))
        best = &candidate;
    return *best;
  }

  /// Cuts layers finer if the whole gets better by what it is to have least of, and still fits. Finer blocks exchange more, so
  /// that all cores of a chip may be too many: fewer and fewer are tried, and the fewest taken that come near the best.
  void pursueObjective(rt::Program &program, const LayerGroups &groups) const {
    const rt::CoreGroup &group = *groups.main;
    if (options.objective == Objective::Cores)
      return;
    const uint64_t most = place(program, group).supply;
    if (program.cores.size() > most || !allocate(program).fits())
      return;
    std::vector<std::vector<CopyChoice>> choices;
    for (Operation *layer : linearLayers(function))
      choices.push_back(mayBeCopied(layer) ? copyChoices(layer) : std::vector<CopyChoice>(1));
    const bool addsPartialSums = groups.strictest().reduceFanIn > 0;
    std::vector<Balancer> balancers{{program, addsPartialSums, {}}};
    if (llvm::any_of(choices, [](const std::vector<CopyChoice> &list) { return list.size() > 1; }))
      balancers.emplace_back(program, addsPartialSums, choices); // what copies cost besides is not estimated
    std::vector<std::pair<uint64_t, rt::Program>> found;
    auto add = [&](rt::Program candidate) {
      found.emplace_back(0, std::move(candidate));
      found.back().first = measure(found.back().second, options.objective, options.bufferSlots);
    };
    add(program);
    for (const Balancer &balancer : balancers)
      for (uint64_t budget = most; budget > program.cores.size(); budget /= 2)
        for (Objective estimate :
             {Objective::Latency, Objective::Throughput}) { // either may be the better guess of both
          std::optional<rt::Program> finer = lowerCut(groups, balancer.cut(estimate, budget));
          if (!finer || finer->cores.size() > budget)
            continue;
          place(*finer, group);
          if (allocate(*finer).fits())
            add(std::move(*finer));
        }
    program = cheapest(found);
    resetSlots(program); // chip-allocate gives them, once cores are where they stay
  }

  /// Whether the mapper may choose how many copies a layer has. One whose gradient it was told not to keep has none.
  bool mayBeCopied(Operation *layer) const {
    return options.copies.empty() && !llvm::is_contained(options.recomputed, layerName(layer));
  }

  /// Whether the weights of some layer are as `test` asks.
  bool someLayer(llvm::function_ref<bool(Value)> test) const {
    func::FuncOp entry = function;
    return llvm::any_of(entry.getOps(), [&](Operation &op) {
      return isa<integer::Conv2DOp, integer::MatmulOp>(op) && test(op.getOperand(1));
    });
  }

  /// Puts the blocks where they would stand, for counting memory; cores that are too many stand on further grids like the first.
  CoreCount place(rt::Program &program, const rt::CoreGroup &group) const {
    placement::Problem wishes = gridOf(program);
    llvm::cantFail(setAreas(wishes, program, {})); // pins alone can be wrong
    const Packed packed = packBlocks(program, wishes, options.sharing, options.budget);
    CoreCount count = countCores(wishes, packed);
    const auto positions = anyPositions(wishes, packed);
    const auto own = workingPositions(chip, group);
    const bool canStand =
        count.supply && llvm::all_of(packed.groups.sets, [](const auto &set) { return llvm::is_contained(set, true); });
    // Counted as if the group's own could run it.
    if (!canStand || (count.need <= count.supply && own.size() > count.supply))
      count.need = packed.cores, count.supply = own.size();
    if (options.budget && count.need <= count.supply && options.budget < count.supply)
      count.need = packed.cores, count.supply = options.budget;
    for (size_t i = 0; i < program.cores.size(); ++i) {
      const uint32_t core = packed.coreOf[i];
      if (positions)
        program.cores[i].x = (*positions)[core] % wishes.columns,
        program.cores[i].y = (*positions)[core] / wishes.columns;
      else if (!own.empty())
        program.cores[i].x = own[core % own.size()].first + static_cast<uint32_t>(core / own.size()) * wishes.columns,
        program.cores[i].y = own[core % own.size()].second;
    }
    return count;
  }

  /// Of cores that cannot add each other's sums, a neuron's rows must be on one.
  void refuseSplitRows(Limit &axons, const rt::Program &program) const {
    for (const rt::Core &core : program.cores)
      if (!rt::isRootCore(program, core))
        axons.state = Limit::Exceeded;
    // Split for want of synapses, not of axons: the layer has as many rows as the largest block allows.
    if (axons.state != Limit::Exceeded || axons.need > axons.supply)
      return;
    axons.supply = 0;
    for (const rt::Core &core : program.cores)
      axons.supply = std::max<uint64_t>(axons.supply, core.rowEnd - core.rowBegin);
  }
};

size_t countExceeded(const Assessment &a) {
  return llvm::count_if(a.limits, [](const Limit &l) { return l.state == Limit::Exceeded; });
}

/// Layers on groups of their own, where that is wanted and fits: where one group is not enough, or where it learns and not all
/// layers do, so that its cores are left to those that need them.
FailureOr<Assessment> Assessor::improve(Assessment single) const {
  const bool allLearn = config.mode == rt::Mode::Train && !someLayer([](Value weights) { return !isLearned(weights); });
  if (chip.groups.size() == 1 || single.program.cores.empty() ||
      (single.fits() && (config.mode == rt::Mode::Infer || allLearn)))
    return single;
  const LayerGroups groups = chooseGroups(single.program);
  if (groups.all().size() == 1)
    return single;
  FailureOr<Assessment> mixed = assessGroups(groups);
  if (failed(mixed))
    return failure();
  return mixed->fits() ? std::move(*mixed) : std::move(single);
}

} // namespace

bool Assessment::fits() const { return countExceeded(*this) == 0; }

bool Allocation::fits() const {
  return offChipBytes <= std::min<uint64_t>(offChipSupply, uint64_t(rt::offChipBit) * rt::addressLineBytes);
}

std::string describe(const Limit &limit) {
  std::string text = limit.name + (limit.layer.empty() ? "" : " of layer '" + limit.layer + "'") + ": ";
  if (limit.unit == "capability")
    return text + "needed, " + (limit.supply ? "there" : "not there") +
           (limit.detail.empty() ? "" : " (" + limit.detail + ")");
  return text + std::to_string(limit.need) + " " + limit.unit + " needed, " + std::to_string(limit.supply) + " there" +
         (limit.excess() ? ", " + std::to_string(limit.excess()) + " too many" : "");
}

/// The names of the layers that `texts` say, each a layer that learns and has one copy; with `all` those that do.
static llvm::Expected<std::vector<std::string>> readRecomputed(func::FuncOp function, ArrayRef<std::string> texts,
                                                               ArrayRef<int64_t> copies) {
  std::vector<std::string> names;
  for (StringRef text : texts) {
    bool isThere = text == "all";
    for (auto [layer, count] : llvm::zip_equal(linearLayers(function), copies)) {
      const bool learns = isLearned(layer->getOperand(1)), isNamed = layerName(layer) == text;
      if (isNamed && (!learns || count > 1))
        return llvm::createStringError("recompute-gradients '" + text + "': the layer " +
                                       (learns ? "has copies, which exchange their gradients" : "does not learn"));
      if (learns && count == 1 && (isNamed || text == "all"))
        names.push_back(layerName(layer));
      isThere |= isNamed;
    }
    if (!isThere)
      return llvm::createStringError("recompute-gradients '" + text + "': no layer of that name");
  }
  return names;
}

FailureOr<Assessment> assess(ModuleOp module, rt::ChipDescription chip, const MappingOptions &options,
                             bool onlyWhetherFits) {
  if (llvm::Error problem = addFaultyCores(chip, options.faultyCores))
    return module.emitError() << toString(std::move(problem));
  const FailureOr<func::FuncOp> function = entryFunction(module);
  if (failed(function))
    return failure();
  const rt::Config config = toProgramConfig(getConfig(module));
  llvm::Expected<std::vector<int64_t>> copies = readCopies(*function, options.copies);
  if (!copies)
    return module.emitError() << toString(copies.takeError());
  llvm::Expected<std::vector<std::string>> recomputed = readRecomputed(*function, options.recomputed, *copies);
  if (!recomputed)
    return module.emitError() << toString(recomputed.takeError());
  llvm::Expected<rt::SpikeCode> code = chooseCode(options.spikeCode, chip);
  if (!code)
    return module.emitError() << toString(code.takeError());
  MappingOptions mapping = options;
  if (*code != rt::SpikeCode::Dense) {
    llvm::Expected<Sharing> sharing = sharingOfEvents(options.sharing);
    if (!sharing)
      return module.emitError() << toString(sharing.takeError());
    mapping.sharing = *sharing;
  }
  const Assessor assessor{module, *function, config, chip, mapping, *copies, *recomputed, onlyWhetherFits, *code};
  std::optional<Assessment> best;
  uint64_t bestCores = 0;
  for (const rt::CoreGroup &group : chip.groups) {
    FailureOr<Assessment> next = assessor.assessGroups({&group});
    if (failed(next))
      return failure();
    const uint64_t cores = uint64_t(group.columns) * group.rows;
    const size_t problems = countExceeded(*next);
    if (best && (problems > countExceeded(*best) || (problems == countExceeded(*best) && cores <= bestCores)))
      continue;
    best = std::move(*next), bestCores = cores;
  }
  return assessor.improve(std::move(*best));
}

FailureOr<std::optional<Limit>> fullestLinkOfTick(ModuleOp placed) {
  FailureOr<rt::Program> program = readProgramIR(placed, /*withImages=*/false);
  if (failed(program))
    return failure();
  const std::optional<rt::TickLoad> most = rt::tickLoadsOf(*program).link;
  if (!most)
    return std::optional<Limit>();
  return std::optional<Limit>({"events of a tick on a link", "bytes", "", most->need, most->supply,
                               most->isOver() ? Limit::Exceeded : Limit::Fits, ""});
}

} // namespace wage::chip
