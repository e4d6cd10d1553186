//===- FloatEvaluator.h - runs a network of the onnx level in float32 -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATEVALUATOR_FLOATEVALUATOR_H
#define WAGE_COMPILER_FLOATEVALUATOR_FLOATEVALUATOR_H

#include "compiler/FloatEvaluator/FloatTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/DenseMap.h"

#include <functional>
#include <optional>
#include <vector>

namespace wage::floats {

/// Evaluates @main of a module of the onnx level. Products are Eigen's in float32, everything else is computed in double
/// and rounded once per operation, so that results agree with other implementations to a few units in the last place.
class FloatEvaluator {
public:
  /// Samples evaluated at once: enough for a matrix product to be worth its name, few enough for the cache.
  static constexpr int64_t samplesPerBlock = 16;

  /// Called with every value that an operation makes, of one block of samples at a time; from several threads at once.
  using Observer = std::function<void(mlir::Value value, const FloatTensor &tensor)>;

  /// Reads the constants of `module`.
  ///
  /// Errors: no function @main of one block, a constant without readable numbers; reported.
  static llvm::FailureOr<FloatEvaluator> create(mlir::ModuleOp module);

  /// The results of @main for `inputs`. With an open batch, samples are evaluated in blocks of a fixed size, on all of the
  /// host's threads; their number changes no bit.
  ///
  /// Shape:  `inputs` have the shapes of the parameters, one batch for all filled in.
  /// Errors: inputs of another number or shape, a value too large to hold, an operation without a meaning; reported.
  llvm::FailureOr<std::vector<FloatTensor>> run(llvm::ArrayRef<FloatTensor> inputs,
                                                const Observer &observer = nullptr) const;

private:
  explicit FloatEvaluator(mlir::func::FuncOp main) : main(main) {}
  llvm::LogicalResult checkInputs(llvm::ArrayRef<FloatTensor> inputs) const;
  llvm::FailureOr<std::vector<FloatTensor>> runBlock(llvm::ArrayRef<FloatTensor> inputs, int64_t batch,
                                                     const Observer &observer) const;

  mlir::func::FuncOp main;
  llvm::DenseMap<mlir::Value, FloatTensor> constants;
};

/// The numbers of an attribute.
///
/// Errors: nothing if they are neither float32 nor integers, or not there, or more than a block may hold.
std::optional<FloatTensor> readElements(mlir::ElementsAttr elements);

/// The numbers of a value that depends on constants alone.
///
/// Errors: as for `run`; reported.
llvm::FailureOr<FloatTensor> evaluateConstant(mlir::Value value);

/// The numbers that `integers` stand for; see onnx.dequantize_linear. One scale and zero point, or one per element of
/// dimension `axis`.
FloatTensor dequantize(const FloatTensor &integers, llvm::ArrayRef<float> scales, llvm::ArrayRef<int64_t> zeroPoints,
                       int64_t axis);

} // namespace wage::floats

#endif // WAGE_COMPILER_FLOATEVALUATOR_FLOATEVALUATOR_H
