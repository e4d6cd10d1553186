//===- ByteTileTest.cpp - tiles of bytes, and bytes in another order ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// The inner loop of the products of bytes alone: every number of rows and vectors of every instruction set, and operands
// whose products are as large as they may be for what is added in 16 bits.

#include "runtime/Kernels/ByteTile.h"

#include "runtime/Kernels/ByteTranspose.h"
#include "test/unit/Kernels/Buffers.h"

using namespace wage::rt;
using namespace wage::rt::test;

namespace {
/// Operands that are all as large as `largestProduct` says, or random up to there.
struct Operands {
  int byte, weight; ///< largest magnitudes
  bool isRandom;
  int largestProduct() const { return byte * weight; }
};

/// A tile's memory: rows that end where a page does, and a panel that does.
class TileCase {
public:
  TileCase(int rows, int vectors, std::vector<int64_t> runOffsets, int64_t words, const Operands &operands);
  void check(bool hasStart) const;

private:
  uint32_t sumOf(int row, int lane) const;

  const int rows, lanes, vectors;
  const std::vector<int64_t> offsets;
  const int64_t words;
  const int largestProduct;
  GuardedVector<uint8_t> bytes;
  GuardedVector<int8_t> panel;
  std::vector<const uint8_t *> places;
};
} // namespace

// Rows overlap, as windows of a convolution do: each begins five bytes behind the one before it.
TileCase::TileCase(int rows, int vectors, std::vector<int64_t> runOffsets, int64_t words, const Operands &operands)
    : rows(rows), lanes(vectors * vectorLanes), vectors(vectors), offsets(std::move(runOffsets)), words(words),
      largestProduct(operands.largestProduct()), bytes(size_t(5 * (rows - 1) + offsets.back() + words * wordBytes)),
      panel(size_t(int64_t(offsets.size()) * words * lanes * wordBytes)) {
  Numbers byte(operands.byte, 3), weight(operands.weight, 4), sign(1, 5);
  std::generate(bytes.begin(), bytes.end(),
                [&] { return uint8_t(operands.isRandom ? std::abs(byte()) : operands.byte); });
  // -128 has no counterpart: there all weights are negative. Else some lanes are all of one sign, and some mixed.
  for (size_t i = 0; i < panel.size(); ++i) {
    const int lane = int(i / wordBytes % size_t(lanes));
    const bool isNegative = operands.weight == 128 || lane % 3 == 0 || (lane % 3 == 1 && sign() > 0);
    panel[i] = int8_t(operands.isRandom ? weight() : isNegative ? -operands.weight : operands.weight);
  }
  for (int row = 0; row < rows; ++row)
    places.push_back(bytes.data() + 5 * row);
}

uint32_t TileCase::sumOf(int row, int lane) const {
  uint32_t sum = 0;
  int64_t word = 0;
  for (const int64_t offset : offsets)
    for (int64_t w = 0; w < words; ++w, ++word)
      for (int b = 0; b < wordBytes; ++b)
        sum += uint32_t(int32_t(places[size_t(row)][offset + w * wordBytes + b]) *
                        panel[size_t((word * lanes + lane) * wordBytes + b)]);
  return sum;
}

// What the sums start from wraps around, which is exact modulo 2^32; what stands between rows stays.
void TileCase::check(bool hasStart) const {
  const int64_t rowStride = lanes + 3;
  GuardedVector<int32_t> sums(size_t((rows - 1) * rowStride + lanes)), start(size_t(lanes), 0);
  std::generate(sums.begin(), sums.end(), Numbers(INT32_MAX, 6));
  std::generate(start.begin(), start.end(), Numbers(INT32_MAX, 7));
  GuardedVector<int32_t> expected = sums;
  uint32_t expectedLargest = 0;
  for (int row = 0; row < rows; ++row)
    for (int lane = 0; lane < lanes; ++lane) {
      int32_t &sum = expected[size_t(row * rowStride + lane)];
      sum = int32_t(uint32_t(hasStart ? start[size_t(lane)] : sum) + sumOf(row, lane));
      expectedLargest = std::max(expectedLargest, sum < 0 ? 0 - uint32_t(sum) : uint32_t(sum));
    }
  const GuardedVector<int32_t> before = sums;
  const auto run = [&](uint32_t *largest) {
    currentByteTile().run({places.data(),
                           {offsets.data(), int64_t(offsets.size()), words},
                           panel.data(),
                           sums.data(),
                           rowStride,
                           hasStart ? start.data() : nullptr,
                           largestProduct,
                           largest},
                          rows, vectors);
  };
  // Larger than what stands there, or not.
  for (const uint32_t floor : {uint32_t(0), uint32_t(INT32_MAX) + 1}) {
    GuardedVector<uint32_t> largest(vectorLanes, 0);
    largest[3] = floor;
    sums = before;
    run(largest.data());
    EXPECT_EQ(sums, expected);
    EXPECT_EQ(*std::max_element(largest.begin(), largest.end()), std::max(expectedLargest, floor))
        << rows << " rows, " << vectors << " vectors";
  }
  sums = before;
  run(nullptr);
  EXPECT_EQ(sums, expected) << rows << " rows, " << vectors << " vectors, " << offsets.size() << " runs of " << words
                            << " words, products up to " << largestProduct;
}

