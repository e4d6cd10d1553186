//===- ByteStagesTest.cpp - stages between byte products against plain kernels ---===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// What a stage does at once, the kernels of ElementwiseKernels.h do one after the other, on planes [channel][y][x]; their
// results are brought into the stage's order, channel-last, element by element. Memory ends where a stage's own must.

#include "runtime/Kernels/ByteStages.h"

#include "test/unit/Kernels/Buffers.h"

#include <cstdlib>

using namespace wage::rt;
using namespace wage::rt::test;

namespace {
class ByteStages : public EachIsa {};

/// Sums around all that happens at a shift: ties and their neighbours, values far beyond the clip, few values in a narrow range
/// so that windows have more than one maximum.
class SumsAround {
public:
  SumsAround(int shift, uint32_t seed) : shift(shift), any(1, seed), wide(700, seed + 1), narrow(2, seed + 2) {}
  int64_t operator()() {
    const int64_t half = shift > 0 ? int64_t(1) << (shift - 1) : 1;
    ++turn;
    const int64_t sum = (turn % 3 ? narrow() : wide()) * half + (turn % 5 ? 0 : any());
    return std::clamp<int64_t>(turn % 97 ? sum : any() * INT32_MAX, -INT32_MAX, INT32_MAX);
  }

private:
  const int shift;
  Numbers any, wide, narrow;
  int turn = 0;
};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, ByteStages, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

static constexpr Rounding roundings[] = {Rounding::HalfEven, Rounding::HalfAway};

/// A kernel that writes a new batch of as many elements.
template <typename Kernel> static Batch mapped(Batch from, ElementType type, Kernel &&kernel) {
  Batch to(type, from.elements, from.samples);
  kernel(from.view(), to.view(), from.elements, from.samples);
  return to;
}

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

namespace {
/// What the plain kernels make of sums: activations, masks and positions, of one sample.
struct Plain {
  Batch activations, positive, within, positions;
};
} // namespace

static Batch reluOf(const ByteQuantizer &quantizer, const Batch &sums) {
  if (!quantizer.hasRelu)
    return sums;
  return mapped(sums, ElementType::Int32, [](auto in, auto out, auto n, auto s) { relu(in, out, n, s); });
}

static Batch roundedOf(const ByteQuantizer &quantizer, const Batch &values) {
  return mapped(values, ElementType::Int8, [&](auto in, auto out, auto n, auto s) {
    shiftClip(in, out, n, s, quantizer.shift, quantizer.bits, quantizer.rounding);
  });
}

/// In the order that the quantizer says: the masks stand where the rounding does.
static Plain plainOf(const ByteQuantizer &quantizer, Batch sums) {
  PoolWindow pool = quantizer.pool;
  Batch pooledSums(ElementType::Int32, pool.outputElements(), 1),
      positions(ElementType::Int8, pool.outputElements(), 1);
  if (quantizer.poolsSums)
    maxPool(pool, sums.view(), pooledSums.view(), positions.view(), 1);
  const Batch &before = quantizer.poolsSums ? pooledSums : sums;
  const Batch values = reluOf(quantizer, before);
  const Batch positives = mapped(before, ElementType::Mask, positive);
  const Batch withins = mapped(values, ElementType::Mask, [&](auto in, auto out, auto n, auto s) {
    within(in, out, n, s, quantizer.withinLimit);
  });
  Batch rounded = roundedOf(quantizer, values);
  if (quantizer.poolsSums)
    return {rounded, positives, withins, positions};
  Batch pooled(ElementType::Int8, pool.outputElements(), 1);
  maxPool(pool, rounded.view(), pooled.view(), positions.view(), 1);
  return {pooled, positives, withins, positions};
}

/// The element of the pool's input that an output took, of those of its channel.
static int64_t winnerOf(const PoolWindow &pool, int64_t y, int64_t x, int64_t position) {
  return (y * pool.strideY - pool.padTop + position / pool.kernelWidth) * pool.width + x * pool.strideX - pool.padLeft +
         position % pool.kernelWidth;
}

static uint8_t gateOf(const ByteQuantizer &quantizer, const Plain &plain, int64_t channel, int64_t y, int64_t x) {
  const PoolWindow &pool = quantizer.pool;
  const int64_t output = (channel * pool.outHeight + y) * pool.outWidth + x, position = plain.positions.at(0, output);
  const int64_t masked =
      quantizer.poolsSums ? output : channel * pool.height * pool.width + winnerOf(pool, y, x, position);
  const bool isPositive = !quantizer.hasRelu || plain.positive.at(0, masked);
  return uint8_t((plain.within.at(0, masked) ? gateWithin : 0) | (isPositive ? gatePositive : 0) | position);
}

/// Rows [first, last) of sums as a strip of them holds it, with rubbish in the lanes that are none.
static GuardedVector<int32_t> stripOf(const PoolWindow &pool, const Batch &sums, int64_t first, int64_t last) {
  const int64_t stride = paddedLanes(pool.channels);
  GuardedVector<int32_t> strip(size_t((last - first) * pool.width * stride), 0x5A5A5A5A);
  for (int64_t channel = 0; channel < pool.channels; ++channel)
    for (int64_t i = 0; i < (last - first) * pool.width; ++i)
      strip[size_t(i * stride + channel)] = int32_t(sums.at(0, (channel * pool.height + first) * pool.width + i));
  return strip;
}

/// One row, from a strip that holds what it reads, or a row more in front. Between pixels nothing is written.
static void checkRow(const ByteQuantizer &quantizer, const Batch &sums, const Plain &plain, int64_t y,
                     bool wantsGates) {
  const PoolWindow &pool = quantizer.pool;
  const int64_t lanes = pool.channels, top = y * pool.strideY - pool.padTop;
  const int64_t first = std::max<int64_t>(0, top - y % 2),
                last = std::min<int64_t>(pool.height, top + pool.kernelHeight);
  const GuardedVector<int32_t> strip = stripOf(pool, sums, first, last);
  const int64_t pixelBytes = lanes + 7, gateBytes = lanes + 2;
  GuardedVector<uint8_t> activations(size_t((pool.outWidth - 1) * pixelBytes + lanes), 0xA5), expected = activations;
  GuardedVector<uint8_t> gates(size_t((pool.outWidth - 1) * gateBytes + lanes), 0xA5), expectedGates = gates;
  for (int64_t x = 0; x < pool.outWidth; ++x)
    for (int64_t lane = 0; lane < lanes; ++lane) {
      expected[size_t(x * pixelBytes + lane)] =
          uint8_t(plain.activations.at(0, (lane * pool.outHeight + y) * pool.outWidth + x) + quantizer.outputOffset());
      if (wantsGates)
        expectedGates[size_t(x * gateBytes + lane)] = gateOf(quantizer, plain, lane, y, x);
    }
  quantizeRow(quantizer, strip.data(), first, y, lanes,
              {activations.data(), pixelBytes, wantsGates ? gates.data() : nullptr, gateBytes});
  ASSERT_EQ(activations, expected) << "row " << y;
  ASSERT_EQ(gates, expectedGates) << "row " << y;
}

static void checkCounts(const ByteQuantizer &quantizer, const Batch &sums) {
  const PoolWindow &pool = quantizer.pool;
  Batch rounded = roundedOf(quantizer, reluOf(quantizer, sums));
  uint64_t zero = 3, atLimit = 4, foundZero = 3, foundAtLimit = 4;
  countValues(rounded.view(), rounded.elements, 1, largestInteger(quantizer.bits), zero, atLimit);
  countQuantized(quantizer, stripOf(pool, sums, 0, pool.height).data(), int64_t(pool.height) * pool.width,
                 pool.channels, foundZero, foundAtLimit);
  EXPECT_EQ(foundZero, zero);
  EXPECT_EQ(foundAtLimit, atLimit);
}

static void checkQuantizer(const ByteQuantizer &quantizer, uint32_t seed) {
  SCOPED_TRACE(testing::Message() << "shift " << quantizer.shift << ", bits " << quantizer.bits << ", rounding "
                                  << int(quantizer.rounding) << (quantizer.hasRelu ? ", relu" : "")
                                  << (quantizer.poolsSums ? ", pool first, " : ", ") << quantizer.pool.channels
                                  << " lanes, kernel " << quantizer.pool.kernelHeight << " by "
                                  << quantizer.pool.kernelWidth << ", limit " << quantizer.withinLimit);
  Batch sums(ElementType::Int32, quantizer.pool.inputElements(), 1);
  sums.fill(SumsAround(quantizer.shift, seed));
  const Plain plain = plainOf(quantizer, sums);
  for (int64_t y = 0; y < quantizer.pool.outHeight; ++y)
    checkRow(quantizer, sums, plain, y, /*wantsGates=*/true);
  checkRow(quantizer, sums, plain, 0, /*wantsGates=*/false);
  checkCounts(quantizer, sums);
}

// clang-format off: it would set each window over lines.
static const PoolWindow windows[] = {
    // lanes  input  kernel stride pad   output
    { 5,      3, 4,  1, 1,  1, 1,  0, 0, 3, 4},
    {64,      1, 3,  1, 1,  1, 1,  0, 0, 1, 3},
    {19,      4, 6,  2, 2,  2, 2,  0, 0, 2, 3},
    {32,      5, 7,  2, 2,  2, 2,  0, 0, 2, 3}, // a row and a column that no window takes
    { 1,      5, 5,  2, 2,  2, 2,  0, 0, 3, 3}, // windows that reach beyond the plane
    {33,      7, 6,  3, 3,  2, 2,  1, 1, 4, 3},
    {16,      5, 4,  3, 3,  1, 1,  2, 1, 6, 4},
    {17,      6, 7,  2, 3,  3, 3,  0, 0, 2, 2}, // elements between windows
    { 3,      8, 9,  8, 8,  8, 8,  0, 0, 1, 1}, // as many positions as a gate tells apart
};
// clang-format on

TEST_P(ByteStages, QuantizeRowAtEveryShift) {
  uint32_t seed = 0;
  for (int shift = -9; shift <= 30; shift += shift < -3 ? 6 : 1)
    for (const Rounding rounding : roundings)
      for (const bool hasRelu : {false, true})
        for (const bool poolsSums : {false, true}) {
          const int bits = shift % 3 ? 8 : shift % 2 ? 1 : 2;
          ByteQuantizer quantizer;
          quantizer.shift = shift, quantizer.bits = bits, quantizer.rounding = rounding;
          quantizer.hasRelu = hasRelu, quantizer.poolsSums = poolsSums;
          quantizer.withinLimit = largestInteger(bits) * (int64_t(1) << std::max(shift, 0));
          quantizer.pool = windows[++seed % std::size(windows)];
          checkQuantizer(quantizer, seed);
        }
}

TEST_P(ByteStages, QuantizeRowOfEveryWindow) {
  uint32_t seed = 1000;
  for (const PoolWindow &window : windows)
    for (const bool hasRelu : {false, true})
      for (const bool poolsSums : {false, true})
        for (const int64_t limit :
             {int64_t(0), int64_t(4), int64_t(127), int64_t(INT32_MAX), int64_t(INT32_MAX) + 1, INT64_MAX}) {
          ByteQuantizer quantizer;
          quantizer.shift = 3, quantizer.hasRelu = hasRelu, quantizer.poolsSums = poolsSums;
          quantizer.withinLimit = limit, quantizer.pool = window;
          checkQuantizer(quantizer, ++seed);
        }
}

// Every number of lanes, so that every rest of a group has been the last.
TEST_P(ByteStages, QuantizeRowOfAnyLanes) {
  for (int32_t lanes = 1; lanes <= lanesPerBlock; ++lanes) {
    ByteQuantizer quantizer;
    quantizer.shift = 2, quantizer.hasRelu = lanes % 2, quantizer.poolsSums = lanes / 2 % 2;
    quantizer.withinLimit = 127 << 2;
    quantizer.pool = {lanes, 4, 5, 2, 2, 2, 2, 0, 0, 2, 2};
    checkQuantizer(quantizer, uint32_t(lanes));
  }
}

TEST(ByteStageWindows, FitTheGate) {
  EXPECT_TRUE(fitsGate(PoolWindow{1, 8, 8, 8, 8, 8, 8, 0, 0, 1, 1}));
  EXPECT_FALSE(fitsGate(PoolWindow{1, 13, 5, 13, 5, 1, 1, 0, 0, 1, 1}));
}

TEST(ByteStageWindows, ArePartitions) {
  EXPECT_TRUE(isPartition(PoolWindow{1, 3, 4, 1, 1, 1, 1, 0, 0, 3, 4}));
  EXPECT_TRUE(isPartition(PoolWindow{1, 5, 7, 2, 3, 2, 3, 0, 0, 2, 2}));
  EXPECT_TRUE(isPartition(PoolWindow{1, 5, 8, 2, 2, 3, 3, 0, 0, 2, 3}));
  EXPECT_FALSE(isPartition(PoolWindow{1, 5, 7, 3, 2, 2, 2, 0, 0, 2, 3})) << "rows overlap";
  EXPECT_FALSE(isPartition(PoolWindow{1, 5, 7, 2, 3, 2, 2, 0, 0, 2, 3})) << "columns overlap";
  EXPECT_FALSE(isPartition(PoolWindow{1, 5, 6, 2, 2, 2, 2, 1, 0, 3, 3})) << "padding above";
  EXPECT_FALSE(isPartition(PoolWindow{1, 6, 5, 2, 2, 2, 2, 0, 1, 3, 3})) << "padding on the left";
  EXPECT_FALSE(isPartition(PoolWindow{1, 5, 6, 2, 2, 2, 2, 0, 0, 3, 3})) << "beyond the last row";
  EXPECT_FALSE(isPartition(PoolWindow{1, 6, 5, 2, 2, 2, 2, 0, 0, 3, 3})) << "beyond the last column";
}

//===----------------------------------------------------------------------===//
// Backward
//===----------------------------------------------------------------------===//

// The lanes of one block among more channels: those of others are not touched.
TEST_P(ByteStages, MaskErrors) {
  for (int64_t lanes = 1; lanes <= lanesPerBlock; lanes += 7)
    for (const int64_t before : {0, 3, 64}) {
      const int64_t positions = 9, stride = paddedLanes(lanes), channels = before + lanes + before / 3;
      GuardedVector<int32_t> sums(size_t(positions * stride), 0);
      std::generate(sums.begin(), sums.end(), Numbers(5000, uint32_t(lanes)));
      sums[size_t(4 * stride)] = -77777; // which a gate may stop
      const size_t elements = size_t((positions - 1) * channels + lanes);
      GuardedVector<uint8_t> gates(elements, 0);
      std::generate(gates.begin(), gates.end(), Numbers(127, uint32_t(lanes + before)));
      GuardedVector<int32_t> errors(elements, 0x5A5A5A5A), expected = errors;
      int64_t largest = 0;
      for (int64_t position = 0; position < positions; ++position)
        for (int64_t lane = 0; lane < lanes; ++lane) {
          const size_t at = size_t(position * channels + lane);
          expected[at] = gates[at] >= gateWithin ? sums[size_t(position * stride + lane)] : 0;
          largest = std::max(largest, std::abs(int64_t(expected[at])));
        }
      EXPECT_EQ(maskErrors(sums.data(), positions, lanes, gates.data(), errors.data(), channels), uint32_t(largest));
      EXPECT_EQ(errors, expected) << lanes << " lanes behind " << before;
    }
}

TEST_P(ByteStages, MaskErrorsOfTheLargest) {
  const uint8_t gates[] = {gateWithin, 0, gateWithin};
  for (const int32_t largest : {INT32_MAX, -INT32_MAX, INT32_MIN}) {
    GuardedVector<int32_t> sums(16, largest), errors(3, 1);
    EXPECT_EQ(maskErrors(sums.data(), 1, 3, gates, errors.data(), 3), uint32_t(std::abs(int64_t(largest))));
    EXPECT_EQ(errors, (GuardedVector<int32_t>{largest, 0, largest}));
    EXPECT_EQ(maskErrors(sums.data(), 1, 1, gates + 1, errors.data(), 3), 0u);
  }
}

namespace {
/// Unrounded errors of one sample, and gates: in the order of the plain kernels, and in the stage's.
struct ErrorCase {
  ErrorCase(const ErrorRounding &rounding, uint32_t seed);

