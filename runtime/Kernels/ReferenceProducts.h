//===- ReferenceProducts.h - the three products, written to be read ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The shortest text of the three products: direct loops, sums in 64 bits, every operand type. The fast bodies are tested
// against it, and leave to it the operand types they do not take.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_REFERENCEPRODUCTS_H
#define WAGE_RUNTIME_KERNELS_REFERENCEPRODUCTS_H

#include "runtime/Kernels/LinearProducts.h"

namespace wage::rt::reference {

/// As wage::rt::forwardProduct, for every integer element type; needs no scratch memory.
void forwardProduct(const LinearBlock &block, BufferView input, const int8_t *weights, BufferView output,
                    int64_t samples);

/// As wage::rt::transposedProduct, for every integer element type; needs no scratch memory.
void transposedProduct(const LinearBlock &block, BufferView error, const int8_t *weights, BufferView result,
                       int64_t samples);

/// As wage::rt::outerProduct, for every integer element type; needs no scratch memory.
void outerProduct(const LinearBlock &block, BufferView error, BufferView input, void *gradient,
                  ElementType gradientType, int64_t samples);

} // namespace wage::rt::reference

#endif // WAGE_RUNTIME_KERNELS_REFERENCEPRODUCTS_H
