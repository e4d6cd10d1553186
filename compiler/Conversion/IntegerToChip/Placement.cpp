//===- Placement.cpp - which core stands where ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Placement.h"

#include "compiler/Conversion/IntegerToChip/Packing.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "compiler/Conversion/IntegerToChip/SpikeEncoding.h"
#include "dialects/chip/Program/ProgramIR.h"

#include <algorithm>

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPPLACEPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

std::vector<std::pair<uint32_t, uint32_t>> workingPositions(const rt::ChipDescription &chip,
                                                            const rt::CoreGroup &group) {
  const uint32_t columns = chip.gridColumns * chip.chipColumns, rows = chip.gridRows * chip.chipRows;
  std::vector<std::pair<uint32_t, uint32_t>> positions;
  for (uint32_t y = 0; y < rows; ++y)
    for (uint32_t i = 0; i < columns; ++i) {
      const uint32_t x = y % 2 == 0 ? i : columns - 1 - i;
      if (chip.groupAt(x, y) == &group &&
          !std::binary_search(chip.faultyCores.begin(), chip.faultyCores.end(), y * columns + x))
        positions.push_back({x, y});
    }
  return positions;
}

namespace {

llvm::Expected<std::vector<Pin>> parsePins(ArrayRef<std::string> texts) {
  std::vector<Pin> pins;
  for (const std::string &text : texts) {
    llvm::Expected<Pin> pin = parsePin(text);
    if (!pin)
      return pin.takeError();
    pins.push_back(std::move(*pin));
  }
  return pins;
}

/// " of groups 'a', 'b'" where these are not all that the chip has.
std::string groupNames(const rt::ChipDescription &chip, const CoreCount &count) {
  std::string names;
  for (size_t g = 0; g < count.groups.size(); ++g)
    if (count.groups[g])
      names += (names.empty() ? "'" : ", '") + chip.groups[g].name + "'";
  const bool isAll = llvm::all_of(count.groups, [](bool in) { return in; });
  return isAll ? "" : names.empty() ? " for a block that none can hold" : " of groups " + names;
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
    if (llvm::Error problem = addFaultyCores(program.chip, faultyCores))
      return problem;
    if (llvm::Error problem = checkGrid(program.chip))
      return problem;
    llvm::Expected<Sharing> sharing = program.hasEvents() ? sharingOfEvents(pack) : Sharing(pack);
    if (!sharing)
      return sharing.takeError();
    auto pins = parsePins(pin);
    if (!pins)
      return pins.takeError();
    placement::Problem wishes = gridOf(program);
    if (llvm::Error found = setAreas(wishes, program, *pins))
      return found;
    if (llvm::Error found = readKept(wishes, program, *sharing))
      return found;
    const Packed packed = packBlocks(program, wishes, *sharing, cores);
    if (llvm::Error found = takeAnyPositions(program, wishes, packed))
      return found;
    placement::Problem problem = contract(withNets(std::move(wishes), collectNets(program)), packed);
    if (llvm::Error found = checkRooms(problem, *pins))
      return found;
    std::optional<placement::Placement> placed = placement::place(problem, way);
    if (!placed)
      return llvm::createStringError("cores that keep their positions leave too few to others of their rectangle");
    for (size_t i = 0; i < program.cores.size(); ++i)
      standOn(program.cores[i], problem, problem.indexOf((*placed)[packed.coreOf[i]]));
    return llvm::Error::success();
  }

  /// Errors: a chip that nothing can be placed on, as IR may describe it.
  static llvm::Error checkGrid(const rt::ChipDescription &chip) {
    constexpr uint64_t largestGrid = uint64_t(1) << 22; // as the loader's
    const uint64_t columns = uint64_t(chip.gridColumns) * chip.chipColumns,
                   rows = uint64_t(chip.gridRows) * chip.chipRows;
    if (columns > largestGrid || rows > largestGrid || columns * rows > largestGrid)
      return llvm::createStringError("chip '" + chip.name + "': grid of " + llvm::Twine(columns) + " x " +
                                     llvm::Twine(rows) + " cores, needed at most " + llvm::Twine(largestGrid));
    if (chip.offChip.bytes && (chip.offChip.portX >= columns || chip.offChip.portY >= rows))
      return llvm::createStringError("chip '" + chip.name + "': off-chip port outside the grid");
    return llvm::Error::success();
  }

  /// Where buffers go, and with them what is fetched from off chip, depends on the kind of core and on who shares it: any
  /// working ones will do. Errors: too few positions.
  llvm::Error takeAnyPositions(rt::Program &program, const placement::Problem &wishes, const Packed &packed) const {
    const auto positions = anyPositions(wishes, packed);
    CoreCount count = countCores(wishes, packed);
    if (cores && count.need <= count.supply)
      count.need = packed.cores, count.supply = std::min<uint64_t>(count.supply, cores);
    if (!positions || count.need > count.supply)
      return llvm::createStringError("chip '" + program.chip.name + "': cores" + groupNames(program.chip, count) +
                                     ": " + llvm::Twine(count.need) + " needed, " + llvm::Twine(count.supply) +
                                     " there");
    for (size_t i = 0; i < program.cores.size(); ++i)
      standOn(program.cores[i], wishes, (*positions)[packed.coreOf[i]]);
    return llvm::Error::success();
  }

  static void standOn(rt::Core &core, const placement::Problem &problem, uint32_t position) {
    core.x = position % problem.columns, core.y = position / problem.columns;
  }

  static placement::Problem withNets(placement::Problem wishes, placement::Problem nets) {
    nets.areaOfPosition = std::move(wishes.areaOfPosition);
    nets.areaOfCore = std::move(wishes.areaOfCore);
    nets.fixedPosition = std::move(wishes.fixedPosition);
    nets.kindOfPosition = std::move(wishes.kindOfPosition);
    return nets;
  }

  llvm::Error readKept(placement::Problem &problem, const rt::Program &program, Sharing sharing) {
    if (keep.empty())
      return llvm::Error::success();
    llvm::Expected<rt::Program> earlier = readEarlierProgram(keep);
    if (!earlier)
      return earlier.takeError();
    if (llvm::Error found = keepPlacement(problem, program, *earlier, sharing != Sharing::Off))
      return llvm::createStringError(keep + ": " + toString(std::move(found)));
    return llvm::Error::success();
  }
};

} // namespace

} // namespace wage::chip
