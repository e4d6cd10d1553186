//===- Tensor.h - what the interpreter computes with ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_INTERPRETER_TENSOR_H
#define WAGE_COMPILER_INTERPRETER_TENSOR_H

#include <cstdint>
#include <vector>

namespace wage::interpreter {

/// Integers of any width, row-major, each in 64 bits. A scalar has an empty shape and one element.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<int64_t> elements;

  Tensor() = default;
  /// All zeros.
  explicit Tensor(std::vector<int64_t> shapeIn) : shape(std::move(shapeIn)), elements(count(shape), 0) {}
  Tensor(std::vector<int64_t> shapeIn, std::vector<int64_t> elementsIn)
      : shape(std::move(shapeIn)), elements(std::move(elementsIn)) {}

  static Tensor scalar(int64_t element) { return Tensor({}, {element}); }

  /// Elements of a shape.
  static int64_t count(const std::vector<int64_t> &shape) {
    int64_t product = 1;
    for (int64_t extent : shape)
      product *= extent;
    return product;
  }

  /// The element of a matrix, and of a batch of planes [batch, channel, row, column].
  int64_t &at(int64_t row, int64_t column) { return elements[row * shape[1] + column]; }
  int64_t at(int64_t row, int64_t column) const { return elements[row * shape[1] + column]; }
  int64_t &at(int64_t b, int64_t c, int64_t y, int64_t x) { return elements[index(b, c, y, x)]; }
  int64_t at(int64_t b, int64_t c, int64_t y, int64_t x) const { return elements[index(b, c, y, x)]; }

private:
  int64_t index(int64_t b, int64_t c, int64_t y, int64_t x) const {
    return ((b * shape[1] + c) * shape[2] + y) * shape[3] + x;
  }
};

} // namespace wage::interpreter

#endif // WAGE_COMPILER_INTERPRETER_TENSOR_H
