//===- EventInput.h - recordings of event cameras as input -----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_EVENTINPUT_H
#define WAGE_TOOLS_WAGERUN_EVENTINPUT_H

#include "runtime/Api/wage_runtime.h"
#include "runtime/Data/EventRecording.h"
#include "tools/wage-run/Arguments.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wage::run {

/// What the flags beside --events say.
struct EventFlags {
  rt::EventWindows windows;                ///< width and height: of --sensor, or 0
  std::optional<rt::PolarityChannels> use; ///< of a single channel; none: difference
  double value = 1;                        ///< of one event, as the model's input
  bool saturate = false;                   ///< counts that the input does not hold are clipped to what it holds
};

/// The flags beside --events. Errors (usage): a value that is no such; --window is missing, or one is given without --events.
Expected<EventFlags> eventFlags(const Arguments &arguments);

/// Recordings, each window of which is a sample, in order.
class EventInput {
public:
  /// A window of a recording.
  struct Window {
    size_t recording;
    uint32_t index;
  };

  /// Reads what --events and --labels (one of each recording) name, and encodes every window once, so that nothing is
  /// wrong with any.
  /// Errors: a file cannot be read or holds other events than the binary has pixels and the flags windows for; the binary's
  ///         input is no plane of pixels; a count is more than an input activation holds, without EventFlags::saturate.
  static Expected<EventInput> read(const Arguments &arguments, const EventFlags &flags, const rt::Session &session);

  const std::vector<rt::EventRecording> &recordings() const { return all; }
  /// By recording; none: no labels.
  const std::vector<uint32_t> &labels() const { return classes; }
  uint64_t count() const { return firstSamples.back(); }
  Window windowOf(uint64_t sample) const;
  /// Of a sample: elements of its frame that were clipped.
  uint32_t saturated(uint64_t sample) const { return saturatedElements[sample]; }

  /// Infers samples [first, first + count). Errors: those of Session::inferActivations.
  Status infer(rt::Session &session, uint64_t first, uint32_t count, std::vector<int64_t> &logits) const;

private:
  Status readRecordings(const std::string &paths);
  Status encodeAll(const rt::Session &session);
  Status encode(const rt::Session &session, uint64_t sample, int16_t *activations, uint32_t &clipped) const;
  Status overflow(uint64_t sample, size_t element, int64_t count, double found, int64_t limit) const;

  EventFlags flags; ///< width, height and use: as the binary has them
  std::vector<rt::EventRecording> all;
  std::vector<uint64_t> firstSamples; ///< of each recording, and the number of all
  std::vector<uint32_t> saturatedElements;
  std::vector<uint32_t> classes;
};

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_EVENTINPUT_H