namespace {
class ByteTiles : public EachIsa {
protected:
  /// Every tile that the instruction set takes, from `start` and from what stands there.
  static void checkAll(const std::vector<int64_t> &offsets, int64_t words, const Operands &operands) {
    for (int vectors = 1; vectors <= maximumVectors; ++vectors)
      for (int rows = 1; rows <= currentByteTile().rowsOf[vectors - 1]; ++rows)
        for (const bool hasStart : {true, false})
          TileCase(rows, vectors, offsets, words, operands).check(hasStart);
  }
};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, ByteTiles, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

TEST_P(ByteTiles, OfEveryShape) {
  for (const int weight : {1, 7, 127}) {
    checkAll({0}, 1, {255, weight, true});
    checkAll({0}, 6, {127, weight, true});
    checkAll({0, 21, 50}, 5, {255, weight, true});
  }
}

// The largest products for which 16 bits may hold 129, 8, 5, 4, 3 and 1 pairs of them, and the next larger ones, all at once.
TEST_P(ByteTiles, AtTheBoundOfHalves) {
  const Operands bounds[] = {{0, 127, false},  {1, 1, false},     {127, 1, false},  {89, 23, false},
                             {126, 26, false}, {113, 29, false},  {65, 63, false},  {64, 64, false},
                             {43, 127, false}, {129, 127, false}, {128, 128, false}};
  for (const Operands &operands : bounds)
    for (const int64_t words : {4, 5, 131})
      for (const int vectors : {1, 2, 3})
        for (const int rows : {1, 2, 3, currentByteTile().rowsOf[vectors - 1]})
          TileCase(rows, vectors, {0}, words, operands).check(true);
}

TEST_P(ByteTiles, OfTheLargestProducts) {
  for (const int weight : {127, 128})
    for (const int64_t words : {1, 33})
      checkAll({0, 140}, words, {255, weight, false});
}

// 70000 words of the largest products: the sum wraps around, and comes back where it started from what was taken off.
TEST_P(ByteTiles, ManyWordsWrapAround) {
  for (const Operands &operands : {Operands{255, 128, false}, {129, 127, false}, {127, 1, false}})
    TileCase(3, 2, {0}, 70000, operands).check(true);
}

// Of every number of rows: none left out, no tile longer than the registers hold, and but for the last in whole steps.
TEST_P(ByteTiles, ShareOutRows) {
  const ByteTileBody &body = currentByteTile();
  for (int vectors = 1; vectors <= maximumVectors; ++vectors)
    for (int64_t count = 1; count <= 100; ++count) {
      const TileRows rows(body, vectors, count);
      int64_t begin = 0;
      for (int64_t tile = 0; tile < rows.tiles(); begin = rows.end(tile++)) {
        EXPECT_GT(rows.end(tile), begin) << count << " rows, tile " << tile;
        EXPECT_LE(rows.end(tile) - begin, body.rowsOf[vectors - 1]) << count << " rows, tile " << tile;
        EXPECT_TRUE(rows.end(tile) == count || rows.end(tile) % body.rowStep == 0) << count << " rows, tile " << tile;
      }
      EXPECT_EQ(begin, count);
    }
}

//===----------------------------------------------------------------------===//
// Bytes in another order
//===----------------------------------------------------------------------===//

static GuardedVector<uint8_t> randomBytes(int64_t count) {
  GuardedVector<uint8_t> bytes(size_t(count), 0);
  std::generate(bytes.begin(), bytes.end(), Numbers(127));
  return bytes;
}

TEST(ByteTranspose, EverySizeAroundSixteen) {
  for (const int64_t rows : {1, 2, 15, 16, 17, 31, 32, 35, 48})
    for (const int64_t columns : {1, 3, 15, 16, 17, 32, 33, 50})
      for (const int64_t gap : {0, 5}) {
        const int64_t fromStride = columns + gap, toStride = rows + 2 * gap;
        const GuardedVector<uint8_t> from = randomBytes((rows - 1) * fromStride + columns);
        GuardedVector<uint8_t> to(size_t((columns - 1) * toStride + rows), 0xA5), expected = to;
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t column = 0; column < columns; ++column)
            expected[size_t(column * toStride + row)] = from[size_t(row * fromStride + column)];
        GuardedVector<uint8_t> flipped = to, expectedFlipped = to;
        for (int64_t column = 0; column < columns; ++column)
          for (int64_t row = 0; row < rows; ++row)
            expectedFlipped[size_t(column * toStride + row)] = expected[size_t(column * toStride + row)] ^ 128;
        transposeBytes(from.data(), fromStride, rows, columns, to.data(), toStride);
        EXPECT_EQ(to, expected) << rows << " by " << columns << ", gap " << gap;
        transposeBytes(from.data(), fromStride, rows, columns, flipped.data(), toStride, 128);
        EXPECT_EQ(flipped, expectedFlipped) << rows << " by " << columns << ", gap " << gap;
      }
}

