//===- MovementKernels.h - tables, products, rearranged elements -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_MOVEMENTKERNELS_H
#define WAGE_RUNTIME_KERNELS_MOVEMENTKERNELS_H

#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Numerics/Rearrangement.h"

namespace wage::rt {

/// Which table each element of a slice is looked up in: element i of the slice is element `begin` + i of the tensor, and
/// `span` elements of the tensor on end share a table.
struct TableRange {
  int bits = 8; ///< a table has 2^bits entries
  int64_t span = 1, begin = 0;

  /// Tables that a slice of `elements` needs; the first is the one that its first element needs.
  int64_t tables(int64_t elements) const { return elements ? (begin + elements - 1) / span - begin / span + 1 : 0; }
};

/// output = table[input + 2^(bits-1)], input brought to bits bits first.
///
/// Shape:  elementwise; Int8 and Int16, `tables` of the type of `output` and without samples. `output` may be `input` where
///         the types are equal.
/// Errors: none. The compiler has proved that the input has bits bits; of others the nearest entry is taken.
/// Source: arithmetic.md section 9.
void lookUpTables(BufferView input, BufferView tables, BufferView output, const TableRange &range, int64_t elements,
                  int64_t samples);

/// output = input * other.
///
/// Shape:  elementwise, each of a type of its own; `output` may be `input` or `other` where the types are equal.
/// Errors: none. The compiler has proved that the product fits; of a forged program it wraps.
void multiply(BufferView input, BufferView other, BufferView output, int64_t elements, int64_t samples);

/// Elements [outBegin, outBegin + outElements) of the rearranged tensor; `input` holds the tensor's elements from `inBegin`
/// on, as many as these need (sourceReach). What nothing is copied to becomes 0.
///
/// Shape:  `move` normalized; `output` has the type of `input` or a wider one.
/// Source: runtime/Numerics/Rearrangement.h.
void rearrange(const Rearrangement &move, BufferView input, int64_t inBegin, BufferView output, int64_t outBegin,
               int64_t outElements, int64_t samples);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_MOVEMENTKERNELS_H
