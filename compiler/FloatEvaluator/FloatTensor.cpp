//===- FloatTensor.cpp - numbers of a float network ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatTensor.h"

#include <algorithm>

using llvm::ArrayRef;
using llvm::SmallVector;

namespace wage::floats {

FloatTensor::FloatTensor(ArrayRef<int64_t> shape)
    : shape(shape), numbers(std::make_shared<std::vector<float>>(product(shape))) {}

FloatTensor FloatTensor::withShape(ArrayRef<int64_t> newShape) const {
  FloatTensor result = *this;
  result.shape.assign(newShape.begin(), newShape.end());
  return result;
}

int64_t product(ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

FloatTensor takeSamples(const FloatTensor &tensor, int64_t first, int64_t count) {
  SmallVector<int64_t> shape(tensor.shape);
  shape[0] = count;
  FloatTensor part(shape);
  const int64_t perSample = product(ArrayRef(shape).drop_front());
  std::copy_n(tensor.data() + first * perSample, part.size(), part.mutableData());
  return part;
}

} // namespace wage::floats
