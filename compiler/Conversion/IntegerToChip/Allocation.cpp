//===- Allocation.cpp - addresses for buffers ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// Buffers of a core never share memory: an address is good for the whole step. What is used most is placed first, so that
// core memory holds the working set and off-chip memory what is only kept.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/Placement.h"
#include "dialects/chip/Program/ProgramIR.h"

#include <algorithm>
#include <numeric>

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPALLOCATEPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

/// Lines of each buffer of a core.
std::vector<uint64_t> bufferSizes(const rt::Program &program, const rt::Core &core) {
  std::vector<uint64_t> lines;
  for (const rt::BufferDecl &buffer : program.templates[core.templateIndex].buffers)
    lines.push_back(rt::bufferLines(buffer.type, static_cast<uint64_t>(rt::operandValue(buffer.elements, core)),
                                    rt::bufferSlots(buffer, program.config)));
  return lines;
}

/// Sample buffers first, then those of the step, then those of the batch; small before large; then in order.
std::vector<size_t> placingOrder(const rt::Template &t, const std::vector<uint64_t> &lines) {
  std::vector<size_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0);
  auto rank = [&](size_t i) {
    const rt::Lifetime lifetime = t.buffers[i].lifetime;
    return lifetime == rt::Lifetime::Sample ? 0 : lifetime == rt::Lifetime::Step ? 1 : 2;
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::make_pair(rank(a), lines[a]) < std::make_pair(rank(b), lines[b]);
  });
  return order;
}

} // namespace

uint64_t bufferBytes(const rt::Program &program, const rt::Core &core) {
  const std::vector<uint64_t> lines = bufferSizes(program, core);
  return std::accumulate(lines.begin(), lines.end(), uint64_t(0)) * rt::addressLineBytes;
}

Allocation allocate(rt::Program &program) {
  const rt::ChipDescription &chip = program.chip;
  Allocation result;
  result.offChipSupply =
      chip.offChip.bytes * chip.chipColumns * chip.chipRows / rt::addressLineBytes * rt::addressLineBytes;
  result.offChipOfLayer.assign(program.layers.size() + 1, 0);
  result.largestCoreSupply = chip.groups.front().dataBytes;
  uint64_t offChipUsed = 0;
  for (size_t index = 0; index < program.cores.size(); ++index) {
    rt::Core &core = program.cores[index];
    const rt::Template &t = program.templates[core.templateIndex];
    const rt::CoreGroup *group = core.x == unplaced ? &chip.groups.front() : groupAt(chip, core.x, core.y);
    const uint64_t coreLines = group ? group->dataBytes / rt::addressLineBytes : 0;
    const std::vector<uint64_t> lines = bufferSizes(program, core);
    uint64_t used = 0, spilled = 0;
    for (size_t i : placingOrder(t, lines)) {
      const bool spill = lines[i] > coreLines - used;
      uint64_t &next = spill ? offChipUsed : used;
      if (const rt::Operand &address = t.buffers[i].address; address.isParameter)
        core.parameters[address.value] = static_cast<uint32_t>(next) | (spill ? rt::offChipBit : 0);
      next += lines[i];
      spilled += spill ? lines[i] : 0;
    }
    result.offChipOfLayer[std::min<size_t>(core.layer, program.layers.size())] += spilled * rt::addressLineBytes;
    if ((used + spilled) * rt::addressLineBytes > result.largestCoreBytes) {
      result.largestCoreBytes = (used + spilled) * rt::addressLineBytes;
      result.largestCore = static_cast<uint32_t>(index);
      result.largestCoreSupply = coreLines * rt::addressLineBytes;
    }
  }
  result.offChipBytes = offChipUsed * rt::addressLineBytes;
  return result;
}

namespace {

struct ChipAllocate : impl::ChipAllocatePassBase<ChipAllocate> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<rt::Program> program = readProgramIR(module, /*withImages=*/false);
    if (failed(program))
      return signalPassFailure();
    const Allocation a = allocate(*program);
    spilledBytes += a.offChipBytes;
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
