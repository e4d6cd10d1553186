//===- GoldenRun.cpp - a training run as the golden model makes it -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/GoldenRun.h"

#include "compiler/Interpreter/Evaluator.h"
#include "compiler/Interpreter/Npy.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace wage::interpreter {
namespace {

/// Samples [first, first + samples) in file order, beginning again at the end.
Tensor takeSamples(const Tensor &all, int64_t first, int64_t samples) {
  std::vector<int64_t> shape = all.shape;
  const int64_t perSample = Tensor::count({shape.begin() + 1, shape.end()});
  shape[0] = samples;
  Tensor taken(std::move(shape));
  for (int64_t i = 0; i < samples; ++i)
    std::copy_n(all.elements.begin() + (first + i) % all.shape[0] * perSample, perSample,
                taken.elements.begin() + i * perSample);
  return taken;
}

/// The lowest index of the largest accumulator of each sample is its class. Source: arithmetic.md section 5.
int64_t countWrong(const Tensor &logits, const Tensor &labels) {
  int64_t wrong = 0;
  for (int64_t b = 0; b < logits.shape[0]; ++b) {
    const auto row = logits.elements.begin() + b * logits.shape[1];
    wrong += std::max_element(row, row + logits.shape[1]) - row != labels.elements[b];
  }
  return wrong;
}

class GoldenRun {
public:
  GoldenRun(ModuleOp module, const RunOptions &options) : module(module), options(options), evaluator(module) {}

  LogicalResult prepare();
  int64_t sampleCount() const { return images.shape[0]; }
  LogicalResult infer(int64_t samples);
  LogicalResult train();

private:
  FailureOr<func::FuncOp> findFunction(StringRef name, unsigned arguments);
  FailureOr<Tensor> read(StringRef path, StringRef what);
  LogicalResult write(const Twine &name, const Tensor &tensor);
  LogicalResult writeMasters(StringRef prefix);
  LogicalResult writeScales();
  /// One row of exponents_and_wrong is appended to `table`.
  LogicalResult trainStep(func::FuncOp function, int64_t step, Tensor &table);

  ModuleOp module;
  const RunOptions &options;
  Evaluator evaluator;
  Tensor images, labels;
};

FailureOr<func::FuncOp> GoldenRun::findFunction(StringRef name, unsigned arguments) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.getNumArguments() != arguments || function.getNumResults() == 0)
    return module.emitError() << "has no function @" << name << " of " << arguments << " arguments that returns logits";
  if (const auto parameter = dyn_cast<RankedTensorType>(function.getArgument(0).getType());
      parameter && parameter.getRank() == 4 && parameter.getElementType().isUnsignedInteger(8))
    return function;
  return function.emitOpError() << "takes " << function.getArgument(0).getType() << ", needs a batch of images";
}

FailureOr<Tensor> GoldenRun::read(StringRef path, StringRef what) {
  llvm::Expected<Tensor> tensor = readNpy(path);
  if (!tensor)
    return module.emitError() << what << ": " << llvm::toString(tensor.takeError());
  return std::move(*tensor);
}

LogicalResult GoldenRun::write(const Twine &name, const Tensor &tensor) {
  if (options.sink)
    return options.sink(name, tensor);
  if (llvm::Error error = writeNpy((options.traceDir + "/" + name + ".npy").str(), tensor))
    return module.emitError() << llvm::toString(std::move(error));
  return success();
}

LogicalResult GoldenRun::prepare() {
  FailureOr<Tensor> read = this->read(options.imagesPath, "images");
  FailureOr<func::FuncOp> function = findFunction("infer", 1);
  if (failed(read) || failed(function))
    return failure();
  images = std::move(*read);
  const auto parameter = cast<ShapedType>((*function).getArgument(0).getType());
  if (images.shape.size() != 4 || images.shape[0] == 0 ||
      ArrayRef(images.shape).drop_front() != parameter.getShape().drop_front())
    return module.emitError() << options.imagesPath << ": images have shape [" << ArrayRef(images.shape)
                              << "], the network needs " << parameter;
  const ConfigAttr config = module->getAttrOfType<ConfigAttr>(WageDialect::configAttr);
  if (!config || options.batch < 1 || options.batch > config.getBatch())
    return module.emitError() << "batch is " << options.batch << ", the module holds "
                              << (config ? config.getBatch() : 0);
  return evaluator.initialize();
}

