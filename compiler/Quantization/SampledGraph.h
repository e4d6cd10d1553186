//===- SampledGraph.h - a float graph with samples of its input -- -*- C++ -*- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_SAMPLEDGRAPH_H
#define WAGE_COMPILER_QUANTIZATION_SAMPLEDGRAPH_H

#include "compiler/Quantization/CalibrationData.h"
#include "compiler/Quantization/GridChoice.h"
#include "compiler/Quantization/LayerBits.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace wage {

/// What rounding will do to a network, as far as it is chosen beforehand.
struct Widths {
  GridMethod method;
  int activations, weights; ///< bits, where `layers` says nothing else
  LayerBits layers;

  int weightsOf(mlir::Operation *layer) const;
};

struct SampledGraph {
  mlir::func::FuncOp main;
  floats::FloatTensor samples;
  Widths widths;

  /// Reads what the options of a pass name.
  ///
  /// Errors: no graph with one input and output, widths out of range, samples that do not fit; reported.
  static mlir::FailureOr<SampledGraph> read(mlir::ModuleOp module, const SampleSource &source, Widths widths,
                                            llvm::ArrayRef<std::string> layerBits);
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_SAMPLEDGRAPH_H
