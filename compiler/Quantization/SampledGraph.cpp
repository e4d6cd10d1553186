//===- SampledGraph.cpp - a float graph with samples of its input -------------- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/SampledGraph.h"

#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

using namespace mlir;

namespace wage {

int Widths::weightsOf(Operation *layer) const {
  const auto own = layers.find(getNodeName(layer->getLoc()));
  return own ? own->weights : weights;
}

FailureOr<SampledGraph> SampledGraph::read(ModuleOp module, const SampleSource &source, Widths widths,
                                           ArrayRef<std::string> layerBits) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || !main.getBody().hasOneBlock() || main.getNumArguments() != 1 || main.getNumResults() != 1)
    return emitError(module.getLoc()) << "needs a function @main of one block, one argument and one result";
  if (auto type = dyn_cast<RankedTensorType>(main.getArgument(0).getType()); !type || type.getRank() < 2)
    return emitError(main.getLoc()) << "argument must be a tensor with a batch in front, got "
                                    << main.getArgument(0).getType();
  else if (onnxir::countPerSample(type.getShape()).value_or(0) == 0)
    return emitError(main.getLoc()) << "argument must hold numbers, got " << type;
  if (widths.activations < 2 || widths.activations > 16 || widths.weights < 1 || widths.weights > 8 || source.limit < 1)
    return emitError(module.getLoc())
           << "needs activations of 2 to 16 bits, weights of 1 to 8 and a limit of at least 1, got "
           << widths.activations << ", " << widths.weights << " and " << source.limit;
  llvm::Expected<LayerBits> layers = LayerBits::parse(layerBits);
  if (!layers)
    return emitError(module.getLoc()) << toString(layers.takeError());
  if (failed(layers->verify(main)))
    return failure();
  widths.layers = std::move(*layers);
  llvm::Expected<floats::FloatTensor> samples = readSamples(source, matchInput(main));
  if (!samples)
    return emitError(module.getLoc()) << toString(samples.takeError());
  return SampledGraph{main, std::move(*samples), std::move(widths)};
}

} // namespace wage
