//===- EvaluateModels.cpp - evaluates models as a test names them ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Reads lines `MODEL <tab> INPUT,INPUT,... <tab> OUTPUT.npy` and answers each with a line: `0` when the results are written
// (the second to OUTPUT.npy.1 and so on), else `1` and the errors, a tab before each. One process for a thousand models
// saves a thousand starts. With the argument `canonical` or `training`, the graph is first brought to its canonical form, for
// inference or for training; with `equalized` the channels of the former are equalised for the first input as samples. What the
// graph computes must not change.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatEvaluator/FloatNpy.h"
#include "compiler/Import/OnnxImporter.h"
#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Quantization/Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <iostream>
#include <string>

using namespace mlir;
using namespace wage;

namespace {

/// Whether `module` has the form that `form` names; `samples` is a file of samples of its input, as far as the form needs them.
bool bringToForm(ModuleOp module, StringRef form, const std::string &samples) {
  PassManager passes(module.getContext());
  if (!form.empty())
    buildOnnxCanonicalPipeline(passes, /*training=*/form == "training");
  if (form == "equalized") {
    OnnxEqualizeOptions options;
    options.input = samples;
    options.weights = 4;
    passes.addPass(createOnnxEqualize(options));
  }
  return succeeded(passes.run(module));
}

/// Whether the results were written; else `errors` says why not.
bool evaluateModel(StringRef form, StringRef model, ArrayRef<StringRef> inputs, StringRef output,
                   std::vector<std::string> &errors) {
  MLIRContext context;
  ScopedDiagnosticHandler collect(&context, [&](Diagnostic &diagnostic) { errors.push_back(diagnostic.str()); });
  OwningOpRef<ModuleOp> module = importOnnxFile(model, context, BatchPolicy::OpenOrFixed);
  if (!module)
    return false;
  std::vector<floats::FloatTensor> tensors;
  for (StringRef path : inputs) {
    auto tensor = readTensorFile(path);
    if (!tensor) {
      errors.push_back(StringRef(toString(tensor.takeError())).split(": ").second.str());
      return false;
    }
    tensors.push_back(std::move(*tensor));
  }
  const std::string samples = (output + ".samples.npy").str();
  if (form == "equalized" && !tensors.empty())
    if (llvm::Error problem = floats::writeFloatNpy(samples, tensors.front(), Float32Type::get(&context))) {
      errors.push_back(toString(std::move(problem)));
      return false;
    }
  if (!bringToForm(*module, form, samples))
    return false;
  auto evaluator = floats::FloatEvaluator::create(*module);
  if (failed(evaluator))
    return false;
  auto results = evaluator->run(tensors);
  if (failed(results))
    return false;
  auto types = module->lookupSymbol<func::FuncOp>("main").getResultTypes();
  for (auto [i, tensor] : llvm::enumerate(*results)) {
    std::string path = i == 0 ? output.str() : (output + "." + Twine(i)).str();
    if (llvm::Error problem = floats::writeFloatNpy(path, tensor, cast<ShapedType>(types[i]).getElementType())) {
      errors.push_back(toString(std::move(problem)));
      return false;
    }
  }
  return true;
}

} // namespace

int main(int argc, char **argv) {
  const StringRef form = argc > 1 ? argv[1] : "";
  if (argc > 2 || (argc == 2 && form != "canonical" && form != "training" && form != "equalized"))
    return 2;
  for (std::string line; std::getline(std::cin, line);) {
    SmallVector<StringRef> fields, inputs;
    StringRef(line).split(fields, '\t');
    if (fields.size() != 3)
      return 2;
    fields[1].split(inputs, ',', -1, /*KeepEmpty=*/false);
    std::vector<std::string> errors;
    if (evaluateModel(form, fields[0], inputs, fields[2], errors))
      llvm::outs() << "0\n";
    else
      llvm::outs() << "1\t" << llvm::join(errors, "\t") << "\n";
    llvm::outs().flush();
  }
  return 0;
}
