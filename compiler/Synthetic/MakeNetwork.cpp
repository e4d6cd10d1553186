//===- MakeNetwork.cpp - networks of any size ---------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Synthetic/Passes.h"
#include "runtime/Numerics/Philox.h"
#include "targets/ChipModel/ChipReader.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/Builders.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <optional>

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_ONNXMAKENETWORK
#include "compiler/Synthetic/Passes.h.inc"

namespace {

/// Extents of the network's layers, in channels or features.
struct Widths {
  int64_t channels = 0; ///< of a convolution
  int64_t features = 0; ///< of a layer that is fully connected, and of the output
};

/// A convolution's roots send to 9 blocks of rows for each block of neurons, so that two of these make 18 receivers; those of a
/// fully connected layer to as many as it has blocks of neurons.
Widths widthsFor(uint64_t cores, const rt::CoreGroup &group) {
  const double growth = std::max(1.0, std::pow(double(cores) / 4000, 0.25));
  const auto step = static_cast<int64_t>(std::min(group.axons, group.neurons));
  return {step * std::llround(2 * growth), step * std::llround(16 * growth)};
}

class NetworkMaker {
public:
  NetworkMaker(ModuleOp module, const rt::CoreGroup &group, Widths widths, uint64_t seed)
      : b(module.getContext()), module(module), group(group), widths(widths), seed(seed) {}

  /// The fewest cores of a network: two convolutions, and what every network ends with.
  uint64_t leastCores() const { return coresOf(window * image, widths.channels) + convolutionCores() + endCores(); }

  /// Requires leastCores() at least.
  void make(uint64_t cores) {
    begin();
    history = {relu(convolve(main.getArgument(0), image))};
    grow(std::max((cores + used) / 2, std::min(cores - endCores(), used + convolutionCores())), convolutionCores(),
         [&](Value input) { return convolve(input, widths.channels); });
    history = {relu(connect(pooled(history.back()), widths.channels))};
    grow(cores - connectionCores(), connectionCores(), [&](Value input) { return connect(input, widths.features); });
    Value logits = connect(history.back(), widths.features);
    func::ReturnOp::create(b, name("logits"), logits);
  }

private:
  static constexpr int64_t image = 3, side = 4, kernel = 3, window = kernel * kernel;
  /// Layers from a value to the nearest that reads it over a long way.
  static constexpr size_t reach = 2;

  RankedTensorType type(ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, b.getF32Type()); }
  RankedTensorType planes(int64_t channels, int64_t extent) {
    return type({ShapedType::kDynamic, channels, extent, extent});
  }
  Location name(const Twine &text) { return NameLoc::get(b.getStringAttr(text)); }

  uint64_t coresOf(int64_t rows, int64_t neurons) const {
    return llvm::divideCeil(rows, group.axons) * llvm::divideCeil(neurons, group.neurons);
  }
  uint64_t convolutionCores() const { return coresOf(window * widths.channels, widths.channels); }
  uint64_t connectionCores() const { return coresOf(widths.features, widths.features); }
  uint64_t endCores() const { return coresOf(widths.channels, widths.features) + connectionCores(); }

  void begin() {
    module->setAttr(onnxir::opsetAttr, b.getI64IntegerAttr(13));
    b.setInsertionPointToEnd(module.getBody());
    main = func::FuncOp::create(b, name("images"), "main",
                                b.getFunctionType(planes(image, side), type({ShapedType::kDynamic, widths.features})));
    main.setArgAttr(0, onnxir::nameAttr, b.getStringAttr("images"));
    main.setResultAttr(0, onnxir::nameAttr, b.getStringAttr("logits"));
    b.setInsertionPointToStart(main.addEntryBlock());
  }

