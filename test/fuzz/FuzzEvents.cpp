//===- FuzzEvents.cpp - recordings of event cameras --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Cut into windows once as far as the events reach, and once into a fixed number; the first and last windows are counted.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/EventFiles.h"
#include "test/fuzz/FuzzTarget.h"

using namespace wage;
using namespace wage::fuzz;

namespace {

constexpr uint32_t side = 8;

void countWindows(const rt::EventRecording &recording) {
  for (rt::PolarityChannels use :
       {rt::PolarityChannels::Separate, rt::PolarityChannels::Difference, rt::PolarityChannels::Sum}) {
    std::vector<int64_t> counts(size_t(rt::channelsOf(use)) * side * side);
    const uint32_t windows = recording.windowCount();
    for (uint32_t window = 0; window < windows; ++window)
      if (window < 16 || windows - window <= 16)
        rt::countEvents(recording, window, use, counts.data());
  }
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateInPlace(data, size, maxSize, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const InputFile file("");
  const std::string &path = file.write(data, size);
  rt::EventWindows windows;
  windows.width = windows.height = side;
  windows.length = 1000;
  if (const auto recording = rt::readEventFile(path, windows); accepted(recording))
    countWindows(*recording);
  windows.start = 0;
  windows.count = 5;
  if (const auto recording = rt::readEventFile(path, windows); accepted(recording))
    countWindows(*recording);
  return 0;
}
