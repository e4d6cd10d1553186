//===- Layout.h - an order of the elements of a sample --------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_LAYOUT_H
#define WAGE_COMPILER_QUANTIZATION_LAYOUT_H

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace wage {

/// Distance in elements between neighbours along each dimension of a row-major tensor.
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> sizes);

/// A view of the elements of a sample: element (i, j, ...) of the view is element i * strides[0] + j * strides[1] + ... of the
/// tensor it began with. Reshapes and transposes of a value that only a host sees are compositions of such views.
class Layout {
public:
  /// The elements as they lie. Shape: without the batch.
  explicit Layout(llvm::ArrayRef<int64_t> sizes) : sizes(sizes), strides(rowMajorStrides(sizes)) {}

  llvm::ArrayRef<int64_t> getSizes() const { return sizes; }
  llvm::ArrayRef<int64_t> getStrides() const { return strides; }
  bool isIdentity() const;

  /// The view with dimension i taken from dimension permutation[i].
  Layout transposed(llvm::ArrayRef<int64_t> permutation) const;
  /// The view under another shape of as many elements. Errors: nothing where that is no view.
  mlir::FailureOr<Layout> reshaped(llvm::ArrayRef<int64_t> newSizes) const;

private:
  llvm::SmallVector<int64_t> sizes, strides;
};

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_LAYOUT_H
