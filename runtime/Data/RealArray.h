//===- RealArray.h - real-valued samples of an .npy file ---------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_REALARRAY_H
#define WAGE_RUNTIME_DATA_REALARRAY_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// Samples of real numbers, none of them NaN, in the precision of their file.
class RealArray {
public:
  /// Reads an .npy file (also gzipped) of float32 or float64 elements, [count][shape...] in C order.
  ///
  /// Shape:  `shape` is what one sample must have; the file has a dimension in front of it, the samples.
  /// Errors: the file cannot be read, is no .npy file, has another type or shape, is cut short, runs on, holds no sample, or a
  ///         NaN.
  static Expected<RealArray> read(const std::string &path, const std::vector<uint32_t> &shape);

  uint64_t count() const { return samples; }
  /// Samples [first, first + number) into `values`, number * elements of a sample.
  void copy(uint64_t first, uint64_t number, double *values) const;

private:
  double at(uint64_t element) const;

  uint64_t samples = 0, sampleElements = 0;
  unsigned width = 4;         ///< bytes of an element
  std::vector<uint8_t> bytes; ///< little-endian
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_REALARRAY_H
