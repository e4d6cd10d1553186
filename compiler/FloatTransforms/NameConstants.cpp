//===- NameConstants.cpp - one name for each constant ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Rewrites name what they make of an initializer after it, without looking whether something else still needs the initializer.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/Passes.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"

#include "llvm/ADT/StringMap.h"

#define DEBUG_TYPE "onnx-name-constants"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_NAMECONSTANTS
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

struct NameConstantsPass : impl::NameConstantsBase<NameConstantsPass> {
  void runOnOperation() override;

private:
  /// Erases initializers that nothing loads, and learns the names of the others.
  void readInitializers();
  void rename(ConstantOp constant);

  /// Every name taken, with the number to be tried next behind it.
  llvm::StringMap<int> names;
};

void NameConstantsPass::readInitializers() {
  llvm::StringMap<int> loaded;
  getOperation().walk([&](Operation *op) {
    if (!isa<ml_program::GlobalOp>(op))
      op->getAttrDictionary().walk([&](SymbolRefAttr symbol) { loaded[symbol.getLeafReference().getValue()]; });
  });
  for (auto global : llvm::make_early_inc_range(getOperation().getOps<ml_program::GlobalOp>())) {
    if (loaded.contains(global.getSymName()) || !global.isPrivate())
      names[global.getSymName()] = 1;
    else
      global.erase();
  }
}

void NameConstantsPass::rename(ConstantOp constant) {
  std::string name = constant.getName().str();
  if (names.try_emplace(name, 1).second)
    return;
  do
    name = (constant.getName() + "_" + Twine(names[constant.getName()]++)).str();
  while (!names.try_emplace(name, 1).second);
  constant.setName(name);
}

void NameConstantsPass::runOnOperation() {
  names.clear();
  RewritePatternSet patterns(&getContext());
  rewriteGreedily(getOperation(), std::move(patterns));
  readInitializers();
  getOperation().walk([&](ConstantOp constant) { rename(constant); });
}

} // namespace
} // namespace wage::onnxir
