//===- Graph.h - what the passes on float graphs share ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATTRANSFORMS_GRAPH_H
#define WAGE_COMPILER_FLOATTRANSFORMS_GRAPH_H

#include "compiler/FloatEvaluator/FloatTensor.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/IR/PatternMatch.h"

#include <optional>
#include <string>

namespace wage::onnxir {

using floats::FloatTensor;

inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::ShapedType>(value.getType()).getShape();
}
inline int64_t rankOf(mlir::Value value) { return static_cast<int64_t>(shapeOf(value).size()); }

/// Whether the graph holds the numbers of `value`: an initializer or an `onnx.constant`.
bool isConstant(mlir::Value value);

/// Whether `value` has the open batch in front, which every value that depends on the network's input has.
inline bool isPerSample(mlir::Value value) { return hasOpenBatch(shapeOf(value)); }

/// The shape of one sample of `value`, with a batch of 1.
inline llvm::SmallVector<int64_t> sampleShape(mlir::Value value) {
  llvm::SmallVector<int64_t> shape(shapeOf(value));
  shape[0] = 1;
  return shape;
}

/// Whether `value` is only the network's input in other places and on another scale: what is done to it is done where it is
/// read.
bool isInput(mlir::Value value);

/// Whether a sample of `value` has numbers: with none of them, shapes are too odd to be worth a rule.
inline bool hasNumbers(mlir::Value value) { return countPerSample(shapeOf(value)).value_or(0) > 0; }

/// Whether factors of each number of `value` by itself may be written out while rewriting: 256 MiB. Values of more are left as
/// they are, and those of none, where no factor could be told from another.
inline bool isWithinReach(mlir::Value value) {
  constexpr int64_t mostNumbers = int64_t{1} << 26;
  return hasNumbers(value) && *countPerSample(shapeOf(value)) <= mostNumbers;
}

/// The numbers and names of the constants of one module.
class Constants {
public:
  /// The numbers of `value`.
  ///
  /// Errors: nothing if it is no constant of float32 with its data present.
  std::optional<FloatTensor> read(mlir::Value value);
  /// Whether `read` would succeed, without the work.
  bool canRead(mlir::Value value);
  /// The name the file gives to constant `value`; empty if it is none.
  std::string nameOf(mlir::Value value);
  /// Constant `value` under another shape of as many elements: its name and its numbers, which are not copied.
  mlir::Value reshape(mlir::OpBuilder &builder, mlir::Value value, llvm::ArrayRef<int64_t> shape);

private:
  mlir::SymbolTableCollection symbols;
};

/// A pattern that looks at constants.
template <typename Op> class Pattern : public mlir::OpRewritePattern<Op> {
public:
  Pattern(mlir::MLIRContext *context, Constants &constants, mlir::PatternBenefit benefit = 1)
      : mlir::OpRewritePattern<Op>(context, benefit), constants(constants) {}

protected:
  Constants &constants;
};

/// A constant of the numbers of `tensor` called `name`, whatever else is called so: `onnx-name-constants` settles it.
mlir::Value makeConstant(mlir::OpBuilder &builder, llvm::StringRef name, const FloatTensor &tensor);

/// The name that `location` gives to its node, `suffix` behind it.
std::string nameBehind(mlir::Location location, llvm::StringRef suffix);

mlir::RankedTensorType typeLike(mlir::Value value, llvm::ArrayRef<int64_t> shape);

/// `value` itself where nothing changes.
mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value, llvm::ArrayRef<int64_t> shape);
mlir::Value transpose(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                      llvm::ArrayRef<int64_t> permutation);

/// The permutation that undoes `permutation`.
llvm::SmallVector<int64_t> invert(llvm::ArrayRef<int64_t> permutation);

/// Applies `patterns` until none matches, and drops what nothing looks at any more.
void rewriteGreedily(mlir::Operation *root, mlir::RewritePatternSet patterns);

/// What every pass ends with: see `onnx-simplify-shapes`.
void addShapePatterns(mlir::RewritePatternSet &patterns, Constants &constants);

//===----------------------------------------------------------------------===//
// Factors: numbers by which the elements of a value are multiplied, or which are added to them
//===----------------------------------------------------------------------===//

/// The constant as a tensor of the rank of `value` with 1 wherever it does not vary; dimension 0 is the batch, along which
/// nothing varies.
///
/// Errors: nothing if it would enlarge `value`, which may be too large by itself, or is no constant.
std::optional<FloatTensor> readFactors(Constants &constants, mlir::Value constant, mlir::Value value);

/// The one number for all elements of `like`, whose rank it has.
FloatTensor uniform(mlir::Value like, float number);

/// `factors` without the dimensions along which they are all the same: those become 1.
FloatTensor compress(FloatTensor factors);

/// `factors` written out for each element of a sample of `value`.
FloatTensor expand(const FloatTensor &factors, mlir::Value value);

/// One number each for the `channels` of dimension 1.
std::vector<float> perChannel(const FloatTensor &factors, int64_t channels);

inline bool isUniform(const FloatTensor &factors) { return factors.size() == 1; }
/// Whether `factors` vary along dimension 1 at most.
bool isPerChannel(const FloatTensor &factors);
bool allAre(const FloatTensor &factors, float number);
bool allPositive(const FloatTensor &factors);

/// Elementwise product, sum or quotient, broadcast and in double.
enum class Combination { Product, Sum, Quotient };
FloatTensor combine(Combination combination, const FloatTensor &lhs, const FloatTensor &rhs);

/// What a batch normalisation multiplies by and then adds.
///
/// Errors: nothing if its parameters are no constants.
std::optional<std::pair<FloatTensor, FloatTensor>> readBatchNormalization(Constants &constants,
                                                                          BatchNormalizationOp op);

/// `factors` as a constant: a scalar where they are uniform.
mlir::Value makeFactors(mlir::OpBuilder &builder, llvm::StringRef name, const FloatTensor &factors);

/// `value` times or plus `factors` as the one form that is left of both: `onnx.binary` with a constant on the right that is a
/// scalar, or has the rank of `value` and 1 where it does not vary.
mlir::Value applyFactors(mlir::OpBuilder &builder, mlir::Location loc, BinaryKind kind, mlir::Value value,
                         const FloatTensor &factors, llvm::StringRef name);

} // namespace wage::onnxir

#endif // WAGE_COMPILER_FLOATTRANSFORMS_GRAPH_H
