//===- Limits.h - what a network needs of a chip, limit by limit ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LIMITS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LIMITS_H

#include "compiler/Conversion/IntegerToChip/MappingOptions.h"
#include "runtime/Format/Program.h"

#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>
#include <vector>

namespace wage::chip {

/// One limit of the chip and what the network needs of it, at the layer that needs most.
struct Limit {
  enum State {
    Fits,
    Split,   ///< more than one core has, so that the layer takes several
    Spills,  ///< more than a core has, the rest is held off chip
    Exceeded ///< no mapping meets it
  };
  std::string name, unit, layer; ///< layer: empty if it is the whole network's
  uint64_t need = 0, supply = 0;
  State state = Fits;
  std::string detail; ///< more than the name says; may be empty

  uint64_t excess() const { return need > supply ? need - supply : 0; }
};

/// `axons of layer 'conv2': 800 axons needed, 576 there`: the limit as a sentence.
std::string describe(const Limit &limit);

/// What the mapper finds of a network on a chip. Limits after an exceeded one are counted as if it were met.
struct Assessment {
  std::string group; ///< cores mapped to; of several kinds the names
  std::vector<Limit> limits;
  rt::Program program; ///< without positions and addresses; for use only if it fits

  bool fits() const;
};

/// Lowers the integer level's @train or @infer for the cores of `chip`, and compares every limit.
///
/// Of several core groups the one is taken that exceeds the fewest limits, of these the one with the most cores; or several, each
/// for some of the layers (LayerGroups.h), where one is not enough or not all layers learn.
/// With `onlyWhetherFits` nothing is lowered once a limit is exceeded, so that the list may be short of others.
/// An objective other than fewest cores is pursued once the network fits.
/// Errors: a diagnostic, where the module is not of the integer level or an operation has no instruction.
mlir::FailureOr<Assessment> assess(mlir::ModuleOp module, rt::ChipDescription chip, const MappingOptions &options = {},
                                   bool onlyWhetherFits = false);

/// Where chip-allocate puts a program's buffers.
struct Allocation {
  uint64_t offChipBytes = 0, offChipSupply = 0;
  std::vector<uint64_t> offChipOfLayer; ///< bytes; the last entry is of cores without a layer
  std::vector<uint64_t> offChipOfCore;  ///< lines
  uint64_t largestCoreBytes = 0;        ///< of the core that takes most, wherever its buffers are
  uint32_t largestCore = 0;
  uint64_t largestCoreSupply = 0;

  bool fits() const;
};

/// Bytes that each core's buffers would take if its memory held them all, sharing it or each with an address of its own.
std::vector<uint64_t> sharedBytes(const rt::Program &program);
std::vector<uint64_t> unsharedBytes(const rt::Program &program);

/// Fills the address columns of the cores' rows; addresses are good only if the allocation fits.
Allocation allocate(rt::Program &program);

/// The same, and chooses how many samples have a place in the buffers that packets are copied into: so many that samples can
/// follow each other as fast as cores, links and the off-chip port let them, at most `mostSlots` (0: the batch), as far as core
/// memory holds them without putting more off chip. One, where cores are not placed yet. Source: docs/mapping.md, "Buffers and
/// addresses".
Allocation allocateForPipeline(rt::Program &program, uint64_t mostSlots);

/// One place in every buffer, as before the above.
void resetSlots(rt::Program &program);

/// Of a placed program, the link that most bytes of events may cross in one tick; none where no message is an event.
/// Errors: the program cannot be read; reported.
mlir::FailureOr<std::optional<Limit>> fullestLinkOfTick(mlir::ModuleOp placed);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LIMITS_H
