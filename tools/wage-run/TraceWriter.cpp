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
  TraceWriter writer;
  writer.folder = folder;
  writer.steps = std::move(steps);
  return writer;
}

bool TraceWriter::wants(uint64_t step) const { return std::find(steps.begin(), steps.end(), step) != steps.end(); }

void TraceWriter::write(const std::string &name, const std::vector<int64_t> &shape,
                        const std::vector<int64_t> &values) {
  if (problem.ok())
    problem = rt::writeNpy(folder + "/" + name + ".npy", shape, values);
}

void TraceWriter::writeWeights(const rt::Session &session, const char *name) {
  for (uint32_t i : session.info().trainedTensors)
    write(std::string(name) + "." + std::to_string(i), session.info().weightShapes[i], session.weights(i));
}

void TraceWriter::writeStart(const rt::Session &session) {
  for (uint32_t i = 0; i < session.info().weightTensors; ++i) {
    const std::vector<int32_t> &scales = session.info().scaleLog2[i];
    write("scale_log2." + std::to_string(i), {static_cast<int64_t>(scales.size())}, {scales.begin(), scales.end()});
  }
  writeWeights(session, "initial");
}

rt::TraceSink TraceWriter::sinkOfStep(uint64_t step) {
  return [this, step](const rt::TraceTensor &tensor) {
    write("step" + std::to_string(step) + "." + tensor.name, tensor.shape, tensor.values);
  };
}

void TraceWriter::addReport(const rt::StepReport &report) {
  rows.insert(rows.end(), report.errorExponents.begin(), report.errorExponents.end());
  rows.insert(rows.end(), report.gradientExponents.begin(), report.gradientExponents.end());
  rows.push_back(report.wrong);
  ++rowCount;
}

void TraceWriter::writeEnd(const rt::Session &session, uint64_t logitCount, const std::vector<int64_t> &logits) {
  const int64_t columns = int64_t(session.info().errorQuantisers + session.info().trainedTensors.size()) + 1;
  write("exponents_and_wrong", {static_cast<int64_t>(rowCount), columns}, rows);
  writeWeights(session, "final");
  write("logits", {static_cast<int64_t>(logitCount), session.info().classes}, logits);
}

} // namespace wage::run
