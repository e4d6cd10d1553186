//===- AugmentationTest.cpp - training images, shifted and mirrored ------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Augmentation.h"

#include <gtest/gtest.h>
#include <map>

namespace wage::rt::test {
namespace {

/// Two images of which every byte is another, and none 0.
Dataset numbered(uint32_t channels, uint32_t height, uint32_t width) {
  Dataset data;
  data.imagePath = "i.npy";
  data.count = 2;
  data.channels = channels;
  data.height = height;
  data.width = width;
  for (size_t i = 0; i < 2 * data.imageBytes(); ++i)
    data.pixels.push_back(static_cast<uint8_t>(i + 1));
  return data;
}

std::vector<uint8_t> augmented(const Augmentation &augmentation, uint64_t seed, uint64_t sample, const Dataset &data,
                               uint64_t index = 0) {
  std::vector<uint8_t> pixels(data.imageBytes(), 0xEE);
  augmentImage(augmentation, seed, sample, data, index, pixels.data());
  return pixels;
}

/// The window at row y, column x of the padded image, from the definition.
std::vector<uint8_t> window(const Dataset &data, uint64_t index, uint32_t pad, uint32_t y, uint32_t x, bool flipped) {
  std::vector<uint8_t> pixels;
  for (uint32_t channel = 0; channel < data.channels; ++channel)
    for (uint32_t row = 0; row < data.height; ++row)
      for (uint32_t column = 0; column < data.width; ++column) {
        const int64_t r = int64_t(row) + y - pad;
        const int64_t c = int64_t(flipped ? data.width - 1 - column : column) + x - pad;
        const bool inside = r >= 0 && r < data.height && c >= 0 && c < data.width;
        pixels.push_back(inside ? data.image(index)[(channel * data.height + r) * data.width + c] : 0);
      }
  return pixels;
}

// Every window comes, mirrored and not, about equally often, and nothing else: 50 of them, 200 times each on average.
TEST(Augmentation, DrawsEveryWindowEquallyOften) {
  const Dataset data = numbered(2, 4, 3);
  constexpr uint32_t pad = 2;
  std::map<std::vector<uint8_t>, int> count;
  for (uint32_t y = 0; y <= 2 * pad; ++y)
    for (uint32_t x = 0; x <= 2 * pad; ++x)
      for (bool flipped : {false, true})
        count[window(data, 1, pad, y, x, flipped)] = 0;
  ASSERT_EQ(count.size(), 50u);
  for (uint64_t sample = 0; sample < 10000; ++sample) {
    const auto found = count.find(augmented({pad, true}, 3, sample, data, 1));
    ASSERT_NE(found, count.end());
    ++found->second;
  }
  double chiSquare = 0;
  for (const auto &[pixels, times] : count)
    chiSquare += (times - 200.0) * (times - 200.0) / 200.0;
  EXPECT_LT(chiSquare, 110); // 49 degrees of freedom
}

TEST(Augmentation, DependsOnSeedAndSampleNumberOnly) {
  const Dataset data = numbered(1, 9, 9);
  const Augmentation both = {4, true};
  size_t otherSeed = 0, otherSample = 0;
  for (uint64_t sample : {uint64_t(0), uint64_t(7), uint64_t(1) << 32, (uint64_t(1) << 62) + 5}) {
    EXPECT_EQ(augmented(both, 1, sample, data), augmented(both, 1, sample, data));
    otherSeed += augmented(both, 1, sample, data) != augmented(both, (uint64_t(1) << 32) + 1, sample, data);
    otherSample += augmented(both, 1, sample, data) != augmented(both, 1, sample ^ (uint64_t(1) << 33), data);
  }
  EXPECT_GE(otherSeed, 3u);
  EXPECT_GE(otherSample, 3u);
}

TEST(Augmentation, FlipsWholeRows) {
  const Dataset data = numbered(2, 2, 3);
  size_t flipped = 0;
  for (uint64_t sample = 0; sample < 64; ++sample) {
    const std::vector<uint8_t> pixels = augmented({0, true}, 5, sample, data);
    ASSERT_TRUE(pixels == window(data, 0, 0, 0, 0, false) || pixels == window(data, 0, 0, 0, 0, true));
    flipped += pixels == window(data, 0, 0, 0, 0, true);
  }
  EXPECT_GT(flipped, 16u);
  EXPECT_LT(flipped, 48u);
}

TEST(Augmentation, SaysWhatItIs) {
  EXPECT_EQ(Augmentation().text(), "none");
  EXPECT_EQ((Augmentation{4, false}).text(), "pad=4");
  EXPECT_EQ((Augmentation{0, true}).text(), "flip");
  EXPECT_EQ((Augmentation{4, true}).text(), "pad=4,flip");
}

TEST(Augmentation, NeedsImagesLargerThanThePadding) {
  const Dataset data = numbered(1, 4, 3);
  EXPECT_TRUE(checkAugmentation({2, true}, data).ok());
  EXPECT_TRUE(checkAugmentation({0, true}, data).ok());
  EXPECT_EQ(checkAugmentation({3, false}, data).text(),
            "'i.npy': holds images of 4 x 3 pixels, padding by 3 needs at least 4 in both directions");
}

} // namespace
} // namespace wage::rt::test
