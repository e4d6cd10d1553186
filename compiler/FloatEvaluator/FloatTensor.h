//===- FloatTensor.h - numbers of a float network -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_FLOATEVALUATOR_FLOATTENSOR_H
#define WAGE_COMPILER_FLOATEVALUATOR_FLOATTENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace wage::floats {

/// A tensor of float32, row-major. Integers stand in it as floats: exact up to 2^24. Copies share their numbers.
struct FloatTensor {
  FloatTensor() = default;
  /// All zeros. Requires that no dimension is negative.
  explicit FloatTensor(llvm::ArrayRef<int64_t> shape);

  int64_t size() const { return static_cast<int64_t>(numbers->size()); }
  const float *data() const { return numbers->data(); }
  /// Requires that the numbers are not shared.
  float *mutableData() { return numbers->data(); }
  /// The same numbers under another shape of as many elements.
  FloatTensor withShape(llvm::ArrayRef<int64_t> newShape) const;

  llvm::SmallVector<int64_t> shape;
  std::shared_ptr<std::vector<float>> numbers;
};

/// Product of some dimensions of a tensor that exists.
int64_t product(llvm::ArrayRef<int64_t> dims);

/// Distance in numbers between neighbours along each dimension of a row-major tensor.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape);

/// Samples [first, first + count) of `tensor`, whose dimension 0 is the batch.
FloatTensor takeSamples(const FloatTensor &tensor, int64_t first, int64_t count);

} // namespace wage::floats

#endif // WAGE_COMPILER_FLOATEVALUATOR_FLOATTENSOR_H
