//===- PlacementWishes.h - what a user asks of a placement ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENTWISHES_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENTWISHES_H

#include "compiler/Placement/Placers.h"
#include "runtime/Format/Program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace wage::chip {

/// A rectangle of positions for all cores of a layer.
struct Pin {
  std::string layer;
  uint32_t x = 0, y = 0, columns = 0, rows = 0;
};

/// A position as a user writes it: `x:y`, or one number, y * columns + x.
struct NamedPosition {
  uint32_t x = 0, y = 0;
  bool isIndex = false; ///< x is the number
};

/// Reads `x:y` or a number. Errors: anything else.
llvm::Expected<NamedPosition> parsePosition(llvm::StringRef text);

/// Reads `LAYER:X:Y:COLUMNS:ROWS`. Errors: fewer fields, what is no number, an empty rectangle.
llvm::Expected<Pin> parsePin(llvm::StringRef text);

/// Reads the name of a placer. Errors: another word.
llvm::Error parsePlacerName(llvm::StringRef text, placement::Placer &placer);

/// Adds positions, as `parsePosition` reads them, to the chip's faulty cores. Errors: no position, or one that is not on the grid.
llvm::Error addFaultyCores(rt::ChipDescription &chip, llvm::ArrayRef<std::string> texts);

/// Says of each block where it may stand: on positions of groups that some block can stand on, and by the pins in its layer's
/// rectangle.
///
/// Errors: a layer that is not there or is pinned twice, a rectangle past the grid, two rectangles that overlap and are not the
/// same.
llvm::Error setAreas(placement::Problem &problem, const rt::Program &program, llvm::ArrayRef<Pin> pins);

/// Errors: more cores than positions in a rectangle. Requires: areas, by these pins.
llvm::Error checkRooms(const placement::Problem &problem, llvm::ArrayRef<Pin> pins);

/// Fixes cores where an earlier program had them: the cores of each role (template) that is there under its name with the same
/// blocks of the same layer. A core whose position may not be taken any more is placed anew. Blocks of one core stay together if
/// they `mayShare` it, or else the first keeps it.
///
/// Errors: an earlier program without positions, or of another grid. Requires: areas.
llvm::Error keepPlacement(placement::Problem &problem, const rt::Program &program, const rt::Program &earlier,
                          bool mayShare = true);

/// The program of a binary or, of a file that ends in .mlir, of a module of the chip level. Errors: what is wrong with it.
llvm::Expected<rt::Program> readEarlierProgram(llvm::StringRef path);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENTWISHES_H
