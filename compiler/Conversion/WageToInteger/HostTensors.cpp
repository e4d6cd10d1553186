//===- HostTensors.cpp - what the integers are worth, kept behind the grids ----===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/WageToInteger/HostTensors.h"

#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

using namespace mlir;

namespace wage {

namespace {

FloatAttr stepOf(GridType grid) {
  return Builder(grid.getContext()).getF64FloatAttr(std::ldexp(1.0, grid.getExponent()));
}

/// The shape without the batch; null for one that the attributes do not take.
DenseI64ArrayAttr sampleShape(Value value) {
  const ArrayRef<int64_t> shape = cast<ShapedType>(value.getType()).getShape();
  const bool takes = !shape.empty() && shape.size() <= 9 && llvm::all_of(shape.drop_front(), [](int64_t extent) {
    return extent >= 1 && extent <= (int64_t(1) << 24);
  });
  return takes ? DenseI64ArrayAttr::get(value.getContext(), shape.drop_front()) : DenseI64ArrayAttr();
}

void stateInput(ModuleOp module, func::FuncOp infer) {
  for (auto encoder : infer.getOps<EncodeInputOp>()) {
    GridType grid = getGrid(encoder.getResult());
    const DenseI64ArrayAttr shape = sampleShape(encoder.getInput());
    if (shape && isa<BlockArgument>(encoder.getInput()))
      module->setAttr(WageDialect::inputAttr,
                      HostInputAttr::get(module.getContext(), shape, /*batch=*/0, stepOf(grid), grid.getBits(),
                                         DenseF64ArrayAttr(), DenseF64ArrayAttr(), HostOrderAttr()));
  }
}

void stateOutput(ModuleOp module, func::FuncOp infer) {
  auto result = dyn_cast<func::ReturnOp>(infer.getBody().front().getTerminator());
  if (!result || result.getNumOperands() == 0)
    return;
  const Value logits = result.getOperand(0);
  const auto type = dyn_cast<RankedTensorType>(logits.getType());
  const DenseI64ArrayAttr shape = type && isa<GridType>(type.getElementType()) ? sampleShape(logits) : nullptr;
  if (shape)
    module->setAttr(WageDialect::outputAttr,
                    HostOutputAttr::get(module.getContext(), shape, /*batch=*/0, stepOf(getGrid(logits)),
                                        HostOrderAttr(), ArrayAttr()));
}

} // namespace

void stateHostTensors(ModuleOp module) {
  auto infer = module.lookupSymbol<func::FuncOp>("infer");
  if (!infer || infer.isExternal())
    return;
  if (!module->hasAttr(WageDialect::inputAttr))
    stateInput(module, infer);
  if (!module->hasAttr(WageDialect::outputAttr))
    stateOutput(module, infer);
}

} // namespace wage
