//===- ElementAccess.h - from an element type to a C++ type -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels: the one place where an ElementType is turned into the type that a loop is written for, and how
// elements of such types are added.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_ELEMENTACCESS_H
#define WAGE_RUNTIME_KERNELS_ELEMENTACCESS_H

#include "runtime/Kernels/LinearProducts.h"

#include <cassert>
#include <type_traits>

namespace wage::rt {

/// Calls `body(T())` with the integer type T that holds `type` in host memory.
template <typename Body> void withElementType(ElementType type, Body &&body) {
  switch (type) {
  case ElementType::Mask: return body(uint8_t());
  case ElementType::Int8: return body(int8_t());
  case ElementType::Int16: return body(int16_t());
  case ElementType::Int32: return body(int32_t());
  case ElementType::Int64: return body(int64_t());
  }
  assert(false && "no such element type");
}

/// Calls `body(A(), B())` with the integer types that hold `a` and `b`.
template <typename Body> void withElementTypes(ElementType a, ElementType b, Body &&body) {
  withElementType(a, [&](auto x) { withElementType(b, [&](auto y) { body(x, y); }); });
}

/// `a + b` modulo 2^bits of `Element`. A compiled program proves that nothing wraps; a forged one that passes the verifier
/// may wrap, like a chip's adder, but must not be undefined.
template <typename Element, typename Left, typename Right> Element wrappingAdd(Left a, Right b) {
  using Unsigned = std::make_unsigned_t<std::common_type_t<Left, Right, int>>;
  return static_cast<Element>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
}

/// The elements of sample `sample`, as T.
template <typename T> T *sampleOf(BufferView view, int64_t sample) {
  return static_cast<T *>(view.data) + sample * view.sampleStride;
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_ELEMENTACCESS_H
