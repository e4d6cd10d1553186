//===- Augmentation.cpp - training images, shifted and mirrored ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Augmentation.h"

#include "runtime/Numerics/Philox.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

namespace {

/// The part of a line of `size` pixels that a window at `offset` - pad sees, and where it comes to lie in it.
struct Overlap {
  Overlap(uint32_t size, uint32_t offset, uint32_t pad)
      : from(offset > pad ? offset - pad : 0), to(offset < pad ? pad - offset : 0), count(size - std::max(from, to)) {}
  uint32_t from, to, count;
};

} // namespace

std::string Augmentation::text() const {
  if (!any())
    return "none";
  const std::string padding = pad != 0 ? "pad=" + std::to_string(pad) : "";
  return padding + (flip ? padding.empty() ? "flip" : ",flip" : "");
}

Status checkAugmentation(const Augmentation &augmentation, const Dataset &data) {
  const uint32_t shorter = std::min(data.height, data.width);
  if (augmentation.pad < shorter || augmentation.pad == 0)
    return Status();
  return Status::error("'" + data.imagePath + "': holds images of " + std::to_string(data.height) + " x " +
                       std::to_string(data.width) + " pixels, padding by " + std::to_string(augmentation.pad) +
                       " needs at least " + std::to_string(uint64_t(augmentation.pad) + 1) + " in both directions");
}

void augmentImage(const Augmentation &augmentation, uint64_t seed, uint64_t sample, const Dataset &data, uint64_t index,
                  uint8_t *pixels) {
  PhiloxWords words(seed, AugmentationStream, sample);
  const uint32_t pad = augmentation.pad;
  const uint32_t y = pad != 0 ? words.below(2 * pad + 1) : 0, x = pad != 0 ? words.below(2 * pad + 1) : 0;
  const bool flipped = augmentation.flip && words.below(2) == 1;
  const Overlap rows(data.height, y, pad), columns(data.width, x, pad);
  std::memset(pixels, 0, data.imageBytes());
  const size_t plane = size_t(data.height) * data.width;
  for (uint32_t channel = 0; channel < data.channels; ++channel)
    for (uint32_t row = 0; row < rows.count; ++row) {
      const uint8_t *from = data.image(index) + channel * plane + size_t(rows.from + row) * data.width + columns.from;
      uint8_t *line = pixels + channel * plane + size_t(rows.to + row) * data.width;
      if (flipped)
        std::reverse_copy(from, from + columns.count, line + data.width - columns.to - columns.count);
      else
        std::memcpy(line + columns.to, from, columns.count);
    }
}

} // namespace wage::rt
