//===- FitReport.h - whether a network fits a chip, and what would ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FIT_FITREPORT_H
#define WAGE_COMPILER_FIT_FITREPORT_H

#include "compiler/Conversion/IntegerToChip/Limits.h"
#include "compiler/Pipelines/CompileOptions.h"

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace wage {

/// A change of one choice with which the network fits.
struct FitChange {
  std::string choice; ///< of the network a width or the batch, of the mapping recomputed gradients, of the system chips
  uint64_t from = 0, to = 0;
};

/// Whether a network fits a chip, limit by limit.
struct FitReport {
  std::string network, chip, group, mode, bits;
  uint64_t batch = 0;
  bool fits = false;
  std::vector<chip::Limit> limits;
  std::vector<FitChange> changes;        ///< empty if it fits, or if no single change helps
  bool changesSought = true;             ///< no where only a tick's link carries too much: nothing is placed to try one
  std::vector<std::string> fittingChips; ///< listed chips that take the network as it is
};

/// Asks the mapper about `onnx`, a module of the onnx level, which stays unchanged. Weights are partitioned and buffers
/// allocated; nothing is placed (but where links of a chip with fixed ticks ask for it), encoded or written.
///
/// Searched are: the largest smaller batch, the largest smaller width of each kind, gradients that are formed from the batch, the
/// fewest chips in a row, each alone.
/// Errors: diagnostics for what is not supported.
mlir::FailureOr<FitReport> makeFitReport(mlir::ModuleOp onnx, llvm::StringRef network, const CompileOptions &options,
                                         const rt::ChipDescription &chip);

/// Print a report, with the same facts.
void printFitText(const FitReport &report, llvm::raw_ostream &out);
void printFitJson(const FitReport &report, llvm::raw_ostream &out);

} // namespace wage

#endif // WAGE_COMPILER_FIT_FITREPORT_H