  Batch errors, positive, positions;
  GuardedVector<int32_t> ordered;
  GuardedVector<uint8_t> gates;
};
} // namespace

ErrorCase::ErrorCase(const ErrorRounding &rounding, uint32_t seed)
    : errors(ElementType::Int32, rounding.pool.outputElements(), 1), positive(ElementType::Mask, errors.elements, 1),
      positions(ElementType::Int8, errors.elements, 1), ordered(size_t(errors.elements), 0),
      gates(size_t(rounding.hasGates ? errors.elements : 0), 0) {
  const PoolWindow &pool = rounding.pool;
  Numbers flags(1, seed), places(1000, seed + 1);
  errors.fill(SumsAround(rounding.shift, seed + 2));
  positive.fill([&] { return !rounding.hasGates || flags() >= 0; });
  positions.fill([&] { return std::abs(places()) % (int64_t(pool.kernelHeight) * pool.kernelWidth); });
  const int64_t plane = int64_t(pool.outHeight) * pool.outWidth;
  for (int64_t e = 0; e < errors.elements; ++e) {
    const size_t to = size_t(e % plane * pool.channels + e / plane);
    ordered[to] = int32_t(errors.at(0, e));
    if (rounding.hasGates) // what the clip let pass plays no part here
      gates[to] = uint8_t((flags() > 0 ? gateWithin : 0) | (positive.at(0, e) ? gatePositive : 0) | positions.at(0, e));
  }
}

/// The plain kernels: Q_E, the Relu's mask, the pool's scatter.
static Batch scatteredOf(const ErrorRounding &rounding, const ErrorCase &its) {
  Batch rounded = mapped(its.errors, ElementType::Int8, [&](auto in, auto out, auto n, auto s) {
    shiftClip(in, out, n, s, rounding.shift, rounding.bits, rounding.rounding);
  });
  Batch positive = its.positive, positions = its.positions;
  applyMask(rounded.view(), positive.view(), rounded.view(), rounded.elements, 1);
  Batch scattered(ElementType::Int8, rounding.pool.inputElements(), 1);
  maxPoolScatter(rounding.pool, rounded.view(), positions.view(), scattered.view(), 1);
  return scattered;
}

/// Whether an element of the plane is in a window.
static bool isCovered(const PoolWindow &pool, int64_t y, int64_t x) {
  return y / pool.strideY < pool.outHeight && x / pool.strideX < pool.outWidth &&
         y % pool.strideY < pool.kernelHeight && x % pool.strideX < pool.kernelWidth;
}

static void checkErrors(const ErrorRounding &rounding, int64_t step, uint32_t seed) {
  SCOPED_TRACE(testing::Message() << "shift " << rounding.shift << ", bits " << rounding.bits << ", rounding "
                                  << int(rounding.rounding) << ", " << rounding.pool.channels << " channels, kernel "
                                  << rounding.pool.kernelHeight << " by " << rounding.pool.kernelWidth << ", step "
                                  << step << (rounding.hasGates ? "" : ", no gates"));
  const PoolWindow &pool = rounding.pool;
  const ErrorCase its(rounding, seed);
  ByteImages layout;
  layout.channels = pool.channels, layout.planeHeight = pool.height, layout.planeWidth = pool.width;
  layout.originY = 2, layout.originX = 1, layout.stepY = step, layout.stepX = step;
  layout.height = (pool.height - 1) * step + 3, layout.width = (pool.width - 1) * step + 4;
  GuardedVector<uint8_t> image(size_t(layout.sampleBytes()), 0xA5), expected = image;
  const Batch scattered = scatteredOf(rounding, its);
  for (int64_t e = 0; e < scattered.elements; ++e) {
    const int64_t x = e % pool.width, y = e / pool.width % pool.height, channel = e / pool.width / pool.height;
    if (isCovered(pool, y, x))
      expected[size_t(layout.pixel(y, x) + channel)] = uint8_t(scattered.at(0, e) + signedOffset);
  }
  roundErrors(rounding, its.ordered.data(), rounding.hasGates ? its.gates.data() : nullptr, layout, image.data());
  EXPECT_EQ(image, expected);

  Batch rounded = mapped(its.errors, ElementType::Int8, [&](auto in, auto out, auto n, auto s) {
    shiftClip(in, out, n, s, rounding.shift, rounding.bits, rounding.rounding);
  });
  uint64_t zero = 0, atLimit = 5, nonZero = 6, foundAtLimit = 5;
  countValues(rounded.view(), rounded.elements, 1, largestInteger(rounding.bits), zero, atLimit);
  countRounded(rounding, its.ordered.data(), its.errors.elements, nonZero, foundAtLimit);
  EXPECT_EQ(nonZero, 6 + uint64_t(its.errors.elements) - zero);
  EXPECT_EQ(foundAtLimit, atLimit);
}

// clang-format off: as above.
static const PoolWindow partitions[] = {
    // channels input  kernel stride pad   output
    { 5,        3, 4,  1, 1,  1, 1,  0, 0, 3, 4},
    {70,        1, 1,  1, 1,  1, 1,  0, 0, 1, 1},
    {19,        4, 6,  2, 2,  2, 2,  0, 0, 2, 3},
    {33,        5, 7,  2, 2,  2, 2,  0, 0, 2, 3},
    {16,        6, 7,  2, 3,  3, 3,  0, 0, 2, 2},
    { 3,        8, 9,  8, 8,  8, 8,  0, 0, 1, 1},
};
// clang-format on

TEST_P(ByteStages, RoundErrors) {
  uint32_t seed = 0;
  for (int shift = -9; shift <= 30; shift += shift < -3 ? 6 : 1)
    for (const Rounding rounding : roundings)
      for (const int64_t step : {1, 2})
        for (const PoolWindow &window : {partitions[seed % 6], partitions[seed / 6 % 6]}) {
          ErrorRounding errors;
          errors.bits = shift % 3 ? 8 : shift % 2 ? 1 : 2;
          errors.shift = shift, errors.rounding = rounding, errors.pool = window;
          checkErrors(errors, step, ++seed);
        }
}

TEST_P(ByteStages, RoundErrorsWithoutGates) {
  for (int shift = -3; shift <= 30; ++shift)
    for (const PoolWindow &window : {partitions[0], partitions[1]}) {
      ErrorRounding errors;
      errors.shift = shift, errors.hasGates = false, errors.pool = window;
      checkErrors(errors, 1, uint32_t(shift + 100));
    }
}
