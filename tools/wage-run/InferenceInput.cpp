//===- InferenceInput.cpp - what a network is fed with ---------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/InferenceInput.h"

namespace wage::run {

namespace {

/// Labels that a user asks for need an output that they can be compared with.
Status checkLabelled(const Arguments &arguments, const rt::ProgramInfo &info) {
  if (info.hasClassAxis || !arguments.has("--labels"))
    return Status();
  return Status::error("--labels: '" + arguments.operand() + "' has an output of " + std::to_string(info.classes) +
                       " numbers in several dimensions, labels need one dimension of classes");
}

Expected<rt::Dataset> readImages(const Arguments &arguments, const rt::ProgramInfo &info) {
  Expected<rt::Dataset> images = rt::readDataset(arguments.text("--images"), arguments.text("--labels"));
  if (!images)
    return images;
  if (!info.hasClassAxis)
    images->labels.clear(); // those that CIFAR-10 files carry
  if (Status status = rt::checkDataset(*images, info.channels, info.height, info.width, info.classes); !status.ok())
    return status;
  return images;
}

Expected<std::vector<uint32_t>> readOwnLabels(const Arguments &arguments, const rt::ProgramInfo &info, uint64_t count) {
  if (!arguments.has("--labels"))
    return std::vector<uint32_t>();
  Expected<std::vector<uint32_t>> labels = rt::readLabels(arguments.text("--labels"), count, arguments.text("--input"));
  if (!labels)
    return labels;
  if (Status status = rt::checkLabels(*labels, arguments.text("--labels"), info.classes); !status.ok())
    return status;
  return labels;
}

} // namespace

Expected<InferenceInput> InferenceInput::read(const Arguments &arguments, const EventFlags &flags,
                                              const rt::Session &session) {
  const rt::ProgramInfo &info = session.info();
  if (Status status = checkLabelled(arguments, info); !status.ok())
    return status;
  InferenceInput input;
  if (arguments.has("--images")) {
    Expected<rt::Dataset> images = readImages(arguments, info);
    if (!images)
      return images.status();
    input.samples = images->count;
    input.classes = images->labels;
    input.data = std::move(*images);
    return input;
  }
  if (arguments.has("--events")) {
    Expected<EventInput> events = EventInput::read(arguments, flags, session);
    if (!events)
      return events.status();
    input.samples = events->count();
    input.data = std::move(*events);
    return input;
  }
  Expected<rt::RealArray> reals = rt::RealArray::read(arguments.text("--input"), info.realInputShape);
  if (!reals)
    return reals.status();
  Expected<std::vector<uint32_t>> labels = readOwnLabels(arguments, info, reals->count());
  if (!labels)
    return labels.status();
  input.samples = reals->count();
  input.classes = std::move(*labels);
  input.data = std::move(*reals);
  return input;
}

BatchRunner InferenceInput::runner(rt::Session &session) const {
  if (const auto *images = std::get_if<rt::Dataset>(&data))
    return [&session, images](uint64_t first, uint32_t count, std::vector<int64_t> &logits) {
      return session.infer(images->image(first), count, logits);
    };
  if (const EventInput *recordings = events())
    return [&session, recordings](uint64_t first, uint32_t count, std::vector<int64_t> &logits) {
      return recordings->infer(session, first, count, logits);
    };
  const auto *reals = &std::get<rt::RealArray>(data);
  uint64_t elements = 1;
  for (uint32_t extent : session.info().realInputShape)
    elements *= extent;
  return [&session, reals, elements](uint64_t first, uint32_t count, std::vector<int64_t> &logits) {
    std::vector<double> values(count * elements);
    reals->copy(first, count, values.data());
    return session.inferReal(values.data(), count, logits);
  };
}

} // namespace wage::run
