//===- PaddedImages.cpp - samples as zero-padded int16 planes -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/PaddedImages.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/IsaLoop.h"

#include <algorithm>
#include <cstring>
#include <utility>

using namespace wage::rt;

/// The source indices [first, last) of one axis that land on the plane.
static std::pair<int64_t, int64_t> landing(int64_t sourceLength, int64_t length, int64_t origin, int64_t step) {
  const int64_t first = origin >= 0 ? 0 : (-origin + step - 1) / step;
  const int64_t last = length <= origin ? 0 : (length - origin + step - 1) / step;
  return {first, std::max(first, std::min(sourceLength, last))};
}

template <typename Element> static void fillSample(const PaddedImages &layout, const Element *source, int16_t *image) {
  const auto [firstY, lastY] = landing(layout.sourceHeight, layout.height, layout.originY, layout.stepY);
  const auto [firstX, lastX] = landing(layout.sourceWidth, layout.width, layout.originX, layout.stepX);
  for (int64_t channel = 0; channel < layout.channels; ++channel, image += layout.plane())
    for (int64_t y = firstY; y < lastY; ++y) {
      const Element *from = source + (channel * layout.sourceHeight + y) * layout.sourceWidth;
      int16_t *to = image + (layout.originY + y * layout.stepY) * layout.width + layout.originX;
      if (layout.stepX == 1) {
        std::copy(from + firstX, from + lastX, to + firstX);
        continue;
      }
      for (int64_t x = firstX; x < lastX; ++x)
        to[x * layout.stepX] = from[x];
    }
}

void PaddedImages::fill(BufferView source, int64_t firstSample, int64_t samples, int16_t *images) const {
  std::memset(images, 0, bytes(samples));
  runLoop([&] {
    for (int64_t sample = 0; sample < samples; ++sample) {
      int16_t *image = images + sample * elements();
      if (source.type == ElementType::Int8)
        fillSample(*this, sampleOf<const int8_t>(source, firstSample + sample), image);
      else
        fillSample(*this, sampleOf<const int16_t>(source, firstSample + sample), image);
    }
  });
}
