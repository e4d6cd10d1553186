//===- Comparison.h - arrays of two runs, side by side -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_COMPARISON_H
#define WAGE_TOOLS_WAGERUN_COMPARISON_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wage::run {

/// An array under the name that a trace gives its file.
struct NamedArray {
  std::string name;
  std::vector<int64_t> shape, values;
};

/// Where a pair of arrays is not the same.
struct Difference {
  std::string name;
  std::string text; ///< what differs, for a line behind the name
};

/// Compares pairs of arrays until one differs, and counts what it has seen.
class Comparison {
public:
  /// Compares an array with its counterpart. Does nothing once a difference is found.
  void add(const NamedArray &left, const NamedArray &right);
  /// Counts arrays that the other side does not have.
  void addUnmatched(uint64_t arrays = 1) { unmatchedArrays += arrays; }

  const std::optional<Difference> &difference() const { return found; }
  uint64_t arrays() const { return equalArrays; }
  uint64_t elements() const { return equalElements; }
  uint64_t unmatched() const { return unmatchedArrays; }

private:
  std::optional<Difference> found;
  uint64_t equalArrays = 0, equalElements = 0, unmatchedArrays = 0;
};

/// The .npy arrays of integers in a folder, by name.
class ArrayFolder {
public:
  /// Errors: the folder cannot be read.
  static rt::Expected<ArrayFolder> open(const std::string &path);

  /// Names without ".npy", in the order in which a run makes them: what it starts with, its steps, what it ends with.
  const std::vector<std::string> &names() const { return sorted; }
  bool has(const std::string &name) const;
  /// Errors: the file cannot be read, or holds no integers.
  rt::Expected<NamedArray> read(const std::string &name) const;

private:
  std::string path;
  std::vector<std::string> sorted;
};

/// Whether a run makes array `a` before array `b`: within a step the output, errors, gradients, steps of weights, weights.
bool isMadeBefore(const std::string &a, const std::string &b);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_COMPARISON_H
