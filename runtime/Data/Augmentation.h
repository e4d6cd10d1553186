//===- Augmentation.h - training images, shifted and mirrored ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A training image is changed each time it is taken, by random numbers that depend on nothing but the seed and the number
// of the sample in the run: on no thread, engine or earlier sample, so that a run can start anywhere.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_AUGMENTATION_H
#define WAGE_RUNTIME_DATA_AUGMENTATION_H

#include "runtime/Data/Dataset.h"

#include <cstdint>
#include <string>

namespace wage::rt {

/// How training images are changed.
///
/// Sample j = step·batch + i of a run draws from PhiloxWords, with the run's seed as key, stream 2^32 - 2 and j as number.
/// If `pad` is not 0, first y and then x, each uniform in 0…2·pad: the image gets `pad` rows and columns of bytes 0 on every
/// side, and the window of the image's own size whose first pixel is row y, column x of that is taken. Then, if `flip`, a
/// number in 0…1: if it is 1, each row of the window is reversed. All channels alike.
///
/// Bytes 0 and not the middle grey: the authors of WAGE pad their CIFAR-10 images before they scale them.
///
/// Source: arithmetic.md section 8, which leaves the draw open.
struct Augmentation {
  uint32_t pad = 0; ///< rows and columns
  bool flip = false;

  bool any() const { return pad != 0 || flip; }

  /// "none", "pad=4", "flip" or "pad=4,flip": equal for equal augmentations.
  std::string text() const;
};

/// Errors: the images are so small that a window could miss the image, which is at least `pad` + 1 high and wide if not.
Status checkAugmentation(const Augmentation &augmentation, const Dataset &data);

/// Writes sample `sample` of the run with seed `seed`, which takes image `index` of `data`, to `pixels`.
/// Shape: `pixels` has data.imageBytes() bytes. Requires that checkAugmentation() passed.
void augmentImage(const Augmentation &augmentation, uint64_t seed, uint64_t sample, const Dataset &data, uint64_t index,
                  uint8_t *pixels);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_AUGMENTATION_H
