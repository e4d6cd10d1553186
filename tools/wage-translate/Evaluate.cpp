//===- Evaluate.cpp - a float network on inputs of a user --------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/Commands.h"

#include "compiler/FloatEvaluator/FloatEvaluator.h"
#include "compiler/FloatEvaluator/FloatNpy.h"
#include "compiler/Import/OnnxImporter.h"
#include "tools/wage-translate/DiagnosticPrinter.h"

#include "mlir/IR/MLIRContext.h"

#include "llvm/Support/Path.h"

using namespace mlir;

namespace wage {

namespace {

/// `out.npy`, `out.1.npy`, `out.2.npy`, ...
std::string nameOutput(StringRef output, size_t index) {
  if (index == 0)
    return output.str();
  llvm::SmallString<128> name(output);
  llvm::sys::path::replace_extension(name, std::to_string(index) + llvm::sys::path::extension(output));
  return name.str().str();
}

} // namespace

ExitStatus evaluateCommand(StringRef input, ArrayRef<std::string> arrays, StringRef output) {
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  OwningOpRef<ModuleOp> module = importOnnxFile(input, context, BatchPolicy::OpenOrFixed);
  if (!module)
    return exitInputWrong;
  std::vector<floats::FloatTensor> tensors;
  for (StringRef path : arrays) {
    auto tensor = path.ends_with(".pb") ? readTensorFile(path) : floats::readFloatNpy(path);
    if (!tensor)
      return fail(exitInputWrong, toString(tensor.takeError()));
    tensors.push_back(std::move(*tensor));
  }
  FailureOr<floats::FloatEvaluator> evaluator = floats::FloatEvaluator::create(*module);
  if (failed(evaluator))
    return exitInputWrong;
  FailureOr<std::vector<floats::FloatTensor>> results = evaluator->run(tensors);
  if (failed(results))
    return exitInputWrong;
  auto types = module->lookupSymbol<func::FuncOp>("main").getResultTypes();
  for (auto [i, tensor] : llvm::enumerate(*results))
    if (llvm::Error problem =
            floats::writeFloatNpy(nameOutput(output, i), tensor, cast<ShapedType>(types[i]).getElementType()))
      return fail(exitInputWrong, toString(std::move(problem)));
  return exitDone;
}

} // namespace wage