  Value weights(const std::string &layer, ArrayRef<int64_t> shape) {
    const std::string symbol = layer + ".weight";
    const RankedTensorType of = type(shape);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPoint(main);
      auto zeros = DenseElementsAttr::get(of, 0.0f); // one number, whatever the shape
      ml_program::GlobalOp::create(b, name(symbol), symbol, of, /*is_mutable=*/false, zeros,
                                   b.getStringAttr("private"));
    }
    return ml_program::GlobalLoadConstOp::create(b, name(symbol), of, FlatSymbolRefAttr::get(b.getContext(), symbol));
  }

  Value convolve(Value input, int64_t channels) {
    const std::string layer = "conv" + std::to_string(++convolutions);
    used += coresOf(window * channels, widths.channels);
    Value weight = weights(layer, {widths.channels, channels, kernel, kernel});
    return onnxir::ConvOp::create(b, name(layer), planes(widths.channels, side), input, weight, Value(),
                                  b.getDenseI64ArrayAttr({1, 1}), b.getDenseI64ArrayAttr({1, 1, 1, 1}),
                                  DenseI64ArrayAttr(), b.getI64IntegerAttr(1));
  }

  Value connect(Value input, int64_t features) {
    const std::string layer = "fc" + std::to_string(++connections);
    used += coresOf(features, widths.features);
    Value weight = weights(layer, {widths.features, features});
    return onnxir::GemmOp::create(b, name(layer), type({ShapedType::kDynamic, widths.features}), input, weight, Value(),
                                  b.getUnitAttr());
  }

  Value relu(Value input) { return onnxir::ReluOp::create(b, name("relu" + Twine(++relus)), input); }
  Value add(Value lhs, Value rhs) { return onnxir::AddOp::create(b, name("add" + Twine(++sums)), lhs, rhs); }

  /// One number for each channel, as a row of features.
  Value pooled(Value input) {
    Value maxima = onnxir::MaxPoolOp::create(b, name("pool"), planes(widths.channels, 1), input,
                                             b.getDenseI64ArrayAttr({side, side}), b.getDenseI64ArrayAttr({side, side}),
                                             b.getDenseI64ArrayAttr({0, 0, 0, 0}), DenseI64ArrayAttr());
    return onnxir::FlattenOp::create(b, name("flatten"), type({ShapedType::kDynamic, widths.channels}), maxima);
  }

  /// A value from before the last `reach`.
  Value earlier() {
    const auto draw = rt::philox4x32({draws++, 0, 0, 0}, seed)[0];
    return history[draw % (history.size() - reach)];
  }

  /// Adds layers of `cost` cores each as long as there are not more than `cores`.
  void grow(uint64_t cores, uint64_t cost, llvm::function_ref<Value(Value)> layer) {
    for (size_t i = 0;; ++i) {
      const bool reaches = history.size() > reach, isPair = reaches && i % 3 == 2;
      if (used + (isPair ? 2 : 1) * cost > cores)
        return;
      Value value = layer(history.back());
      if (isPair)
        value = add(value, layer(earlier()));
      else if (reaches && i % 3 == 1)
        value = add(value, history[history.size() - reach]);
      history.push_back(relu(value));
    }
  }

  OpBuilder b;
  ModuleOp module;
  const rt::CoreGroup &group;
  const Widths widths;
  const uint64_t seed;
  func::FuncOp main;
  std::vector<Value> history; ///< the layers' results in order, as far as later ones may read them
  uint64_t used = 0;          ///< cores
  unsigned convolutions = 0, connections = 0, relus = 0, sums = 0;
  uint32_t draws = 0;
};

struct OnnxMakeNetworkPass : impl::OnnxMakeNetworkBase<OnnxMakeNetworkPass> {
  using OnnxMakeNetworkBase::OnnxMakeNetworkBase;

  LogicalResult make() {
    ModuleOp module = getOperation();
    if (!module.getBody()->empty())
      return module.emitError("is not empty, needed a module to make a network in");
    llvm::Expected<rt::ChipDescription> description = loadChip(chip);
    if (!description)
      return module.emitError() << llvm::toString(description.takeError());
    const rt::CoreGroup &group = description->groups.front();
    NetworkMaker maker(module, group, widthsFor(cores, group), seed);
    if (cores < maker.leastCores() || cores > mostCores)
      return module.emitError() << "found " << cores.getValue() << " cores for a network, needed " << maker.leastCores()
                                << " to " << mostCores;
    maker.make(cores);
    return success();
  }

  void runOnOperation() override {
    if (failed(make()))
      signalPassFailure();
  }

  static constexpr uint64_t mostCores = uint64_t(1) << 22; ///< as the largest grid
};

} // namespace

} // namespace wage
