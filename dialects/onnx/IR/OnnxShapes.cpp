//===- OnnxShapes.cpp - shapes of what the operations give ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/IR/BuiltinTypes.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace wage::onnxir {

namespace {

constexpr int64_t open = mlir::ShapedType::kDynamic;

Error makeError(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

/// `shape`, unless it is too large.
Expected<Shape> checkSize(Shape shape) {
  if (countPerSample(shape))
    return shape;
  return makeError("its result has the shape " + printShape(shape) + ", needed at most " + Twine(maxElements) +
                   " elements");
}

} // namespace

std::string printShape(ArrayRef<int64_t> shape) {
  std::string result = "[";
  for (auto [i, dim] : enumerate(shape))
    result += (i ? ", " : "") + (dim == open ? "?" : std::to_string(dim));
  return result + "]";
}

bool hasOpenBatch(ArrayRef<int64_t> shape) { return !shape.empty() && shape[0] == open; }

std::optional<int64_t> countElements(ArrayRef<int64_t> dims) {
  // An empty dimension makes all others harmless, wherever it stands.
  bool isEmpty = is_contained(dims, 0);
  int64_t count = 1;
  for (int64_t dim : dims) {
    if (dim < 0 || dim > maxElements)
      return std::nullopt;
    count = isEmpty ? 0 : count * dim;
    if (count > maxElements)
      return std::nullopt;
  }
  return count;
}

std::optional<int64_t> countPerSample(ArrayRef<int64_t> shape) {
  return countElements(hasOpenBatch(shape) ? shape.drop_front() : shape);
}

std::optional<int64_t> countWindows(int64_t size, int64_t kernel, int64_t stride, int64_t padBegin, int64_t padEnd) {
  for (int64_t number : {size, kernel, stride, padBegin, padEnd})
    if (number < 0 || number > maxElements)
      return std::nullopt;
  int64_t room = size + padBegin + padEnd - kernel;
  if (kernel == 0 || stride == 0 || room < 0)
    return std::nullopt;
  return room / stride + 1;
}

int64_t dilatedKernel(int64_t kernel, int64_t dilation) {
  if (kernel > maxElements || dilation > maxElements || (kernel - 1) * dilation >= maxElements)
    return maxElements + 1;
  return (kernel - 1) * dilation + 1;
}

bool isPerChannel(ArrayRef<int64_t> bias, ArrayRef<int64_t> value) {
  if (value.size() < 2)
    return false;
  if (bias.size() == value.size() && bias.front() == 1)
    bias = bias.drop_front();
  return bias.size() + 1 == value.size() && bias.front() == value[1] &&
         llvm::all_of(bias.drop_front(), [](int64_t dim) { return dim == 1; });
}

Expected<Shape> inferWindows(ArrayRef<int64_t> images, int64_t channels, const WindowShape &window) {
  size_t space = images.size() - 2;
  Shape shape{images[0], channels};
  for (size_t i = 0; i < space; ++i) {
    auto count = countWindows(images[i + 2], dilatedKernel(window.kernel[i], window.getDilation(i)), window.strides[i],
                              window.pads[i], window.pads[i + space]);
    if (!count)
      return makeError("kernel " + printShape(window.kernel) + " with pads " + printShape(window.pads) +
                       " is larger than its input " + printShape(images));
    shape.push_back(*count);
  }
  return checkSize(std::move(shape));
}

Expected<Shape> inferBroadcast(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  Shape shape(std::max(lhs.size(), rhs.size()), 1);
  for (size_t i = 0; i < shape.size(); ++i) { // from the last dimension
    int64_t left = i < lhs.size() ? lhs[lhs.size() - 1 - i] : 1;
    int64_t right = i < rhs.size() ? rhs[rhs.size() - 1 - i] : 1;
    int64_t &dim = shape[shape.size() - 1 - i];
    dim = left == 1 ? right : left;
    bool batchInside = dim == open && i + 1 != shape.size();
    if (batchInside || (left != right && left != 1 && right != 1))
      return makeError("shapes " + printShape(lhs) + " and " + printShape(rhs) + " do not go together");
  }
  return checkSize(std::move(shape));
}

Expected<Shape> inferMatMul(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  if (lhs.size() < 2 || rhs.size() < 2)
    return makeError("shapes " + printShape(lhs) + " and " + printShape(rhs) +
                     " are multiplied, needed two dimensions at least");
  if (is_contained(rhs.take_back(2), open))
    return makeError("a matrix of shape " + printShape(rhs) +
                     " on the right side of a product must not hold the batch");
  if (lhs.back() != rhs[rhs.size() - 2])
    return makeError("input has shape " + printShape(lhs) + ", the weights need " +
                     printShape({open, rhs[rhs.size() - 2]}));
  Shape shape;
  // A batch of rows is no stack of matrices: the stacks alone are broadcast.
  if (lhs.size() == 2 && rhs.size() == 2) {
    shape = {lhs[0]};
  } else {
    if (lhs.size() == 2 && lhs[0] == open)
      return makeError("a batch of rows " + printShape(lhs) + " times a stack of matrices " + printShape(rhs) +
                       " leaves no batch in front");
    Expected<Shape> stacks = inferBroadcast(lhs.drop_back(2), rhs.drop_back(2));
    if (!stacks)
      return stacks.takeError();
    shape = std::move(*stacks);
    shape.push_back(lhs[lhs.size() - 2]);
  }
  shape.push_back(rhs.back());
  return checkSize(std::move(shape));
}

Expected<Shape> inferTranspose(ArrayRef<int64_t> input, ArrayRef<int64_t> permutation) {
  Shape shape, sorted(permutation);
  llvm::sort(sorted);
  bool isPermutation = sorted.size() == input.size();
  for (auto [i, axis] : enumerate(sorted))
    isPermutation &= axis == static_cast<int64_t>(i);
  if (!isPermutation)
    return makeError("permutation " + printShape(permutation) + " must hold each dimension of " + printShape(input) +
                     " once");
  if (hasOpenBatch(input) && permutation[0] != 0)
    return makeError("permutation " + printShape(permutation) + " must keep the batch of " + printShape(input) +
                     " in front");
  for (int64_t axis : permutation)
    shape.push_back(input[axis]);
  return shape;
}

Expected<Shape> inferConcat(ArrayRef<Shape> inputs, int64_t axis) {
  if (inputs.empty())
    return makeError("needs one input at least");
  Shape shape = inputs.front();
  if (axis < 0 || axis >= static_cast<int64_t>(shape.size()) || shape[axis] == open)
    return makeError("axis " + Twine(axis) + " of " + printShape(shape) + " is not one that values can stand along");
  for (const Shape &other : inputs.drop_front()) {
    Shape expected = shape;
    if (other.size() == shape.size()) {
      expected[axis] = other[axis];
      if (other == expected && other[axis] != open) {
        shape[axis] += other[axis];
        if (shape[axis] <= maxElements)
          continue;
      }
    }
    return makeError("shapes " + printShape(inputs.front()) + " and " + printShape(other) +
                     " do not go behind one another along axis " + Twine(axis));
  }
  return checkSize(std::move(shape));
}

Expected<Shape> inferPad(ArrayRef<int64_t> input, ArrayRef<int64_t> before, ArrayRef<int64_t> after) {
  if (before.size() != input.size() || after.size() != input.size())
    return makeError("pads " + printShape(before) + " and " + printShape(after) + " must have a number for each of " +
                     Twine(input.size()) + " dimensions");
  Shape shape(input);
  for (size_t i = 0; i < shape.size(); ++i) {
    bool inRange = before[i] >= 0 && after[i] >= 0 && before[i] <= maxElements && after[i] <= maxElements;
    if (!inRange || (shape[i] == open && (before[i] || after[i])))
      return makeError("pads " + printShape(before) + " and " + printShape(after) +
                       " must not be negative, and 0 for an open batch");
    if (shape[i] != open)
      shape[i] += before[i] + after[i];
  }
  return checkSize(std::move(shape));
}

Expected<Shape> inferReduction(ArrayRef<int64_t> input, ArrayRef<int64_t> axes, bool keepDims) {
  int64_t previous = -1;
  for (int64_t axis : axes) {
    if (axis <= previous || axis >= static_cast<int64_t>(input.size()) || input[axis] == open)
      return makeError("axes " + printShape(axes) + " of " + printShape(input) +
                       " must be dimensions in ascending order, without an open batch");
    previous = axis;
  }
  Shape shape;
  for (auto [i, dim] : enumerate(input)) {
    bool reduced = is_contained(axes, static_cast<int64_t>(i));
    if (!reduced)
      shape.push_back(dim);
    else if (keepDims)
      shape.push_back(1);
  }
  return shape;
}

} // namespace wage::onnxir
