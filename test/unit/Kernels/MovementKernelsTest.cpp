//===- MovementKernelsTest.cpp - tables, products, rearrangements -------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/MovementKernels.h"
#include "test/unit/Kernels/Buffers.h"

#include <numeric>

using namespace wage::rt;
using namespace wage::rt::test;

namespace {

/// Random boxes: strides that nest, in any order and of either sign, with gaps; sources anywhere.
class Drawn {
public:
  explicit Drawn(uint32_t seed) : engine(seed) {
    const int64_t rank = draw(1, 4);
    std::vector<int64_t> strides;
    int64_t stride = draw(1, 2);
    for (int64_t d = 0; d < rank; ++d) {
      move.sizes.push_back(draw(1, 4));
      strides.push_back(draw(0, 3) == 0 ? -stride : stride);
      stride = std::abs(stride) * (move.sizes[d] + draw(0, 1)) + (draw(0, 3) == 0);
    }
    shuffle(strides);
    move.to.push_back(0), move.from.push_back(0);
    for (int64_t d = 0; d < rank; ++d)
      move.to.push_back(strides[d]), move.from.push_back(draw(-7, 7));
    inElements = settle(move.from), outElements = settle(move.to);
  }

  int64_t draw(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(engine); }

  /// The definition, element by element: where each element of the result comes from, or -1.
  std::vector<int64_t> sources() const {
    std::vector<int64_t> result(outElements, -1);
    const int64_t count = std::accumulate(move.sizes.begin(), move.sizes.end(), int64_t(1), std::multiplies<>());
    for (int64_t i = 0; i < count; ++i) {
      int64_t rest = i, source = move.from[0], target = move.to[0];
      for (size_t d = move.sizes.size(); d-- > 0; rest /= move.sizes[d]) {
        source += rest % move.sizes[d] * move.from[d + 1];
        target += rest % move.sizes[d] * move.to[d + 1];
      }
      result[target] = source;
    }
    return result;
  }

  Rearrangement move;
  int64_t inElements = 0, outElements = 0;

private:
  void shuffle(std::vector<int64_t> &strides) {
    for (size_t d = strides.size(); d-- > 1;) {
      const auto other = static_cast<size_t>(draw(0, static_cast<int64_t>(d)));
      std::swap(strides[d], strides[other]);
      std::swap(move.sizes[d], move.sizes[other]);
    }
  }
  /// An offset that keeps the walk at 0 or above, and the elements it needs, some to spare.
  int64_t settle(std::vector<int64_t> &walk) {
    const auto [first, last] = reachOf(move.sizes, walk);
    walk[0] = static_cast<int64_t>(-first) + draw(0, 2);
    return walk[0] + static_cast<int64_t>(last) + 1 + draw(0, 2);
  }

