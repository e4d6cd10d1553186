//===- Placement.cpp - positions in raster order ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Placement.h"

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "dialects/chip/Program/ProgramIR.h"

#include <algorithm>

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPPLACEPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

const rt::CoreGroup *groupAt(const rt::ChipDescription &chip, uint32_t x, uint32_t y) {
  const uint32_t column = x % chip.gridColumns, row = y % chip.gridRows;
  for (const rt::CoreGroup &g : chip.groups)
    if (column >= g.firstX && column - g.firstX < g.columns && row >= g.firstY && row - g.firstY < g.rows)
      return &g;
  return nullptr;
}

std::vector<std::pair<uint32_t, uint32_t>> workingPositions(const rt::ChipDescription &chip,
                                                            const rt::CoreGroup &group) {
  const uint32_t columns = chip.gridColumns * chip.chipColumns, rows = chip.gridRows * chip.chipRows;
  std::vector<std::pair<uint32_t, uint32_t>> positions;
  for (uint32_t y = 0; y < rows; ++y)
    for (uint32_t i = 0; i < columns; ++i) {
      const uint32_t x = y % 2 == 0 ? i : columns - 1 - i;
      if (groupAt(chip, x, y) == &group &&
          !std::binary_search(chip.faultyCores.begin(), chip.faultyCores.end(), y * columns + x))
        positions.push_back({x, y});
    }
  return positions;
}

/// Bits of the widest result of a product.
static uint32_t widestAccumulator(const rt::Program &program) {
  uint32_t widest = 0;
  for (const rt::Template &t : program.templates)
    for (size_t i = 0; i < t.words.size() / rt::instructionWords; ++i) {
      const rt::Instruction in = rt::decodeInstruction(t.words, i);
      if (in.opcode == rt::Opcode::Forward || in.opcode == rt::Opcode::Transposed)
        widest = std::max(widest, rt::chipBits(t.buffers[in.operands[1].value].type));
      else if (in.opcode == rt::Opcode::Outer)
        widest = std::max(widest, rt::chipBits(t.buffers[in.operands[2].value].type));
    }
  return widest;
}

bool canRun(const rt::CoreGroup &group, const rt::Program &program) {
  const auto &widths = group.weightBits;
  if (std::find(widths.begin(), widths.end(), program.config.weightBits) == widths.end() ||
      widestAccumulator(program) > group.accumulatorBits)
    return false;
  const rt::LearningCapabilities &l = group.learning;
  if (program.config.mode == rt::Mode::Train &&
      !(l.transposedRead && l.outerProduct && l.maxReduce && l.masterBits >= program.config.gradientBits &&
        l.randomBits >= program.config.randomBits))
    return false;
  const uint32_t axons = group.axonsFor(program.config.weightBits);
  if (program.config.mode == rt::Mode::Infer && group.widthFor(program.config.weightBits) != program.storedWeightBits())
    return false;
  for (const rt::Core &core : program.cores) {
    const uint64_t rows = core.rowEnd - core.rowBegin, neurons = core.neuronEnd - core.neuronBegin;
    if (rows > axons || neurons > group.neurons ||
        rt::packedBytes(rows * neurons, program.storedWeightBits()) > group.synapseBytes)
      return false;
  }
  return true;
}

namespace {

struct ChipPlace : impl::ChipPlacePassBase<ChipPlace> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<rt::Program> program = readProgramIR(module, /*withImages=*/false);
    if (failed(program))
      return signalPassFailure();
    std::vector<std::pair<uint32_t, uint32_t>> positions;
    for (const rt::CoreGroup &group : program->chip.groups)
      if (canRun(group, *program)) {
        auto more = workingPositions(program->chip, group);
        positions.insert(positions.end(), more.begin(), more.end());
      }
    if (positions.size() < program->cores.size()) {
      module.emitError() << "chip '" << program->chip.name << "': cores: " << program->cores.size() << " needed, "
                         << positions.size() << " there";
      return signalPassFailure();
    }
    for (size_t i = 0; i < program->cores.size(); ++i)
      std::tie(program->cores[i].x, program->cores[i].y) = positions[i];
    if (failed(writeProgramIR(*program, module)))
      signalPassFailure();
  }
};

} // namespace

} // namespace wage::chip
