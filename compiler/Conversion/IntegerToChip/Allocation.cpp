//===- Allocation.cpp - addresses for buffers ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// Buffers of a core that are needed at different times share memory (runtime/Format/Liveness.h says when that is). What is used
// most is placed first, so that core memory holds the working set and off-chip memory what is only kept.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/Placement.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "runtime/Format/Extents.h"
#include "runtime/Format/Liveness.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/Verifier.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <numeric>
#include <optional>

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPALLOCATEPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

constexpr uint64_t anyLines = std::numeric_limits<uint64_t>::max();

/// What a core asks of its memory: of each buffer the lines, and when they are needed.
struct Demand {
  std::vector<uint64_t> lines;
  std::vector<rt::LiveRange> ranges;

  bool operator==(const Demand &o) const { return lines == o.lines && ranges == o.ranges; }
};

/// Where a core's buffers lie: lines from the start of its memory, or of what it has off chip.
struct Layout {
  std::vector<uint64_t> begin;
  std::vector<bool> isOffChip;
  uint64_t coreLines = 0, offChipLines = 0;
};

/// Places buffers one by one, each at the first lines that nothing needed at the same time has.
class Packer {
public:
  explicit Packer(const Demand &demand) : demand(demand) {}

  /// The lines before `limit` where buffer `index` may begin; nothing if there are none.
  std::optional<uint64_t> find(size_t index, uint64_t limit) const {
    uint64_t begin = 0;
    for (size_t other : placed) // by address
      if (demand.ranges[other].meets(demand.ranges[index]) && at[other] < begin + demand.lines[index])
        begin = std::max(begin, at[other] + demand.lines[other]);
    return begin <= limit && demand.lines[index] <= limit - begin ? std::optional(begin) : std::nullopt;
  }
  void put(size_t index, uint64_t begin) {
    if (!demand.lines[index])
      return;
    at.resize(demand.lines.size());
    at[index] = begin;
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), begin, [&](uint64_t b, size_t i) { return b < at[i]; }), index);
    used = std::max(used, begin + demand.lines[index]);
  }
  uint64_t size() const { return used; }

private:
  const Demand &demand;
  std::vector<size_t> placed;
  std::vector<uint64_t> at;
  uint64_t used = 0;
};

/// Sample buffers first, then those of the step, then those of the batch; then by size, then in order.
std::vector<size_t> placingOrder(const rt::Template &t, const std::vector<uint64_t> &lines, bool largeFirst) {
  std::vector<size_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0);
  auto rank = [&](size_t i) {
    const rt::Lifetime lifetime = t.buffers[i].lifetime;
    return lifetime == rt::Lifetime::Sample ? 0 : lifetime == rt::Lifetime::Step ? 1 : 2;
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::make_pair(rank(a), largeFirst ? ~lines[a] : lines[a]) <
           std::make_pair(rank(b), largeFirst ? ~lines[b] : lines[b]);
  });
  return order;
}

Layout placeInOrder(const Demand &demand, const std::vector<size_t> &order, uint64_t coreLines) {
  Layout layout{std::vector<uint64_t>(order.size()), std::vector<bool>(order.size())};
  Packer core(demand), offChip(demand);
  for (size_t i : order) {
    const std::optional<uint64_t> begin = core.find(i, coreLines);
    layout.isOffChip[i] = !begin;
    layout.begin[i] = begin ? *begin : *offChip.find(i, anyLines);
    (begin ? core : offChip).put(i, layout.begin[i]);
  }
  layout.coreLines = core.size(), layout.offChipLines = offChip.size();
  return layout;
}

/// Large buffers first leave fewer gaps, small ones first leave more of what is used most in the core's memory: the better
/// of both, by what goes off chip.
Layout placeBuffers(const rt::Template &t, const Demand &demand, uint64_t coreLines) {
  Layout small = placeInOrder(demand, placingOrder(t, demand.lines, false), coreLines);
  Layout large = placeInOrder(demand, placingOrder(t, demand.lines, true), coreLines);
  const bool isBetter =
      std::make_pair(large.offChipLines, large.coreLines) < std::make_pair(small.offChipLines, small.coreLines);
  return isBetter ? large : small;
}

/// Lines of each buffer of a core.
std::vector<uint64_t> bufferLines(const rt::Program &program, const rt::Core &core) {
  std::vector<uint64_t> lines;
  for (const rt::BufferDecl &buffer : program.templates[core.templateIndex].buffers)
    lines.push_back(rt::linesOf(program, core, buffer));
  return lines;
}

/// Finds layouts, of cores of one template mostly the same again.
class LayoutFinder {
public:
  LayoutFinder(const rt::Program &program) : program(program), known(program.templates.size()) {
    for (const rt::Template &t : program.templates)
      liveness.emplace_back(program, t);
  }

  const Layout &find(const rt::Core &core, uint64_t coreLines) {
    const rt::Template &t = program.templates[core.templateIndex];
    Demand demand = demandOf(core);
    for (const Known &one : known[core.templateIndex])
      if (one.coreLines == coreLines && one.demand == demand)
        return one.layout;
    Layout layout = placeBuffers(t, demand, coreLines);
    return known[core.templateIndex].emplace_back(Known{std::move(demand), coreLines, std::move(layout)}).layout;
  }

private:
  struct Known {
    Demand demand;
    uint64_t coreLines;
    Layout layout;
  };