  std::mt19937_64 engine;
};

constexpr uint32_t cases = 150;

TEST(Rearrangement, IsTheSameNormalized) {
  for (uint32_t seed = 0; seed < cases; ++seed) {
    Drawn drawn(seed);
    ASSERT_EQ(checkRearrangement(drawn.move, drawn.inElements, drawn.outElements), "") << seed;
    const std::vector<int64_t> expected = drawn.sources();
    drawn.move = normalized(drawn.move);
    ASSERT_EQ(checkRearrangement(drawn.move, drawn.inElements, drawn.outElements), "") << seed;
    EXPECT_EQ(drawn.sources(), expected) << seed;
    EXPECT_EQ(normalized(drawn.move).sizes, drawn.move.sizes) << seed;
  }
}

/// The reach of every range of the result is that of its elements.
TEST(Rearrangement, KnowsWhatARangeNeeds) {
  for (uint32_t seed = 0; seed < cases; ++seed) {
    const Drawn drawn(seed);
    const std::vector<int64_t> sources = drawn.sources();
    const Rearrangement move = normalized(drawn.move);
    for (int64_t begin = 0; begin < drawn.outElements; ++begin)
      for (int64_t end = begin; end <= drawn.outElements; ++end) {
        int64_t first = INT64_MAX, last = -1;
        for (int64_t i = begin; i < end; ++i)
          if (sources[i] >= 0)
            first = std::min(first, sources[i]), last = std::max(last, sources[i]);
        ASSERT_EQ(sourceReach(move, begin, end), std::make_pair(first, last)) << seed << ": " << begin << ", " << end;
      }
  }
}

TEST(Rearrangement, RefusesWhatLeavesOrMeets) {
  const auto problem = [](std::vector<int64_t> sizes, std::vector<int64_t> from, std::vector<int64_t> to) {
    return checkRearrangement({std::move(sizes), std::move(from), std::move(to)}, 12, 12);
  };
  EXPECT_EQ(problem({4, 3}, {0, 1, 4}, {0, 3, 1}), "");
  EXPECT_EQ(problem({}, {0}, {0}), "sizes must have 1 to 8 entries, got 0");
  EXPECT_EQ(problem({1}, {0, 1}, {0}), "to must have 2 entries, got 1");
  EXPECT_EQ(problem({-1}, {0, 1}, {0, 1}), "sizes must be positive, got -1");
  EXPECT_EQ(problem({3}, {0, 6}, {0, 1}), "from reaches element 12, needs 0 to 11");
  EXPECT_EQ(problem({3}, {0, 1}, {1, -1}), "to reaches element -1, needs 0 to 11");
  EXPECT_NE(problem({2, 2}, {0, 0, 0}, {0, 1, 1}).find("to must write no element twice"), std::string::npos);
  EXPECT_NE(problem({2}, {0, 0}, {0, 0}).find("to must write no element twice"), std::string::npos);
  EXPECT_EQ(problem({1}, {0, INT64_MAX}, {0, INT64_MIN}), "");
  // Far beyond 64 bits.
  const std::vector<int64_t> huge(8, INT64_MAX), walk(9, INT64_MIN);
  EXPECT_EQ(problem(huge, walk, walk), "from reaches element -9223372036854775808, needs 0 to 11");
}

TEST(Rearrange, MovesEveryPart) {
  for (ElementType type : {ElementType::Int8, ElementType::Int16, ElementType::Int32, ElementType::Int64})
    for (uint32_t seed = 0; seed < cases; ++seed) {
      Drawn drawn(seed);
      const std::vector<int64_t> sources = drawn.sources();
      const Rearrangement move = normalized(drawn.move);
      const int64_t begin = drawn.draw(0, drawn.outElements), end = drawn.draw(begin, drawn.outElements);
      const auto [first, last] = sourceReach(move, begin, end);
      const int64_t inBegin = first > last ? 0 : first, inElements = first > last ? 0 : last - first + 1;
      Batch input(type, inElements, 3, 2), output(type, end - begin, 3, 1), expected(type, end - begin, 3, 1);
      input.fill(Numbers(127, seed));
      for (int64_t s = 0; s < 3; ++s)
        for (int64_t i = begin; i < end; ++i)
          expected.set(s, i - begin, sources[i] < 0 ? 0 : input.at(s, sources[i] - inBegin));
      rearrange(move, input.view(), inBegin, output.view(), begin, end - begin, 3);
      ASSERT_EQ(output.contents(), expected.contents()) << seed;
    }
}

/// Slices of a tensor find their tables wherever they begin; what has too many bits takes the nearest entry.
TEST(LookUpTables, TakesEachChannelsOwn) {
  Numbers entry(127), begins(40, 7);
  for (int bits : {2, 5, 8, 10})
    for (int64_t span : {1, 3, 7, 100}) {
      const TableRange range{bits, span, std::abs(begins())};
      const int64_t elements = 23, half = int64_t(1) << (bits - 1);
      const ElementType wide = bits > 8 ? ElementType::Int16 : ElementType::Int8;
      Batch input(wide, elements, 2, 3), output(ElementType::Int8, elements, 2, 1),
          expected(ElementType::Int8, elements, 2, 1);
      Batch tables(ElementType::Int8, range.tables(elements) << bits, 1);
      tables.fill(entry);
      input.fill(Numbers(wide == ElementType::Int8 ? 127 : 2 * half, bits));
      for (int64_t s = 0; s < 2; ++s)
        for (int64_t i = 0; i < elements; ++i) {
          const int64_t table = (range.begin + i) / span - range.begin / span;
          const int64_t x = std::clamp(input.at(s, i), -half, half - 1);
          expected.set(s, i, tables.at(0, (table << bits) + x + half));
        }
      lookUpTables(input.view(), tables.view(), output.view(), range, elements, 2);
      EXPECT_EQ(output.contents(), expected.contents()) << bits << " bits, span " << span;
    }
}

TEST(Multiply, IsExact) {
  for (ElementType a : {ElementType::Int8, ElementType::Int16, ElementType::Int32})
    for (ElementType b : {ElementType::Int8, ElementType::Int16, ElementType::Int32}) {
      Batch x(a, 19, 3, 1), y(b, 19, 3), z(ElementType::Int64, 19, 3, 2), expected(ElementType::Int64, 19, 3, 2);
      auto limit = [](ElementType type) { return (int64_t(1) << (8 * hostBytes(type) - 1)) - 1; };
      x.fill(Extremes(limit(a), 3)), y.fill(Numbers(limit(b), 4));
      for (int64_t s = 0; s < 3; ++s)
        for (int64_t i = 0; i < 19; ++i)
          expected.set(s, i, x.at(s, i) * y.at(s, i));
      multiply(x.view(), y.view(), z.view(), 19, 3);
      EXPECT_EQ(z.contents(), expected.contents());
    }
}

} // namespace
