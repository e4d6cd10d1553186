//===- Movement.cpp - copies that operations on shapes stand for -------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Movement.h"

#include "compiler/Quantization/Layout.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/onnx/IR/OnnxShapes.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage {

namespace {

/// Copies that one Gather may take: more would be a list of elements, which no chip is programmed with.
constexpr size_t mostRuns = 64;

ArrayRef<int64_t> sampleShape(Value value) { return cast<ShapedType>(value.getType()).getShape().drop_front(); }

/// Without dimensions of one element, and with neighbours that lie behind one another on both sides made one.
Box simplify(const Box &box) {
  Box result{{}, {box.from[0]}, {box.to[0]}};
  for (size_t d = 0; d < box.sizes.size(); ++d) {
    const int64_t size = box.sizes[d], from = box.from[d + 1], to = box.to[d + 1];
    if (size == 1)
      continue;
    if (!result.sizes.empty() && result.from.back() == from * size && result.to.back() == to * size) {
      result.sizes.back() *= size, result.from.back() = from, result.to.back() = to;
      continue;
    }
    result.sizes.push_back(size), result.from.push_back(from), result.to.push_back(to);
  }
  if (result.sizes.empty())
    result.sizes.push_back(1), result.from.push_back(1), result.to.push_back(1);
  return result;
}

Box makeBox(ArrayRef<int64_t> sizes, int64_t fromOffset, ArrayRef<int64_t> fromStrides, int64_t toOffset,
            ArrayRef<int64_t> toStrides) {
  Box box{llvm::to_vector(sizes), {fromOffset}, {toOffset}};
  llvm::append_range(box.from, fromStrides);
  llvm::append_range(box.to, toStrides);
  return simplify(box);
}

Box describeSlice(onnxir::SliceOp op) {
  const ArrayRef<int64_t> sizes = sampleShape(op.getResult());
  SmallVector<int64_t> strides = rowMajorStrides(sampleShape(op.getInput()));
  int64_t offset = 0;
  for (auto [d, stride] : llvm::enumerate(strides)) {
    offset += op.getStarts()[d + 1] * stride;
    stride *= op.getSteps()[d + 1];
  }
  return makeBox(sizes, offset, strides, 0, rowMajorStrides(sizes));
}

std::optional<Box> describePad(onnxir::PadOp op, std::string &why) {
  if (op.getMode() != onnxir::PadMode::Constant) {
    why = ("padding of mode " + onnxir::stringifyPadMode(op.getMode()) + " is not supported, only zeros").str();
    return std::nullopt;
  }
  if (!op.getValue().isZero()) {
    why = "padding with " + std::to_string(op.getValue().convertToFloat()) + " is not supported, only with 0";
    return std::nullopt;
  }
  const ArrayRef<int64_t> sizes = sampleShape(op.getInput());
  const SmallVector<int64_t> strides = rowMajorStrides(sampleShape(op.getResult()));
  int64_t offset = 0;
  for (auto [d, stride] : llvm::enumerate(strides))
    offset += op.getBefore()[d + 1] * stride;
  return makeBox(sizes, 0, rowMajorStrides(sizes), offset, strides);
}

/// Result elements [begin, end) of the gathered dimension, taken from `first` in steps of `step` after `repeat` equal ones.
struct Run {
  int64_t begin, end, first, step, repeat;
};

/// Cuts `indices` into runs first, first, ..., first + step, first + step, ... with equal repeats.
SmallVector<Run> findRuns(ArrayRef<int64_t> indices) {
  SmallVector<Run> runs;
  const auto count = static_cast<int64_t>(indices.size());
  for (int64_t begin = 0; begin < count;) {
    int64_t repeat = 1;
    while (begin + repeat < count && indices[begin + repeat] == indices[begin])
      ++repeat;
    Run run{begin, begin + repeat, indices[begin], 0, repeat};
    const auto goesOn = [&](int64_t value) {
      return run.end + repeat <= count &&
             llvm::all_of(indices.slice(run.end, repeat), [&](int64_t index) { return index == value; });
    };
    if (run.end < count)
      run.step = indices[run.end] - run.first;
    while (goesOn(run.first + (run.end - begin) / repeat * run.step))
      run.end += repeat;
    runs.push_back(run);
    begin = run.end;
  }
  return runs;
}

std::optional<SmallVector<Box>> describeGather(onnxir::GatherOp op, std::string &why) {
  const size_t axis = op.getAxis() - 1;
  const SmallVector<Run> runs = findRuns(op.getIndices());
  if (runs.size() > mostRuns) {
    why = "indices of " + std::to_string(runs.size()) + " runs of equal steps are not supported, only of " +
          std::to_string(mostRuns);
    return std::nullopt;
  }
  const SmallVector<int64_t> from = rowMajorStrides(sampleShape(op.getInput())),
                             to = rowMajorStrides(sampleShape(op.getResult()));
  SmallVector<Box> boxes;
  for (const Run &run : runs) {
    SmallVector<int64_t> sizes(sampleShape(op.getResult())), fromStrides(from), toStrides(to);
    sizes[axis] = run.repeat;
    fromStrides[axis] = 0;
    sizes.insert(sizes.begin() + axis, (run.end - run.begin) / run.repeat);
    fromStrides.insert(fromStrides.begin() + axis, from[axis] * run.step);
    toStrides.insert(toStrides.begin() + axis, to[axis] * run.repeat);
    boxes.push_back(makeBox(sizes, run.first * from[axis], fromStrides, run.begin * to[axis], toStrides));
  }
  return boxes;
}

} // namespace

Box describeTranspose(ArrayRef<int64_t> from, ArrayRef<int64_t> permutation) {
  const SmallVector<int64_t> strides = rowMajorStrides(from.drop_front());
  SmallVector<int64_t> sizes, fromStrides;
  for (int64_t dimension : permutation.drop_front()) {
    sizes.push_back(from[dimension]);
    fromStrides.push_back(strides[dimension - 1]);
  }
  return makeBox(sizes, 0, fromStrides, 0, rowMajorStrides(sizes));
}

Box describeBroadcast(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  // Dimensions are counted from the end; what is missing in front is repeated.
  const ArrayRef<int64_t> sizes = to.drop_front();
  SmallVector<int64_t> own(sizes.size(), 1);
  for (size_t d = 0; d < std::min(from.size(), sizes.size()); ++d)
    own[sizes.size() - 1 - d] = from[from.size() - 1 - d];
  SmallVector<int64_t> strides = rowMajorStrides(own);
  for (size_t d = 0; d < own.size(); ++d)
    if (own[d] == 1)
      strides[d] = 0;
  return makeBox(sizes, 0, strides, 0, rowMajorStrides(sizes));
}

std::optional<SmallVector<Box>> describeMovement(Operation *op, std::string &why) {
  using Boxes = std::optional<SmallVector<Box>>;
  return llvm::TypeSwitch<Operation *, Boxes>(op)
      .Case([](onnxir::TransposeOp transpose) -> Boxes {
        return SmallVector<Box>{describeTranspose(cast<ShapedType>(transpose.getInput().getType()).getShape(),
                                                  transpose.getPermutation())};
      })
      .Case([](onnxir::SliceOp slice) -> Boxes { return SmallVector<Box>{describeSlice(slice)}; })
      .Case([&](onnxir::PadOp pad) -> Boxes {
        const std::optional<Box> box = describePad(pad, why);
        return box ? Boxes(SmallVector<Box>{*box}) : std::nullopt;
      })
      .Case([&](onnxir::GatherOp gather) { return describeGather(gather, why); });
}

} // namespace wage
