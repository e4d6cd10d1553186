//===- Movement.h - tables, moves and assemblies of a program ---------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What networks with branches need beside layers and pools. An assembly says of a buffer that packets fill which tensors of
// other cores it is put together from: concatenations and slices are nothing else. Routes realise it; the proof before lifting
// compares them with it.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_MOVEMENT_H
#define WAGE_RUNTIME_FORMAT_MOVEMENT_H

#include "runtime/Kernels/LinearProducts.h"
#include "runtime/Numerics/Rearrangement.h"

#include <cstdint>
#include <vector>

namespace wage::rt {

/// The values of unary functions: tables of 2^bits entries, one behind the other, the entry of x at x + 2^(bits-1).
struct Tables {
  uint32_t bits = 8;
  ElementType type = ElementType::Int8; ///< Int8 or Int16
  std::vector<int16_t> entries;
};

/// A rearrangement, normalized, of tensors of `inElements` to tensors of `outElements` per sample.
struct Move {
  int64_t inElements = 0, outElements = 0;
  Rearrangement rearrangement;
};

/// Elements [begin, begin + elements) of the tensor that `buffer` of a root template holds, or of the image.
struct Segment {
  uint32_t templateIndex = 0xFFFFFFFFu; ///< noIndex: the image
  uint32_t buffer = 0;
  uint64_t begin = 0, elements = 0;
};

/// A tensor as parts of others, one behind the other.
struct Assembly {
  std::vector<Segment> segments;

  uint64_t elements() const {
    uint64_t sum = 0;
    for (const Segment &segment : segments)
      sum += segment.elements;
    return sum;
  }
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_MOVEMENT_H
