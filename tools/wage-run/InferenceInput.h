//===- InferenceInput.h - what a network is fed with -----------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_INFERENCEINPUT_H
#define WAGE_TOOLS_WAGERUN_INFERENCEINPUT_H

#include "runtime/Data/RealArray.h"
#include "tools/wage-run/EventInput.h"
#include "tools/wage-run/Inference.h"

#include <variant>

namespace wage::run {

/// Images of bytes, samples of real numbers or recordings of events, and their labels where there are any.
class InferenceInput {
public:
  /// Reads what --images, --input or --events, and --labels, name. Errors: it cannot be read, or does not fit the binary of
  /// `session`; labels are given though the output has no axis of classes.
  static Expected<InferenceInput> read(const Arguments &arguments, const EventFlags &flags, const rt::Session &session);

  uint64_t count() const { return samples; }
  /// By sample; those of recordings are known to events() alone.
  const std::vector<uint32_t> &labels() const { return classes; }
  /// Null where the samples are no windows of recordings.
  const EventInput *events() const { return std::get_if<EventInput>(&data); }
  /// Runs samples through a session of the binary that they were read for.
  BatchRunner runner(rt::Session &session) const;

private:
  std::variant<rt::Dataset, rt::RealArray, EventInput> data;
  uint64_t samples = 0;
  std::vector<uint32_t> classes;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_INFERENCEINPUT_H
