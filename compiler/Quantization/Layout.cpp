//===- Layout.cpp - an order of the elements of a sample ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/Layout.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace wage {

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> sizes) {
  SmallVector<int64_t> strides(sizes.size(), 1);
  for (size_t d = sizes.size(); d-- > 1;)
    strides[d - 1] = strides[d] * sizes[d];
  return strides;
}

bool Layout::isIdentity() const {
  // Where a dimension has one element, its stride is never used.
  const SmallVector<int64_t> plain = rowMajorStrides(sizes);
  return llvm::all_of(llvm::zip(sizes, strides, plain), [](auto entry) {
    const auto [size, stride, plainStride] = entry;
    return size == 1 || stride == plainStride;
  });
}

Layout Layout::transposed(ArrayRef<int64_t> permutation) const {
  Layout result = *this;
  for (auto [to, from] : llvm::enumerate(permutation))
    result.sizes[to] = sizes[from], result.strides[to] = strides[from];
  return result;
}

FailureOr<Layout> Layout::reshaped(ArrayRef<int64_t> newSizes) const {
  // Dimensions that lie behind one another in memory become one, and are cut anew.
  SmallVector<std::pair<int64_t, int64_t>> runs; // size and stride
  for (auto [size, stride] : llvm::zip(sizes, strides)) {
    if (size == 1)
      continue;
    if (!runs.empty() && runs.back().second == size * stride)
      runs.back() = {runs.back().first * size, stride};
    else
      runs.push_back({size, stride});
  }
  Layout result(newSizes);
  size_t d = newSizes.size();
  for (auto [size, stride] : llvm::reverse(runs)) {
    int64_t taken = 1;
    while (taken < size) {
      if (d == 0 || (newSizes[d - 1] != 1 && size % (taken * newSizes[d - 1]) != 0))
        return failure();
      result.strides[--d] = stride * taken;
      taken *= newSizes[d];
    }
  }
  return result;
}

} // namespace wage
