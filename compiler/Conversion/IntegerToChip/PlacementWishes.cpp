//===- PlacementWishes.cpp - what a user asks of a placement ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"

#include "compiler/Conversion/IntegerToChip/Packing.h"
#include "compiler/Conversion/IntegerToChip/Placement.h"
#include "dialects/chip/IR/ChipOps.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/wage/IR/WageOps.h"
#include "runtime/Format/Container.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <map>

using namespace mlir;

namespace wage::chip {

namespace {

llvm::Error makeError(const llvm::Twine &text) { return llvm::createStringError(llvm::inconvertibleErrorCode(), text); }

} // namespace

llvm::Expected<NamedPosition> parsePosition(StringRef text) {
  NamedPosition position;
  auto [x, y] = text.split(':');
  position.isIndex = !text.contains(':');
  if (x.getAsInteger(10, position.x) || (!position.isIndex && y.getAsInteger(10, position.y)))
    return makeError("found '" + text + "', needed the position x:y of a core, or its number y * columns + x");
  return position;
}

llvm::Expected<Pin> parsePin(StringRef text) {
  Pin pin;
  StringRef rest = text;
  // From the right: the name may hold colons.
  for (uint32_t *field : {&pin.rows, &pin.columns, &pin.y, &pin.x}) {
    auto [before, number] = rest.rsplit(':');
    if (before.size() == rest.size() || number.getAsInteger(10, *field))
      return makeError("found '" + text + "', needed LAYER:X:Y:COLUMNS:ROWS");
    rest = before;
  }
  pin.layer = rest.str();
  if (pin.layer.empty() || pin.columns == 0 || pin.rows == 0)
    return makeError("found '" + text +
                     "', needed LAYER:X:Y:COLUMNS:ROWS with a name and a rectangle that is not empty");
  return pin;
}

llvm::Error parsePlacerName(StringRef text, placement::Placer &placer) {
  std::optional<placement::Placer> found = placement::parsePlacer(text.str());
  if (!found)
    return makeError("found '" + text + "', needed " + placement::placerWords);
  placer = *found;
  return llvm::Error::success();
}

llvm::Error addFaultyCores(rt::ChipDescription &chip, ArrayRef<std::string> texts) {
  const uint64_t columns = uint64_t(chip.gridColumns) * chip.chipColumns,
                 rows = uint64_t(chip.gridRows) * chip.chipRows;
  for (const std::string &text : texts) {
    llvm::Expected<NamedPosition> read = parsePosition(text);
    if (!read)
      return read.takeError();
    const NamedPosition &p = *read;
    if (p.isIndex ? p.x >= columns * rows : p.x >= columns || p.y >= rows)
      return makeError("faulty core " + llvm::Twine(p.x) + (p.isIndex ? "" : ":" + std::to_string(p.y)) +
                       " is not on the grid of " + llvm::Twine(columns) + " x " + llvm::Twine(rows) + " cores");
    chip.faultyCores.push_back(p.isIndex ? p.x : static_cast<uint32_t>(p.y * columns + p.x));
  }
  std::sort(chip.faultyCores.begin(), chip.faultyCores.end());
  chip.faultyCores.erase(std::unique(chip.faultyCores.begin(), chip.faultyCores.end()), chip.faultyCores.end());
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Areas
//===----------------------------------------------------------------------===//

namespace {

bool sameRectangle(const Pin &a, const Pin &b) {
  return std::tie(a.x, a.y, a.columns, a.rows) == std::tie(b.x, b.y, b.columns, b.rows);
}

std::string describe(const Pin &pin) {
  return "layer '" + pin.layer + "' pinned to " + std::to_string(pin.columns) + " x " + std::to_string(pin.rows) +
         " cores at (" + std::to_string(pin.x) + ", " + std::to_string(pin.y) + ")";
}

/// Marks a pin's positions as area `area`. Errors: another area has some of them.
llvm::Error markArea(placement::Problem &problem, const Pin &pin, uint16_t area) {
  if (uint64_t(pin.x) + pin.columns > problem.columns || uint64_t(pin.y) + pin.rows > problem.rows)
    return makeError(describe(pin) + ": reaches past the grid of " + llvm::Twine(problem.columns) + " x " +
                     llvm::Twine(problem.rows) + " cores");
  for (uint32_t y = pin.y; y < pin.y + pin.rows; ++y)
    for (uint32_t x = pin.x; x < pin.x + pin.columns; ++x) {
      uint16_t &of = problem.areaOfPosition[uint64_t(y) * problem.columns + x];
      if (of != placement::blocked && of != placement::openArea && of != area)
        return makeError(describe(pin) + ": overlaps another layer's rectangle, needed the same or one apart");
      if (of != placement::blocked)
        of = area;
    }
  return llvm::Error::success();
}

/// By pin, the number of its area: layers of one rectangle share it.
std::vector<uint16_t> areasOf(ArrayRef<Pin> pins) {
  std::vector<uint16_t> areas;
  uint16_t last = placement::openArea;
  for (const auto &[i, pin] : llvm::enumerate(pins)) {
    const auto same = llvm::find_if(pins.take_front(i), [&](const Pin &other) { return sameRectangle(other, pin); });
    areas.push_back(same == pins.begin() + i ? ++last : areas[same - pins.begin()]);
  }
  return areas;
}

llvm::Error checkRoom(const placement::Problem &problem, const Pin &pin, uint16_t area) {
  const auto cores = std::count(problem.areaOfCore.begin(), problem.areaOfCore.end(), area);
  const auto positions = std::count(problem.areaOfPosition.begin(), problem.areaOfPosition.end(), area);
  if (cores > positions)
    return makeError(describe(pin) + ": " + llvm::Twine(cores) + " cores needed there, " + llvm::Twine(positions) +
                     " can be used");
  return llvm::Error::success();
}

llvm::Error pinLayer(placement::Problem &problem, const rt::Program &program, const Pin &pin, uint16_t area) {
  auto layer = llvm::find_if(program.layers, [&](const rt::Layer &l) { return l.name == pin.layer; });
  if (layer == program.layers.end())
    return makeError("pin: there is no layer '" + pin.layer + "'");
  const auto index = static_cast<uint32_t>(layer - program.layers.begin());
  for (size_t core = 0; core < program.cores.size(); ++core)
    if (const uint32_t own = program.cores[core].layer;
        own == index || (own != rt::noIndex && program.originalOf(own) == index)) // its copies too
      problem.areaOfCore[core] = area;
  return markArea(problem, pin, area);
}

} // namespace

llvm::Error setAreas(placement::Problem &problem, const rt::Program &program, ArrayRef<Pin> pins) {
  problem.areaOfPosition.assign(uint64_t(problem.columns) * problem.rows, placement::blocked);
  problem.areaOfCore.assign(problem.cores, placement::openArea);
  problem.fixedPosition.assign(problem.cores, placement::nowhere);
  problem.kindOfPosition.assign(problem.areaOfPosition.size(), 0);
  const std::vector<bool> used = usedGroups(groupSetsOf(program), program.chip.groups.size());
  for (size_t group = 0; group < program.chip.groups.size(); ++group)
    for (const auto &[x, y] : workingPositions(program.chip, program.chip.groups[group])) {
      problem.kindOfPosition[uint64_t(y) * problem.columns + x] = static_cast<uint16_t>(group);
      if (used[group])
        problem.areaOfPosition[uint64_t(y) * problem.columns + x] = placement::openArea;
    }
  if (pins.size() >= placement::blocked)
    return makeError("pin: found over " + llvm::Twine(placement::blocked - 1) + " rectangles");
  const std::vector<uint16_t> areas = areasOf(pins);
  for (const auto &[i, pin] : llvm::enumerate(pins)) {
    if (llvm::any_of(pins.take_front(i), [&](const Pin &other) { return other.layer == pin.layer; }))
      return makeError("pin: layer '" + pin.layer + "' is pinned twice");
    if (llvm::Error problemFound = pinLayer(problem, program, pin, areas[i]))
      return problemFound;
  }
  return llvm::Error::success();
}

llvm::Error checkRooms(const placement::Problem &problem, ArrayRef<Pin> pins) {
  for (const auto &[pin, area] : llvm::zip_equal(pins, areasOf(pins)))
    if (llvm::Error problemFound = checkRoom(problem, pin, area))
      return problemFound;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// An earlier placement
//===----------------------------------------------------------------------===//

namespace {

/// Cores by the name of their template.
std::map<StringRef, std::vector<uint32_t>> coresByRole(const rt::Program &program) {
  std::map<StringRef, std::vector<uint32_t>> roles;
  for (uint32_t core = 0; core < program.cores.size(); ++core)
    roles[program.templates[program.cores[core].templateIndex].name].push_back(core);
  return roles;
}

bool sameBlock(const rt::Program &a, const rt::Core &x, const rt::Program &b, const rt::Core &y) {
  if (std::tie(x.rowBegin, x.rowEnd, x.neuronBegin, x.neuronEnd) !=
          std::tie(y.rowBegin, y.rowEnd, y.neuronBegin, y.neuronEnd) ||
      (x.layer == rt::noIndex) != (y.layer == rt::noIndex))
    return false;
  if (x.layer == rt::noIndex)
    return true;
  const rt::LinearBlock &g = a.layers[x.layer].geometry, &h = b.layers[y.layer].geometry;
  return a.layers[x.layer].name == b.layers[y.layer].name && g.rowEnd == h.rowEnd && g.neurons == h.neurons &&
         g.groups == h.groups && g.positions() == h.positions();
}

} // namespace

llvm::Error keepPlacement(placement::Problem &problem, const rt::Program &program, const rt::Program &earlier,
                          bool mayShare) {
  if (earlier.systemColumns() != problem.columns || earlier.systemRows() != problem.rows)
    return makeError("is placed on a grid of " + llvm::Twine(earlier.systemColumns()) + " x " +
                     llvm::Twine(earlier.systemRows()) + " cores, needed " + llvm::Twine(problem.columns) + " x " +
                     llvm::Twine(problem.rows));
  for (const rt::Core &core : earlier.cores)
    if (core.x >= problem.columns || core.y >= problem.rows)
      return makeError("has a core without a position on the grid, needed a program that is placed");
  const GroupSets sets = groupSetsOf(program);
  const auto before = coresByRole(earlier);
  std::vector<bool> taken(problem.areaOfPosition.size(), false);
  for (const auto &[role, cores] : coresByRole(program)) {
    auto found = before.find(role);
    if (found == before.end() || found->second.size() != cores.size() ||
        !llvm::all_of(llvm::zip_equal(cores, found->second), [&](auto pair) {
          return sameBlock(program, program.cores[std::get<0>(pair)], earlier, earlier.cores[std::get<1>(pair)]);
        }))
      continue;
    for (const auto &[core, was] : llvm::zip_equal(cores, found->second)) {
      const uint32_t position = earlier.cores[was].y * problem.columns + earlier.cores[was].x;
      if ((taken[position] && !mayShare) || !problem.mayStand(core, position) ||
          !sets.of(core)[problem.kindOfPosition[position]])
        continue;
      taken[position] = true;
      problem.fixedPosition[core] = position;
    }
  }
  return llvm::Error::success();
}

llvm::Expected<rt::Program> readEarlierProgram(StringRef path) {
  if (!path.ends_with(".mlir")) {
    rt::Expected<rt::Program> program = rt::loadProgram(path.str());
    if (!program)
      return makeError(program.status().text());
    return std::move(*program);
  }
  // A context of its own: a pass may load no dialects into the one that it runs in.
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<ChipDialect, WageDialect, ml_program::MLProgramDialect>();
  std::string problem;
  ScopedDiagnosticHandler collect(&context, [&](Diagnostic &diagnostic) {
    if (problem.empty() && diagnostic.getSeverity() == DiagnosticSeverity::Error)
      problem = diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  FailureOr<rt::Program> program = failure();
  if (module)
    program = readProgramIR(*module, /*withImages=*/false);
  if (failed(program))
    return makeError(path + ": " + problem);
  return std::move(*program);
}

} // namespace wage::chip
