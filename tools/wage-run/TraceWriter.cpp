//===- TraceWriter.cpp - the golden model's arrays, one .npy file each ---*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/TraceWriter.h"

#include "runtime/Data/AtomicFile.h"
#include "runtime/Data/Npy.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace wage::run {

using rt::Expected;
using rt::Status;

Expected<TraceWriter> TraceWriter::create(const std::string &folder, std::vector<uint64_t> steps) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code)
    return Status::error("'" + folder + "': cannot be made: " + code.message());
  if (Status status = rt::checkWritable(folder + "/logits.npy"); !status.ok())
    return status;
  return TraceWriter(folder, std::move(steps));
}

TraceWriter::TraceWriter(const std::string &folder, std::vector<uint64_t> steps)
    : RunTrace(
          [folder](const std::string &name, const std::vector<int64_t> &shape, const std::vector<int64_t> &values) {
            return rt::writeNpy(folder + "/" + name + ".npy", shape, values);
          }),
      steps(std::move(steps)) {}

bool TraceWriter::wants(uint64_t step) const { return std::find(steps.begin(), steps.end(), step) != steps.end(); }

} // namespace wage::run
