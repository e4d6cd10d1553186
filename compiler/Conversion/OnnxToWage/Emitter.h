//===- Emitter.h - write a planned network --------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_EMITTER_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_EMITTER_H

#include "compiler/Conversion/OnnxToWage/GraphPlan.h"
#include "compiler/Conversion/OnnxToWage/Passes.h"
#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/StringSet.h"

namespace wage {

/// How initial weights are drawn, where they are.
struct Draw {
  Initialization init;
  uint64_t seed;
  int64_t gain;
};

/// Writes @infer and the globals by a plan, and erases what stood there. Cannot fail.
class Emitter {
public:
  Emitter(mlir::ModuleOp module, const GraphPlan &plan, ConfigAttr config, Draw draw)
      : module(module), plan(plan), config(config), draw(draw), builder(module.getContext()) {}
  void run();

private:
  // Emitter.cpp: parameters, the function
  void emitWeights(size_t ordinal);
  void emitBody(mlir::Value images);
  mlir::Value emitInput(mlir::Value images);
  mlir::ml_program::GlobalOp makeGlobal(mlir::Location loc, llvm::StringRef name, mlir::ElementsAttr value,
                                        bool isMutable, llvm::StringRef layer);
  mlir::Value load(mlir::ml_program::GlobalOp global);
  void describeHost();

  // EmitNodes.cpp
  void emit(mlir::Operation &op);
  mlir::Value emitNode(mlir::Operation &op);
  mlir::Value emitConv(onnxir::ConvOp op);
  mlir::Value emitMatmul(mlir::Operation *op, mlir::Value input);
  mlir::Value emitMaxPool(onnxir::MaxPoolOp op);
  mlir::Value emitAveragePool(onnxir::AveragePoolOp op);
  mlir::Value emitSum(mlir::Operation *op);
  mlir::Value emitConcat(onnxir::ConcatOp op);
  mlir::Value emitMovement(mlir::Operation *op);
  mlir::Value addBias(mlir::Operation *op, mlir::Value sum);

  mlir::Value quantize(mlir::Location loc, mlir::Value value, GridType grid);
  mlir::Value lookUpTable(mlir::Location loc, mlir::Value input, const TablePlan &table);
  mlir::Value rearrange(mlir::Location loc, mlir::Value input, llvm::ArrayRef<int64_t> shape, const Box &box);
  /// An operand as the operation takes it: on another grid, or repeated.
  mlir::Value takeOperand(mlir::OpOperand &operand);
  mlir::Value lookUp(mlir::Value value) { return values.lookup(value); }

  mlir::ModuleOp module;
  const GraphPlan &plan;
  ConfigAttr config;
  Draw draw;
  mlir::OpBuilder builder;
  mlir::IRMapping values;
  llvm::SmallVector<mlir::Value> weights; ///< in use, by ordinal
  // The names of the functions of the level are not a parameter's.
  llvm::StringSet<> names = llvm::StringSet<>({"infer", "train"});
};

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_EMITTER_H
