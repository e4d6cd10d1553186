//===- ByteTranspose.h - bytes from one order into another -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_BYTETRANSPOSE_H
#define WAGE_RUNTIME_KERNELS_BYTETRANSPOSE_H

#include <cstdint>

namespace wage::rt {

/// to[column * toStride + row] = from[row * fromStride + column], with the bits of `flip` flipped: 128 turns signed bytes into
/// unsigned ones that are 128 more.
void transposeBytes(const uint8_t *from, int64_t fromStride, int64_t rows, int64_t columns, uint8_t *to,
                    int64_t toStride, uint8_t flip = 0);

/// to[i] = from[i] with the bits of `flip` flipped.
void flipBytes(const uint8_t *from, int64_t count, uint8_t flip, uint8_t *to);

/// to[column * toStride + row] = from[row * fromStride + column] of words of four bytes, which need not be aligned.
void transposeWords(const void *from, int64_t fromStride, int64_t rows, int64_t columns, void *to, int64_t toStride);

/// quads[lane * 4 + i] = from[i * stride + lane] - offset (0 or 128) for i below `present` and lane below `lanes`; other i, and
/// lanes up to `paddedLanes`, are 0.
void interleaveFour(const uint8_t *from, int64_t stride, int present, int64_t lanes, int64_t paddedLanes, int offset,
                    int8_t *quads);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_BYTETRANSPOSE_H
