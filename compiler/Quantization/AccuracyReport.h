//===- AccuracyReport.h - how far integers are from floats, layer by layer  -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_ACCURACYREPORT_H
#define WAGE_COMPILER_QUANTIZATION_ACCURACYREPORT_H

#include "compiler/FloatEvaluator/FloatTensor.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace wage {

/// One activation of a lowered network, or its output, on some samples.
struct LayerAccuracy {
  std::string name; ///< ONNX node
  int bits = 0;     ///< 0 for the accumulators of the output
  double step = 0;  ///< what one integer is worth
  uint64_t elements = 0, saturated = 0, zeros = 0;
  double signal = 0, noise = 0; ///< sums of squares: of the float value, of its difference to the integer one

  /// 10 log10(signal / noise). Units: decibels; infinite where there is no noise.
  double getSnr() const;
};

struct AccuracyReport {
  int64_t samples = 0;
  std::vector<LayerAccuracy> layers; ///< in file order, the output last
};

/// Runs `integers`, a module of the wage level, and `floats`, the graph of the onnx level that it was made of, on the first of
/// `samples`: as many as the interpreter evaluates in a few seconds, 1 to 64. On the way, layer by layer, the constant biases of
/// `integers` are changed by what each channel's sum is off on average, so that no layer takes the mean errors of those
/// before it. Source: Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019,
/// section 4.2 and appendix D (empirical bias correction).
///
/// Shape:  `samples` as the argument of @main.
/// Errors: an operation that cannot be evaluated; reported.
mlir::FailureOr<AccuracyReport> correctBiases(mlir::ModuleOp floats, mlir::ModuleOp integers,
                                              const floats::FloatTensor &samples);

/// A table with a line per layer.
void printAccuracy(const AccuracyReport &report, llvm::raw_ostream &out);

/// A warning by name for every layer that is always 0 or mostly saturated.
void warnOfLostLayers(const AccuracyReport &report, mlir::Location location);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_ACCURACYREPORT_H