// Words that stand at any byte; strides count words.
TEST(ByteTranspose, OfWords) {
  for (const int64_t rows : {1, 3, 4, 15, 16, 17, 35})
    for (const int64_t columns : {1, 2, 4, 5, 16, 19, 33})
      for (const int64_t aside : {0, 1, 2}) {
        const int64_t fromStride = columns + aside, toStride = rows + 2 * aside;
        const GuardedVector<uint8_t> from = randomBytes(4 * ((rows - 1) * fromStride + columns) + aside);
        GuardedVector<uint8_t> to(size_t(4 * ((columns - 1) * toStride + rows) + aside), 0xA5), expected = to;
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t column = 0; column < columns; ++column)
            std::copy_n(&from[size_t(4 * (row * fromStride + column) + aside)], 4,
                        &expected[size_t(4 * (column * toStride + row) + aside)]);
        transposeWords(from.data() + aside, fromStride, rows, columns, to.data() + aside, toStride);
        EXPECT_EQ(to, expected) << rows << " by " << columns << ", aside by " << aside;
      }
}

TEST(ByteTranspose, OfNothing) {
  uint8_t byte = 7;
  transposeBytes(&byte, 1, 0, 20, &byte, 1);
  transposeBytes(&byte, 1, 20, 0, &byte, 1);
  EXPECT_EQ(byte, 7);
}

// Of rows that are missing, and lanes up to the padded ones, zeros; nothing behind them.
TEST(ByteTranspose, InterleavesFourRows) {
  for (int64_t lanes = 1; lanes <= 64; ++lanes)
    for (int present = 1; present <= 4; ++present)
      for (const int64_t padded : {(lanes + 15) / 16 * 16, (lanes + 31) / 16 * 16})
        for (const int offset : {0, 128}) {
          const int64_t stride = lanes + 3;
          const GuardedVector<uint8_t> from = randomBytes((present - 1) * stride + lanes);
          GuardedVector<int8_t> quads(size_t(padded * 4), 0x5A), expected(size_t(padded * 4), 0);
          for (int64_t lane = 0; lane < lanes; ++lane)
            for (int i = 0; i < present; ++i)
              expected[size_t(lane * 4 + i)] = int8_t(from[size_t(i * stride + lane)] - offset);
          interleaveFour(from.data(), stride, present, lanes, padded, offset, quads.data());
          EXPECT_EQ(quads, expected) << lanes << " lanes, " << present << " rows, " << padded << " padded, offset "
                                     << offset;
        }
}
