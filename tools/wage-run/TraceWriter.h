//===- TraceWriter.h - the golden model's arrays, one .npy file each -----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_TRACEWRITER_H
#define WAGE_TOOLS_WAGERUN_TRACEWRITER_H

#include "runtime/Api/RunTrace.h"
#include "runtime/Support/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::run {

/// Writes the arrays of one training run as files.
class TraceWriter : public rt::RunTrace {
public:
  /// Makes the folder where it does not exist. `steps` are those whose tensors are wanted.
  /// Errors: the folder cannot be made or written.
  static rt::Expected<TraceWriter> create(const std::string &folder, std::vector<uint64_t> steps);

  bool wants(uint64_t step) const;

private:
  TraceWriter(const std::string &folder, std::vector<uint64_t> steps);

  std::vector<uint64_t> steps;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_TRACEWRITER_H