LogicalResult GoldenRun::infer(int64_t samples) {
  FailureOr<func::FuncOp> function = findFunction("infer", 1);
  if (failed(function))
    return failure();
  evaluator.setObserver({});
  Tensor logits({samples, 0});
  for (int64_t first = 0; first < samples; first += options.batch) {
    const int64_t count = std::min(options.batch, samples - first);
    FailureOr<std::vector<Tensor>> results = evaluator.call(*function, {takeSamples(images, first, count)});
    if (failed(results))
      return failure();
    const Tensor &part = results->front();
    logits.shape[1] = part.shape[1];
    logits.elements.insert(logits.elements.end(), part.elements.begin(), part.elements.end());
  }
  return write("logits", logits);
}

LogicalResult GoldenRun::writeScales() {
  for (auto global : module.getOps<ml_program::GlobalOp>()) {
    const auto ordinal = global->getAttrOfType<IntegerAttr>(WageDialect::ordinalAttr);
    const auto scale = global->getAttrOfType<DenseI32ArrayAttr>(WageDialect::scaleAttr);
    if (!ordinal || !scale)
      continue;
    const ArrayRef<int32_t> exponents = scale.asArrayRef();
    if (failed(write("scale_log2." + Twine(ordinal.getInt()),
                     Tensor({scale.size()}, {exponents.begin(), exponents.end()}))))
      return failure();
  }
  return success();
}

LogicalResult GoldenRun::writeMasters(StringRef prefix) {
  for (auto global : module.getOps<ml_program::GlobalOp>())
    if (const auto ordinal = global->getAttrOfType<IntegerAttr>(WageDialect::ordinalAttr);
        ordinal && global.getIsMutable()) // a frozen layer has none
      if (failed(write(prefix + "." + Twine(ordinal.getInt()), evaluator.getGlobal(global.getSymName()))))
        return failure();
  return success();
}

LogicalResult GoldenRun::trainStep(func::FuncOp function, int64_t step, Tensor &table) {
  LogicalResult written = success();
  evaluator.setObserver({});
  if (options.sink || llvm::is_contained(options.traceSteps, step))
    evaluator.setObserver([&](StringRef trace, const Tensor &tensor) {
      if (failed(write("step" + Twine(step) + "." + trace, tensor)))
        written = failure();
    });
  const Tensor stepLabels = takeSamples(labels, step * options.batch, options.batch);
  FailureOr<std::vector<Tensor>> results =
      evaluator.call(function, {takeSamples(images, step * options.batch, options.batch), stepLabels,
                                Tensor::scalar(options.lrLog2[step]), Tensor::scalar(step),
                                Tensor::scalar(static_cast<int64_t>(options.seed))});
  if (failed(results) || failed(written))
    return failure();
  for (const Tensor &exponent : llvm::drop_begin(*results))
    table.elements.push_back(exponent.elements.front());
  table.elements.push_back(countWrong(results->front(), stepLabels));
  return success();
}

LogicalResult GoldenRun::train() {
  FailureOr<func::FuncOp> function = findFunction("train", 5);
  FailureOr<Tensor> read = this->read(options.labelsPath, "labels");
  if (failed(function) || failed(read))
    return failure();
  labels = std::move(*read);
  if (labels.shape != std::vector<int64_t>{images.shape[0]})
    return module.emitError() << options.labelsPath << ": labels have shape [" << ArrayRef(labels.shape)
                              << "], the images need [" << images.shape[0] << "]";
  if (failed(writeScales()) || failed(writeMasters("initial")))
    return failure();
  const int64_t steps = options.lrLog2.size();
  Tensor table;
  for (int64_t step = 0; step < steps; ++step)
    if (failed(trainStep(*function, step, table)))
      return failure();
  table.shape = {steps, steps == 0 ? 0 : static_cast<int64_t>(table.elements.size()) / steps};
  if (failed(write("exponents_and_wrong", table)) || failed(writeMasters("final")))
    return failure();
  return infer(std::min(images.shape[0], 4 * options.batch));
}

} // namespace

LogicalResult runInference(ModuleOp module, const RunOptions &options) {
  GoldenRun run(module, options);
  if (failed(run.prepare()))
    return failure();
  return run.infer(/*samples=*/run.sampleCount());
}

LogicalResult runTraining(ModuleOp module, const RunOptions &options) {
  GoldenRun run(module, options);
  if (failed(run.prepare()))
    return failure();
  return run.train();
}

} // namespace wage::interpreter
