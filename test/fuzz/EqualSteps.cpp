//===- EqualSteps.cpp - both engines on one program --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "test/fuzz/EqualSteps.h"

#include "test/fuzz/FuzzTarget.h"

#include <algorithm>

namespace wage::fuzz {

void expectEqualSteps(rt::Session &core, rt::Session &fused) {
  const rt::ProgramInfo &info = core.info();
  const uint32_t count = std::min<uint32_t>(info.maxBatch, 3);
  Bytes images(size_t(count) * info.channels * info.height * info.width);
  for (size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<uint8_t>(i * 37 + i / 11);
  std::vector<int64_t> byCore, byFused;
  // Both run in any case, since either may crash.
  const bool coreInfers = accepted(core.infer(images.data(), count, byCore));
  if (accepted(fused.infer(images.data(), count, byFused)) && coreInfers && byCore != byFused)
    fail("the engines' logits differ");
  if (!info.trainable)
    return;
  std::vector<uint32_t> labels(count);
  for (uint32_t i = 0; i < count; ++i)
    labels[i] = i % info.classes;
  const auto train = [&](rt::Session &session) {
    rt::StepReport report;
    return accepted(session.trainStep(images.data(), labels.data(), count, 3, 5, 0, report, nullptr));
  };
  const bool coreTrains = train(core);
  if (train(fused) && coreTrains && core.weightImages() != fused.weightImages())
    fail("the engines' weights differ after a training step");
}

} // namespace wage::fuzz
