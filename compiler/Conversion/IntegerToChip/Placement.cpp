//===- Placement.cpp - which core stands where ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Placement.h"

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "runtime/Format/Accumulators.h"

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

/// Bytes of the weights that a core holds.
uint64_t imageBytes(const rt::Program &program, const rt::Core &core) {
  if (core.layer == rt::noIndex)
    return 0;
  return rt::packedBytes(rt::blockOf(program, core).weights(), program.storedWeightBits(program.layers[core.layer]));
}

bool canRun(const rt::CoreGroup &group, const rt::Program &program) {
  if (!group.widthFor(program.config.weightBits))
    return false;
  const rt::LearningCapabilities &l = group.learning;
  if (program.config.mode == rt::Mode::Train &&
      !(l.transposedRead && l.outerProduct && l.maxReduce && l.masterBits >= program.config.gradientBits &&
        l.randomBits >= program.config.randomBits))
    return false;
  const uint32_t axons = group.axonsFor(program.config.weightBits);
  if ((program.config.mode == rt::Mode::Infer || program.hasFrozenLayers()) &&
      group.widthFor(program.config.weightBits) != rt::usedBits(program.chip, program.config))
    return false;
  rt::AccumulatorBits accumulators(program);
  for (const rt::Core &core : program.cores) {
    const uint64_t rows = core.rowEnd - core.rowBegin, neurons = core.neuronEnd - core.neuronBegin;
    if (rows > axons || neurons > group.neurons || imageBytes(program, core) > group.synapseBytes ||
        accumulators.of(core) > group.accumulatorBits)
      return false;
  }
  return true;
}

std::vector<std::pair<uint32_t, uint32_t>> positionsFor(const rt::Program &program) {
  std::vector<std::pair<uint32_t, uint32_t>> positions;
  for (const rt::CoreGroup &group : program.chip.groups)
    if (canRun(group, program)) {
      auto more = workingPositions(program.chip, group);
      positions.insert(positions.end(), more.begin(), more.end());
    }
  return positions;
}

namespace {

/// Reads every text of a list. Errors: the first that `parse` refuses.
template <typename T>
llvm::Expected<std::vector<T>> parseEach(ArrayRef<std::string> texts, llvm::Expected<T> (*parse)(StringRef)) {
  std::vector<T> values;
  for (const std::string &text : texts) {
    llvm::Expected<T> value = parse(text);
    if (!value)
      return value.takeError();
    values.push_back(std::move(*value));
  }
  return values;
}

struct ChipPlace : impl::ChipPlacePassBase<ChipPlace> {
  using ChipPlacePassBase::ChipPlacePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<rt::Program> program = readProgramIR(module, /*withImages=*/false);
    if (failed(program))
      return signalPassFailure();
    if (llvm::Error problem = placeCores(*program)) {
      module.emitError() << toString(std::move(problem));
      return signalPassFailure();
    }
    updateCoresIR(*program, module);
  }

private:
  llvm::Error placeCores(rt::Program &program) {
    placement::Placer way;
    if (llvm::Error problem = parsePlacerName(placer, way))
      return problem;
    if (llvm::Error problem = readFaultyCores(program.chip))
      return problem;
    if (llvm::Error problem = takeAnyPositions(program))
      return problem;
    placement::Problem problem = collectNets(program);
    if (llvm::Error found = readPins(problem, program))
      return found;
    if (llvm::Error found = readKept(problem, program))
      return found;
    std::optional<placement::Placement> placed = placement::place(problem, way);
    if (!placed)
      return llvm::createStringError("cores that keep their positions leave too few to others of their rectangle");
    for (size_t i = 0; i < program.cores.size(); ++i)
      program.cores[i].x = static_cast<uint32_t>((*placed)[i].x),
      program.cores[i].y = static_cast<uint32_t>((*placed)[i].y);
    return llvm::Error::success();
  }

  /// Where buffers go, and with them what is fetched from off chip, depends on the kind of core: any working ones will do.
  /// Errors: a chip that nothing can be placed on, as IR may describe it; too few positions.
  static llvm::Error takeAnyPositions(rt::Program &program) {
    const rt::ChipDescription &chip = program.chip;
    constexpr uint64_t largestGrid = uint64_t(1) << 22; // as the loader's
    const uint64_t columns = uint64_t(chip.gridColumns) * chip.chipColumns,
                   rows = uint64_t(chip.gridRows) * chip.chipRows;
    if (columns > largestGrid || rows > largestGrid || columns * rows > largestGrid)
      return llvm::createStringError("chip '" + chip.name + "': grid of " + llvm::Twine(columns) + " x " +
                                     llvm::Twine(rows) + " cores, needed at most " + llvm::Twine(largestGrid));
    if (chip.offChip.bytes && (chip.offChip.portX >= columns || chip.offChip.portY >= rows))
      return llvm::createStringError("chip '" + chip.name + "': off-chip port outside the grid");
    const auto positions = positionsFor(program);
    if (positions.size() < program.cores.size())
      return llvm::createStringError("chip '" + chip.name + "': cores: " + llvm::Twine(program.cores.size()) +
                                     " needed, " + llvm::Twine(positions.size()) + " there");
    for (size_t i = 0; i < program.cores.size(); ++i)
      std::tie(program.cores[i].x, program.cores[i].y) = positions[i];
    return llvm::Error::success();
  }

  llvm::Error readFaultyCores(rt::ChipDescription &chip) {
    auto positions = parseEach(faultyCores, parsePosition);
    return positions ? addFaultyCores(chip, *positions) : positions.takeError();
  }

  llvm::Error readPins(placement::Problem &problem, const rt::Program &program) {
    auto pins = parseEach(pin, parsePin);
    return pins ? setAreas(problem, program, *pins) : pins.takeError();
  }

  llvm::Error readKept(placement::Problem &problem, const rt::Program &program) {
    if (keep.empty())
      return llvm::Error::success();
    llvm::Expected<rt::Program> earlier = readEarlierProgram(keep);
    if (!earlier)
      return earlier.takeError();
    if (llvm::Error found = keepPlacement(problem, program, *earlier))
      return llvm::createStringError(keep + ": " + toString(std::move(found)));
    return llvm::Error::success();
  }
};

} // namespace

} // namespace wage::chip
