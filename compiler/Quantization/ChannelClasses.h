//===- ChannelClasses.h - channels that must be scaled alike ---- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_CHANNELCLASSES_H
#define WAGE_COMPILER_QUANTIZATION_CHANNELCLASSES_H

#include "compiler/FloatTransforms/Layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace wage {

/// Partition of the channels (dimension 1) of all values of a network: those of one class can be multiplied by one positive
/// number, from the layers that make them to the layers that take them, and the network computes the same. Operations that do
/// not let such a number pass put the channels they touch into the fixed class, whose number is 1.
class ChannelClasses {
public:
  /// Walks `main`, whose layers with constant weights are the places where classes end.
  ChannelClasses(mlir::func::FuncOp main, onnxir::Constants &constants);

  /// Classes are numbered from 0, the fixed one, to size() - 1.
  int64_t size() const { return count; }
  bool isKnown(mlir::Value value) const { return first.contains(value); }
  int64_t channels(mlir::Value value) const { return onnxir::shapeOf(value)[1]; }
  int64_t classOf(mlir::Value value, int64_t channel) const { return classes[first.lookup(value) + channel]; }

private:
  void enter(mlir::Value value);
  void visit(mlir::Operation &op, onnxir::Constants &constants);
  void fix(mlir::Value value);
  void tie(mlir::Value lhs, mlir::Value rhs);
  void tieConcat(onnxir::ConcatOp concat);
  void tieReshaped(mlir::Value input, mlir::Value result);
  void unite(int64_t lhs, int64_t rhs);
  int64_t find(int64_t slot);
  void number();

  llvm::DenseMap<mlir::Value, int64_t> first; ///< slot of channel 0
  std::vector<int64_t> parents{0};            ///< slot 0 is the fixed class's
  std::vector<int64_t> classes;               ///< of each slot
  int64_t count = 1;
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_CHANNELCLASSES_H
