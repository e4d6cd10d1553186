//===- LayerBits.h - widths that a user chose for single layers  -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_LAYERBITS_H
#define WAGE_COMPILER_QUANTIZATION_LAYERBITS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace wage {

/// Widths of the weights of a layer, and of the activation that is made of its sums.
struct LayerWidths {
  int weights, activations;
};

/// Widths by the name of the layer's node.
class LayerBits {
public:
  /// Reads `NODE:W-A` entries. Errors: another form, a width out of range, a name given twice.
  static llvm::Expected<LayerBits> parse(llvm::ArrayRef<std::string> entries);

  std::optional<LayerWidths> find(llvm::StringRef name) const;
  /// The width of the activation at `value`: that of the layer it is made of through elementwise operations and pools,
  /// where one was chosen, else `fallback`.
  int getActivationBits(mlir::Value value, int fallback) const;
  /// Reports every name that no linear layer of `main` has.
  mlir::LogicalResult verify(mlir::func::FuncOp main) const;

private:
  llvm::StringMap<LayerWidths> layers;
};

/// Whether a layer of neurons: what has weights to be rounded.
bool isLinear(mlir::Operation *op);

/// The name of the ONNX node that `location` stands for; empty where there is none.
llvm::StringRef getNodeName(mlir::Location location);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_LAYERBITS_H
