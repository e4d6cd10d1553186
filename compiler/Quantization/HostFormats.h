//===- HostFormats.h - what the host does before and behind the chip  -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_HOSTFORMATS_H
#define WAGE_COMPILER_QUANTIZATION_HOSTFORMATS_H

#include "compiler/Quantization/Layout.h"
#include "compiler/Quantization/Pointwise.h"
#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace wage {

/// The input of a float network as a chip takes it: the operations behind the argument that only reorder it or give each
/// channel a scale and an offset are the host's, folded into the encoding of the input.
struct InputFormat {
  mlir::Value argument;
  mlir::Value value;            ///< what the chip's input stands for
  Layout layout;                ///< `value`'s order, from the argument's
  ChannelNumbers scale, offset; ///< `value` = argument * scale + offset, one number or one per channel of `value`
};

/// The output of a float network: what stands behind the last value that the chip computes.
struct OutputFormat {
  mlir::Value value;                              ///< what the chip computes
  Layout layout;                                  ///< the order that the functions and the user see
  llvm::SmallVector<mlir::Operation *> functions; ///< of the host, in order, and reshapes between them
};

/// The function of one number that a host computes for `op`; nothing if it is none, or has an axis.
std::optional<HostFunctionKind> getHostFunction(mlir::Operation *op);

/// Errors: none; without anything to fold, `value` is the argument, or the result. For training only Softmax and ArgMax are
/// folded (arithmetic.md section 4: they are dropped).
InputFormat matchInput(mlir::func::FuncOp main);
OutputFormat matchOutput(mlir::func::FuncOp main, bool forTraining);

/// The layer whose sums `output` is made of by constants added, means and reshapes alone: what multiplies its weights and all
/// biases up to `output` multiplies `output`. Null if there is none.
mlir::Operation *findOutputLayer(mlir::Value output);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_HOSTFORMATS_H
