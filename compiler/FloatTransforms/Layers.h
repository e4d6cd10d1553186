//===- Layers.h - factors that go into the weights of a layer --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATTRANSFORMS_LAYERS_H
#define WAGE_COMPILER_FLOATTRANSFORMS_LAYERS_H

#include "compiler/FloatTransforms/Graph.h"

namespace wage::onnxir {

/// A convolution or Gemm with constant weights. Weight `tap` of channel `c` of a group at neuron `n` is number
/// n * neuronStride + c * channelStride + tap.
class Layer {
public:
  /// The layer that `op` is.
  ///
  /// Errors: nothing if it is none, or its weights or its bias are computed.
  static std::optional<Layer> of(mlir::Operation *op, Constants &constants);

  /// Whether outputs or inputs may be multiplied by `factors`, which have the rank of the value.
  bool takesOutputFactors(const FloatTensor &factors) const { return isPerChannel(factors); }
  bool takesInputFactors(const FloatTensor &factors) const { return isPerChannel(factors); }
  /// Whether a number may be added to each channel of the input: only where no padding of zeros is seen.
  bool takesInputOffsets(const FloatTensor &offsets) const;

  /// Calls `visit` with each weight, its neuron and the channel of the input that it takes.
  void visitWeights(llvm::function_ref<void(float weight, int64_t neuron, int64_t channel)> visit) const;
  int64_t getNeurons() const { return neurons; }
  int64_t getGroups() const { return groups; }
  int64_t getChannelsPerGroup() const { return channels; }
  /// Weights per neuron.
  int64_t getAxons() const { return channels * taps; }
  /// The weights as [neurons, axons], an axon being a channel of the group and a tap of it.
  std::vector<float> readWeights() const;

  // The layer stays the same operation, with other constants. Requires that it takes the factors.
  void scaleOutputs(mlir::PatternRewriter &rewriter, const FloatTensor &factors);
  /// A bias made new is called `name`.
  void offsetOutputs(mlir::PatternRewriter &rewriter, const FloatTensor &offsets, llvm::StringRef name);
  void scaleInputs(mlir::PatternRewriter &rewriter, const FloatTensor &factors);
  void writeWeights(mlir::PatternRewriter &rewriter, llvm::ArrayRef<float> weights);
  void offsetInputs(mlir::PatternRewriter &rewriter, const FloatTensor &offsets, llvm::StringRef name);

private:
  Layer(mlir::Operation *op, Constants &constants) : op(op), constants(constants) {}
  template <typename Function> void forEachWeight(Function function) const;
  mlir::Value getWeights() const;
  mlir::Value getBias() const;
  void setWeights(mlir::PatternRewriter &rewriter, const FloatTensor &weights);
  void addToBias(mlir::PatternRewriter &rewriter, llvm::ArrayRef<double> numbers, llvm::StringRef name);
  void setBias(mlir::PatternRewriter &rewriter, const FloatTensor &bias, llvm::StringRef name);

  mlir::Operation *op;
  Constants &constants;
  int64_t neurons, groups, channels, taps, neuronStride, channelStride;
};

} // namespace wage::onnxir

#endif // WAGE_COMPILER_FLOATTRANSFORMS_LAYERS_H
