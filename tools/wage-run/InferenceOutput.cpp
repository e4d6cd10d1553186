//===- InferenceOutput.cpp - the files that infer writes -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/InferenceOutput.h"

#include "runtime/Api/Engine.h"
#include "runtime/Data/AtomicFile.h"
#include "runtime/Data/Npy.h"

namespace wage::run {

Expected<InferenceOutput> InferenceOutput::prepare(const Arguments &arguments, const rt::ProgramInfo &info,
                                                   uint64_t samples) {
  InferenceOutput output;
  output.logitsPath = arguments.text("--logits");
  output.outputsPath = arguments.text("--outputs");
  for (const std::string &path : {output.logitsPath, output.outputsPath})
    if (Status status = path.empty() ? Status() : rt::checkWritable(path); !status.ok())
      return status;
  uint64_t bytesPerSample = output.logitsPath.empty() ? 0 : uint64_t(info.classes) * sizeof(int64_t);
  if (!output.outputsPath.empty()) {
    if (!info.hasRealOutput)
      return Status::error("--outputs: '" + arguments.operand() +
                           "' does not say what its output is worth, a binary of format 1.2 or newer is needed");
    bytesPerSample += rt::elementsOf(info.realOutputShape) * sizeof(double);
  }
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(bytesPerSample, samples, &bytes))
    bytes = UINT64_MAX;
  if (Status status = rt::checkHostMemory(bytes); !status.ok())
    return status;
  return output;
}

Status InferenceOutput::take(const rt::Session &session, const std::vector<int64_t> &batch) {
  if (!logitsPath.empty())
    logits.insert(logits.end(), batch.begin(), batch.end());
  if (outputsPath.empty())
    return Status();
  Expected<std::vector<double>> values = session.realOutputs(batch);
  if (!values)
    return values.status();
  if (session.info().outputIsIndex)
    indices.insert(indices.end(), values->begin(), values->end());
  else
    reals.insert(reals.end(), values->begin(), values->end());
  return Status();
}

Status InferenceOutput::write(const rt::ProgramInfo &info, uint64_t samples) const {
  const auto count = static_cast<int64_t>(samples);
  if (!logitsPath.empty())
    if (Status status = rt::writeNpy(logitsPath, {count, info.classes}, logits); !status.ok())
      return status;
  if (outputsPath.empty())
    return Status();
  std::vector<int64_t> shape{count};
  shape.insert(shape.end(), info.realOutputShape.begin(), info.realOutputShape.end());
  const std::string file = info.outputIsIndex ? rt::encodeNpyInt64(shape, indices) : rt::encodeNpyFloat32(shape, reals);
  return rt::writeFileAtomically(outputsPath, file.data(), file.size());
}

} // namespace wage::run
