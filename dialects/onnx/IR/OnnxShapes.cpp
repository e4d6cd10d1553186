//===- OnnxShapes.cpp - shapes of windows and of samples ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/onnx/IR/OnnxShapes.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace wage::onnxir {

std::optional<int64_t> countElements(ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t dim : dims) {
    if (dim < 0 || dim > maxElements)
      return std::nullopt;
    count *= dim;
    if (count > maxElements)
      return std::nullopt;
  }
  return count;
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

bool isPerChannel(ArrayRef<int64_t> bias, ArrayRef<int64_t> value) {
  if (value.size() < 2)
    return false;
  if (bias.size() == value.size() && bias.front() == 1)
    bias = bias.drop_front();
  return bias.size() + 1 == value.size() && bias.front() == value[1] &&
         llvm::all_of(bias.drop_front(), [](int64_t dim) { return dim == 1; });
}

} // namespace wage::onnxir
