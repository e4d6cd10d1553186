//===- Planner.h - the walk that plans a conversion ------------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PLANNER_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PLANNER_H

#include "compiler/Conversion/OnnxToWage/GraphPlan.h"
#include "compiler/Quantization/Pointwise.h"
#include "dialects/onnx/IR/OnnxOps.h"

#include "llvm/ADT/StringMap.h"

namespace wage {

/// What an integer of a value is worth: factor * 2^exponent, 1 <= factor < 2. The factor stays 1 in training.
struct Worth {
  int exponent = 0;
  double factor = 1;

  Worth scaled(double by) const;
  double step() const;
};

/// What is known of a value while walking.
struct ValueState {
  bool accumulator; ///< not yet rounded to the grid of activations
  Worth worth;
  mlir::Operation *activated; ///< the Relu that made it an activation, as far as MaxPool and Flatten hand it on
  bool biasable;              ///< a linear layer's sum, to which a constant may still be added
};

class Planner {
public:
  Planner(mlir::func::FuncOp main, const PlanOptions &options)
      : options(options), plan(main, matchInput(main), matchOutput(main, !options.infers)), functions(main) {}
  mlir::FailureOr<GraphPlan> run();

private:
  // Planner.cpp
  void visit(mlir::Operation &op);
  void visitMovement(mlir::Operation *op);
  void visitRelu(onnxir::ReluOp relu);
  void visitAveragePool(onnxir::AveragePoolOp pool);
  void handOn(mlir::Operation *op, bool keepsLayout);
  void setResult(mlir::Operation *op, ValueState state);
  void checkUses(mlir::Value value, mlir::Location location, const mlir::Twine &what);
  bool needsActivation(mlir::Value value) const;
  GridType gridOf(mlir::Value value) const;
  mlir::InFlightDiagnostic refuse(mlir::Operation *op);
  mlir::InFlightDiagnostic refuse(mlir::Location location);

  // PlanHost.cpp
  void planInput();
  void planOutput();
  void markHostOps();

  // PlanTraining.cpp
  void planTraining();
  /// Whether an error passes `value` in training: it depends on weights that are trained.
  bool takesError(mlir::Value value) const { return !options.infers && (trainsAll() || learned.contains(value)); }
  bool trainsAll() const { return options.trainLayers.empty(); }
  bool isTrained(mlir::Operation *linear) const {
    return !options.infers && (trainsAll() || trainedLayers.contains(linear));
  }

  // PlanLinear.cpp
  void visitLinear(mlir::Operation *op, mlir::Value input, mlir::Value weights, mlir::Value bias, bool axonsFirst);
  void planWeights(LayerPlan &layer, const onnxir::ConstantTensor &weights, double factor);
  void planBias(mlir::Operation *op, mlir::Value bias, int64_t channels, int exponent, double factor,
                llvm::ArrayRef<double> correction);
  void planCorrection(const LayerPlan &layer, int exponent, llvm::ArrayRef<double> lost);
  std::vector<double> lostMeans(const LayerPlan &layer, double factor) const;
  double outputFactor(mlir::Operation *op) const;

  // PlanValues.cpp
  /// The state of `value`, which becomes a table if it is a function. Errors: nothing where its operation was refused.
  std::optional<ValueState> require(mlir::Value value);
  void planTable(mlir::Value value);
  void visitBinary(mlir::Operation *op);
  void visitAdd(mlir::Operation *op);
  void addConstant(mlir::Operation *op);
  Worth alignFactors(mlir::Operation *op, const ValueState &left, const ValueState &right);
  void visitMultiply(onnxir::BinaryOp op);
  void visitConcat(onnxir::ConcatOp op);
  void rescale(mlir::OpOperand &operand, const ValueState &state, Worth wanted);
  bool planBroadcast(mlir::OpOperand &operand);

  const PlanOptions &options;
  GraphPlan plan;
  const Pointwise functions;
  mlir::SymbolTableCollection symbols;
  llvm::DenseMap<mlir::Value, ValueState> states;
  llvm::DenseSet<mlir::Operation *> hostOps;
  llvm::DenseSet<mlir::Operation *> trainedLayers; ///< those named, where some are
  llvm::DenseSet<mlir::Value> learned;             ///< what depends on their weights
  llvm::StringMap<mlir::Operation *> weightUsers;
  bool failed = false;
};

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_PLANNER_H
