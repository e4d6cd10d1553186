//===- InferenceRules.cpp - rules of ops that two levels have ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/integer/IR/InferenceRules.h"

#include "runtime/Numerics/Rearrangement.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace wage::integer {
namespace {

ArrayRef<int64_t> shapeOf(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

/// The elements of one sample, or -1 where more than a dimension 0 is dynamic, or they are too many to count.
int64_t elementsPerSample(Value value) {
  const ArrayRef<int64_t> shape = shapeOf(value);
  int64_t product = shape.empty() ? -1 : 1;
  for (int64_t extent : shape.drop_front(shape.empty() ? 0 : 1))
    if (ShapedType::isDynamic(extent) || llvm::MulOverflow(product, extent, product))
      return -1;
  return product;
}

} // namespace

LogicalResult verifyTables(Operation *op, Value input, ShapedType tables) {
  const ArrayRef<int64_t> shape = shapeOf(input);
  if (shape.size() < 2)
    return op->emitOpError() << "input must have a batch and channels, got " << input.getType();
  const auto element = dyn_cast<IntegerType>(tables.getElementType());
  if (!element || !element.isSignless() || element.getWidth() > 64)
    return op->emitOpError() << "tables must hold signless integers of at most 64 bits, got " << tables;
  const bool isMatrix = tables.hasRank() && tables.getRank() == 2;
  const int64_t count = isMatrix ? tables.getDimSize(0) : 0, entries = isMatrix ? tables.getDimSize(1) : 0;
  if ((count == 1 || count == shape[1]) && llvm::isPowerOf2_64(entries) && entries >= 4 && entries <= 65536)
    return success();
  return op->emitOpError() << "tables must have shape [1 or " << shape[1] << ", 2^k] with k = 2 to 16, got " << tables;
}

LogicalResult verifyConcatenation(Operation *op, ValueRange inputs, Value result) {
  if (inputs.empty())
    return op->emitOpError() << "must have an operand, got none";
  for (Value value : inputs)
    if (shapeOf(value).size() < 2)
      return op->emitOpError() << "operands must have a batch and channels, got " << value.getType();
  SmallVector<int64_t> needed(shapeOf(inputs[0]));
  int64_t channels = 0;
  for (Value value : inputs) {
    SmallVector<int64_t> shape(shapeOf(value));
    if (shape.size() == needed.size())
      shape[1] = needed[1];
    if (shape != needed)
      return op->emitOpError() << "operands must agree in all dimensions but the channels, got " << inputs[0].getType()
                               << " and " << value.getType();
    if (ShapedType::isDynamic(shapeOf(value)[1]) || llvm::AddOverflow(channels, shapeOf(value)[1], channels))
      return op->emitOpError() << "operands must have a static number of channels, got " << value.getType();
  }
  needed[1] = channels;
  if (shapeOf(result) == ArrayRef(needed))
    return success();
  const Type type = cast<RankedTensorType>(result.getType()).clone(needed);
  return op->emitOpError() << "result must be " << type << ", got " << result.getType();
}

LogicalResult verifyRearrangement(Operation *op, Value input, Value result, ArrayRef<int64_t> sizes,
                                  ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  const int64_t inElements = elementsPerSample(input), outElements = elementsPerSample(result);
  if (inElements < 0 || outElements < 0 || shapeOf(input)[0] != shapeOf(result)[0])
    return op->emitOpError() << "must keep the batch, which alone may be dynamic, got " << input.getType() << " and "
                             << result.getType();
  const std::string error = rt::checkRearrangement({sizes.vec(), from.vec(), to.vec()}, inElements, outElements);
  return error.empty() ? success() : LogicalResult(op->emitOpError() << error);
}

} // namespace wage::integer