  Demand demandOf(const rt::Core &core) const {
    const rt::Template &t = program.templates[core.templateIndex];
    Demand demand{bufferLines(program, core), {}};
    for (size_t i = 0; i < t.buffers.size(); ++i)
      demand.ranges.push_back(liveness[core.templateIndex].rangeOf(i, core));
    return demand;
  }

  const rt::Program &program;
  std::vector<rt::Liveness> liveness;
  std::vector<std::deque<Known>> known; ///< by template
};

} // namespace

std::vector<uint64_t> sharedBytes(const rt::Program &program) {
  LayoutFinder layouts(program);
  std::vector<uint64_t> bytes;
  for (const rt::Core &core : program.cores)
    bytes.push_back(layouts.find(core, anyLines).coreLines * rt::addressLineBytes);
  return bytes;
}

std::vector<uint64_t> unsharedBytes(const rt::Program &program) {
  std::vector<uint64_t> bytes;
  for (const rt::Core &core : program.cores) {
    const std::vector<uint64_t> lines = bufferLines(program, core);
    bytes.push_back(std::accumulate(lines.begin(), lines.end(), uint64_t(0)) * rt::addressLineBytes);
  }
  return bytes;
}

Allocation allocate(rt::Program &program) {
  const rt::ChipDescription &chip = program.chip;
  Allocation result;
  result.offChipSupply =
      chip.offChip.bytes * chip.chipColumns * chip.chipRows / rt::addressLineBytes * rt::addressLineBytes;
  result.offChipOfLayer.assign(program.layers.size() + 1, 0);
  result.largestCoreSupply = chip.groups.front().dataBytes;
  uint64_t offChipUsed = 0;
  LayoutFinder layouts(program);
  const rt::Positions positions(program);
  std::vector<uint64_t> usedOf(positions.size(), 0); // lines, by what stands there already
  for (size_t index = 0; index < program.cores.size(); ++index) {
    rt::Core &core = program.cores[index];
    const rt::Template &t = program.templates[core.templateIndex];
    const rt::CoreGroup *group = core.x == unplaced ? &chip.groups.front() : chip.groupAt(core.x, core.y);
    const uint64_t coreLines = group ? group->dataBytes / rt::addressLineBytes : 0;
    uint64_t none = 0, &used = core.x == unplaced ? none : usedOf[positions.of(static_cast<uint32_t>(index))];
    const Layout *found = &layouts.find(core, coreLines);
    if (found->coreLines > coreLines - used) // others have some of it
      found = &layouts.find(core, coreLines - used);
    const Layout &layout = *found;
    for (size_t i = 0; i < t.buffers.size(); ++i)
      if (const rt::Operand &address = t.buffers[i].address; address.isParameter)
        core.parameters[address.value] =
            static_cast<uint32_t>(layout.begin[i] + (layout.isOffChip[i] ? offChipUsed : used)) |
            (layout.isOffChip[i] ? rt::offChipBit : 0);
    used += layout.coreLines;
    offChipUsed += layout.offChipLines;
    result.offChipOfCore.push_back(layout.offChipLines);
    result.offChipOfLayer[std::min<size_t>(core.layer, program.layers.size())] +=
        layout.offChipLines * rt::addressLineBytes;
    const uint64_t bytes = (layout.coreLines + layout.offChipLines) * rt::addressLineBytes;
    if (bytes > result.largestCoreBytes) {
      result.largestCoreBytes = bytes;
      result.largestCore = static_cast<uint32_t>(index);
      result.largestCoreSupply = coreLines * rt::addressLineBytes;
    }
  }
  result.offChipBytes = offChipUsed * rt::addressLineBytes;
  return result;
}

namespace {

struct ChipAllocate : impl::ChipAllocatePassBase<ChipAllocate> {
  using ChipAllocatePassBase::ChipAllocatePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<rt::Program> program = readProgramIR(module, /*withImages=*/true);
    if (failed(program))
      return signalPassFailure();
    Allocation a = allocateForPipeline(*program, /*mostSlots=*/1);
    // Costs are only defined of programs that the loader would take; of others chip-verify says what is wrong.
    if (bufferSlots != 1 && a.fits() && rt::verifyProgram(*program).ok())
      a = allocateForPipeline(*program, bufferSlots);
    if (!a.fits()) {
      auto diagnostic = module.emitError()
                        << "chip '" << program->chip.name << "': off-chip memory: " << a.offChipBytes
                        << " bytes needed beside the cores' data memory, " << a.offChipSupply << " there";
      for (size_t i = 0; i < program->layers.size(); ++i)
        if (a.offChipOfLayer[i])
          diagnostic.attachNote() << "layer '" << program->layers[i].name << "': " << a.offChipOfLayer[i]
                                  << " bytes at batch " << program->config.maxBatch;
      return signalPassFailure();
    }
    updateCoresIR(*program, module);
  }
};

} // namespace

} // namespace wage::chip
