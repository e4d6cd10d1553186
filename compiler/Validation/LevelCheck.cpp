//===- LevelCheck.cpp - whether passes change what a network computes --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Validation/LevelCheck.h"

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/Interpreter/Npy.h"
#include "compiler/Validation/ChipRun.h"
#include "dialects/chip/IR/ChipOps.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/wage/IR/WageOps.h"
#include "runtime/Api/RunTrace.h"
#include "runtime/Format/Verifier.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include "llvm/Support/Format.h"

#include <cmath>

using namespace mlir;

namespace wage::validation {

namespace {

/// The level of a module, or empty between two of them.
StringRef levelOf(ModuleOp module) {
  if (!module.getOps<chip::ProgramOp>().empty())
    return "chip";
  bool isOnnx = false, isWage = false, isInteger = false;
  module.walk([&](Operation *op) {
    isOnnx |= isa_and_nonnull<onnxir::OnnxDialect>(op->getDialect());
    isWage |= isa_and_nonnull<WageDialect>(op->getDialect());
    isInteger |= isa_and_nonnull<integer::IntegerDialect>(op->getDialect());
  });
  if (isOnnx + isWage + isInteger != 1)
    return "";
  return isOnnx ? "onnx" : isWage ? "wage" : "integer";
}

/// Images as floats from -1 to 1, whatever the network was trained on: passes of one level are compared with each other.
FailureOr<std::vector<double>> runFloats(ModuleOp module, const interpreter::Tensor &images) {
  FailureOr<floats::FloatEvaluator> evaluator = floats::FloatEvaluator::create(module);
  if (failed(evaluator))
    return failure();
  floats::FloatTensor input(images.shape);
  for (size_t i = 0; i < images.elements.size(); ++i)
    input.mutableData()[i] = static_cast<float>(double(images.elements[i]) / 127.5 - 1);
  FailureOr<std::vector<floats::FloatTensor>> outputs = evaluator->run({input});
  if (failed(outputs))
    return failure();
  std::vector<double> reals;
  for (const floats::FloatTensor &output : *outputs)
    reals.insert(reals.end(), output.data(), output.data() + output.size());
  return reals;
}

double cosine(ArrayRef<double> a, ArrayRef<double> b) {
  double both = 0, first = 0, second = 0;
  for (size_t i = 0; i < a.size(); ++i)
    both += a[i] * b[i], first += a[i] * a[i], second += b[i] * b[i];
  return first > 0 && second > 0 ? both / std::sqrt(first * second) : first == second;
}

/// How two arrays differ; empty if they do not.
std::string differenceOf(const interpreter::Tensor &a, const interpreter::Tensor &b) {
  if (a.shape != b.shape)
    return "has another shape";
  const std::optional<rt::ArrayDifference> found = rt::differenceOf(a.elements, b.elements);
  if (!found)
    return "";
  return std::to_string(found->count) + " of " + std::to_string(a.elements.size()) +
         " elements differ, the first number " + std::to_string(found->first) + ": " +
         std::to_string(a.elements[found->first]) + " and " + std::to_string(b.elements[found->first]);
}

/// Arrays of a run of the interpreter: `untrained.logits`, and with labels those of training.
LogicalResult interpret(ModuleOp module, const interpreter::RunOptions &samples, Snapshot &snapshot) {
  interpreter::RunOptions options = samples;
  std::string prefix = "untrained.";
  options.sink = [&](const Twine &name, const interpreter::Tensor &tensor) {
    snapshot.arrays[prefix + name.str()] = tensor;
    return success();
  };
  if (failed(interpreter::runInference(module, options)))
    return failure();
  if (samples.labelsPath.empty() || !module.lookupSymbol<func::FuncOp>("train"))
    return success();
  prefix.clear();
  return interpreter::runTraining(module, options);
}

} // namespace

std::optional<Snapshot> LevelCheck::take(ModuleOp module) {
  Snapshot snapshot;
  snapshot.level = levelOf(module).str();
  if (snapshot.level.empty())
    return std::nullopt;
  if (snapshot.level == "chip") {
    FailureOr<rt::Program> program = chip::readProgramIR(module, /*withImages=*/true);
    if (succeeded(program) && !rt::verifyProgram(*program).ok())
      return std::nullopt; // not placed, or without addresses
    if (mlir::failed(program) || mlir::failed(runChip(module, *program, samples, snapshot.arrays)))
      failed = true;
  } else if (snapshot.level == "onnx") {
    llvm::Expected<interpreter::Tensor> images = interpreter::readNpy(samples.imagesPath);
    if (!images) {
      module.emitError() << "images: " << llvm::toString(images.takeError());
      failed = true;
      return std::nullopt;
    }
    FailureOr<std::vector<double>> reals = runFloats(module, *images);
    failed |= mlir::failed(reals);
    if (succeeded(reals))
      snapshot.reals = std::move(*reals);
  } else if (mlir::failed(interpret(module, samples, snapshot))) {
    failed = true;
  }
  return failed ? std::nullopt : std::optional(std::move(snapshot));
}

bool LevelCheck::compare(const Snapshot &before, const Snapshot &now, std::string &text) const {
  llvm::raw_string_ostream out(text);
  if (before.level == "onnx" && now.level == "onnx") {
    double largest = 0, apart = 0;
    for (size_t i = 0; i < std::min(before.reals.size(), now.reals.size()); ++i) {
      largest = std::max(largest, std::abs(before.reals[i]));
      apart = std::max(apart, std::abs(before.reals[i] - now.reals[i]));
    }
    const bool isEqual = before.reals.size() == now.reals.size() && apart <= 1e-3 * std::max(largest, 1e-3);
    out << now.reals.size() << " real outputs, " << llvm::format("%.1e", apart) << " apart of "
        << llvm::format("%.1e", largest);
    return isEqual;
  }
  if (before.level == "onnx") {
    const auto logits = now.arrays.find("untrained.logits");
    if (logits == now.arrays.end() || logits->second.elements.size() != before.reals.size()) {
      out << "outputs of another number";
      return true; // an output of another form, such as classes
    }
    const std::vector<double> integers(logits->second.elements.begin(), logits->second.elements.end());
    out << "cosine " << llvm::format("%.4f", cosine(before.reals, integers)) << " of real outputs and logits";
    return true;
  }
  size_t arrays = 0, elements = 0;
  for (const auto &[name, tensor] : now.arrays) {
    const auto other = before.arrays.find(name);
    if (other == before.arrays.end())
      continue;
    if (const std::string difference = differenceOf(other->second, tensor); !difference.empty()) {
      out << "'" << name << "': " << difference;
      return false;
    }
    ++arrays, elements += tensor.elements.size();
  }
  out << arrays << " arrays, " << elements << " integers equal";
  return arrays > 0;
}

void LevelCheck::look(ModuleOp module, StringRef pass) {
  if (failed)
    return;
  std::optional<Snapshot> now = take(module);
  if (!now)
    return;
  now->pass = pass.str();
  report << "level check: " << now->level << " level behind " << pass;
  std::string text = last ? "" : "first";
  if (last && !compare(*last, *now, text)) {
    report << ": differs\n";
    module.emitError() << "the " << now->level << " level behind '" << pass << "' does not compute what the "
                       << last->level << " level behind '" << last->pass << "' does: " << text;
    failed = true;
    return;
  }
  report << ": " << text << "\n";
  last = std::move(now);
}

void LevelCheckInstrumentation::runAfterPass(Pass *pass, Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (module && !module->getParentOp() && !pass->getArgument().empty())
    check.look(module, pass->getArgument());
}

} // namespace wage::validation
