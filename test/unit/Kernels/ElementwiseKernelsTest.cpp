//===- ElementwiseKernelsTest.cpp - elementwise kernels against their definition ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// Each kernel runs with every instruction set, type and a length that leaves a rest in every vector width, and is compared
// with its definition on 64-bit integers, element by element.

#include "runtime/Kernels/ElementwiseKernels.h"
#include "test/unit/Kernels/Buffers.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

using namespace wage::rt;
using namespace wage::rt::test;

static constexpr int64_t elements = 149, samples = 3, gap = 2;
static constexpr ElementType integerTypes[] = {ElementType::Int8, ElementType::Int16, ElementType::Int32,
                                               ElementType::Int64};

static int bitsOf(ElementType type) { return int(8 * hostBytes(type)); }

/// The largest code of `type`; in 64 bits the kernels ask for magnitudes below 2^62.
static int64_t largestOf(ElementType type) {
  return type == ElementType::Int64 ? (int64_t(1) << 62) - 1 : largestInteger(bitsOf(type));
}

/// Numbers of every magnitude that `type` holds, its largest and zero among them.
static Batch inputOf(ElementType type, uint32_t seed = 1) {
  Batch batch(type, elements, samples, gap);
  Numbers numbers(largestOf(type), seed);
  int turn = 0;
  batch.fill([&] {
    const int64_t number = numbers();
    return number / (int64_t(1) << (++turn * 5 % (bitsOf(type) - 1)));
  });
  batch.set(0, 0, largestOf(type));
  batch.set(1, 1, -largestOf(type));
  batch.set(2, 2, 0);
  return batch;
}

namespace {
class ElementwiseKernels : public EachIsa {};
} // namespace

INSTANTIATE_TEST_SUITE_P(EveryIsa, ElementwiseKernels, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

/// Compares `found` with `define(sample, element)`, gaps included.
template <typename Define> static void expectDefined(const Batch &found, const char *what, Define &&define) {
  Batch expected(found.type, found.elements, found.samples, found.stride - found.elements);
  for (int64_t sample = 0; sample < found.samples; ++sample)
    for (int64_t element = 0; element < found.elements; ++element) {
      expected.set(sample, element, define(sample, element));
      ASSERT_EQ(found.at(sample, element), expected.at(sample, element)) << what << " " << sample << " " << element;
    }
  EXPECT_EQ(found.contents(), expected.contents()) << what << ": a gap was written";
}

TEST_P(ElementwiseKernels, ShiftClip) {
  for (const ElementType inputType : integerTypes)
    for (const ElementType outputType : integerTypes) {
      Batch input = inputOf(inputType);
      for (const Rounding rounding : {Rounding::HalfEven, Rounding::HalfAway})
        for (int shift = -70; shift <= 70; shift += shift >= -9 && shift < 34 ? 1 : 5)
          for (const int bits : {1, 2, 8, 16, 32}) {
            if (bits > bitsOf(outputType))
              continue;
            Batch output(outputType, elements, samples, gap);
            shiftClip(input.view(), output.view(), elements, samples, shift, bits, rounding);
            expectDefined(output, "shiftClip", [&](int64_t sample, int64_t element) {
              return shiftClip(input.at(sample, element), shift, bits, rounding);
            });
          }
    }
}

// Ties and their neighbours, at every shift of the fast bodies: the rounding itself.
TEST_P(ElementwiseKernels, ShiftClipTies) {
  for (const ElementType type : {ElementType::Int32, ElementType::Int64})
    for (int shift = 1; shift < bitsOf(type) - 3; ++shift) {
      Batch input(type, elements, samples);
      int64_t turn = 0;
      input.fill([&] {
        const int64_t multiple = turn / 3 % 7 - 3, aside = turn % 3 - 1;
        ++turn;
        return (2 * multiple + 1) * (int64_t(1) << (shift - 1)) + aside;
      });
      for (const Rounding rounding : {Rounding::HalfEven, Rounding::HalfAway}) {
        Batch output(ElementType::Int16, elements, samples);
        shiftClip(input.view(), output.view(), elements, samples, shift, 9, rounding);
        expectDefined(output, "ties", [&](int64_t sample, int64_t element) {
          return shiftClip(input.at(sample, element), shift, 9, rounding);
        });
      }
    }
}

TEST_P(ElementwiseKernels, ReluAndMasks) {
  for (const ElementType type : integerTypes) {
    Batch input = inputOf(type), output(type, elements, samples, gap);
    relu(input.view(), output.view(), elements, samples);
    expectDefined(output, "relu", [&](int64_t s, int64_t e) { return std::max<int64_t>(input.at(s, e), 0); });

    Batch mask(ElementType::Mask, elements, samples, gap);
    positive(input.view(), mask.view(), elements, samples);
    expectDefined(mask, "positive", [&](int64_t s, int64_t e) { return input.at(s, e) > 0; });

    for (const int64_t limit : {int64_t(0), int64_t(1), int64_t(100), int64_t(127), int64_t(128), largestOf(type),
                                std::numeric_limits<int64_t>::max()}) {
      within(input.view(), mask.view(), elements, samples, limit);
      expectDefined(mask, "within", [&](int64_t s, int64_t e) { return std::abs(input.at(s, e)) <= limit; });
    }

    within(input.view(), mask.view(), elements, samples, largestOf(type) / 64);
    Batch inPlace = input;
    applyMask(input.view(), mask.view(), output.view(), elements, samples);
    applyMask(inPlace.view(), mask.view(), inPlace.view(), elements, samples);
    expectDefined(output, "applyMask", [&](int64_t s, int64_t e) { return mask.at(s, e) ? input.at(s, e) : 0; });
    EXPECT_EQ(inPlace.contents(), output.contents());
  }
}

// The lowest code of a type has no WAGE meaning, but a limit that lets everything pass lets it pass too.
TEST_P(ElementwiseKernels, WithinAtTheLowestCode) {
  Batch input(ElementType::Int8, elements, samples), mask(ElementType::Mask, elements, samples);
  input.fill([] { return -128; });
  for (const int64_t limit : {127, 128}) {
    within(input.view(), mask.view(), elements, samples, limit);
    expectDefined(mask, "within", [&](int64_t, int64_t) { return limit == 128; });
  }
}

TEST_P(ElementwiseKernels, MaxAbs) {
  for (const ElementType type : integerTypes) {
    Batch zeros(type, elements, samples, gap);
    zeros.fill([] { return 0; });
    EXPECT_EQ(maxAbs(zeros.view(), elements, samples), 0u);
    EXPECT_EQ(maxAbs(zeros.view(), elements, 0), 0u) << "the maximum of nothing";
    for (const int64_t place : {int64_t(0), elements / 2, elements - 1}) {
      Batch input = zeros;
      input.set(1, place, -largestOf(type));
      input.set(2, place, largestOf(type) - 1);
      EXPECT_EQ(maxAbs(input.view(), elements, samples), uint64_t(largestOf(type)));
    }
  }
  Batch lowest(ElementType::Int8, elements, samples);
  lowest.fill([] { return -128; });
  EXPECT_EQ(maxAbs(lowest.view(), elements, samples), 128u);
}

TEST_P(ElementwiseKernels, CountValues) {
  for (const ElementType type : {ElementType::Int8, ElementType::Int16, ElementType::Int32, ElementType::Int64}) {
    Batch input(type, elements, samples, gap);
    input.fill(Numbers(5));
    uint64_t zeros = 0, ends = 0, zero = 7, largest = 9;
    for (int64_t s = 0; s < samples; ++s)
      for (int64_t e = 0; e < elements; ++e) {
        zeros += input.at(s, e) == 0;
        ends += std::abs(input.at(s, e)) == 3;
      }
    countValues(input.view(), elements, samples, 3, zero, largest);
    EXPECT_EQ(zero, 7 + zeros);
    EXPECT_EQ(largest, 9 + ends);
    EXPECT_GT(zeros * ends, 0u) << "numbers that show nothing";
  }
}

TEST_P(ElementwiseKernels, AddBias) {
  constexpr int64_t channels = 7, plane = 21;
  for (const ElementType type : {ElementType::Int32, ElementType::Int64}) {
    Batch before(type, channels * plane, samples, gap);
    before.fill(Numbers(1000000));
    std::vector<int64_t> bias(channels);
    Numbers numbers(5000);
    for (int64_t &constant : bias)
      constant = numbers();
    Batch after = before;
    addBias(after.view(), channels, plane, bias.data(), samples);
    expectDefined(after, "addBias", [&](int64_t s, int64_t e) { return before.at(s, e) + bias[size_t(e / plane)]; });
  }
}

TEST_P(ElementwiseKernels, AddIntoAndConvert) {
  for (const ElementType from : integerTypes)
    for (const ElementType to : integerTypes) {
      Batch source(from, elements, samples, gap), before(to, elements, samples);
      source.fill(Numbers(60, 4));
      before.fill(Numbers(60, 5));
      Batch sum = before, copy(to, elements, samples, gap);
      addInto(sum.view(), source.view(), elements, samples);
      expectDefined(sum, "addInto", [&](int64_t s, int64_t e) { return before.at(s, e) + source.at(s, e); });
      convert(source.view(), copy.view(), elements, samples);
      expectDefined(copy, "convert", [&](int64_t s, int64_t e) { return source.at(s, e); });
    }
}

TEST_P(ElementwiseKernels, LookUp) {
  std::vector<uint8_t> bytes(size_t(elements * samples));
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = uint8_t(37 * i);
  std::vector<int16_t> table(256);
  for (size_t i = 0; i < table.size(); ++i)
    table[i] = int16_t(int(i) / 2 - 64);
  for (const ElementType type : {ElementType::Int8, ElementType::Int16}) {
    Batch output(type, elements, samples, gap);
    lookUp(bytes.data(), table.data(), output.view(), elements, samples);
    expectDefined(output, "lookUp", [&](int64_t s, int64_t e) { return table[bytes[size_t(s * elements + e)]]; });
  }
}

// The whole layer, and two blocks of its classes, one of which lacks the label.
TEST_P(ElementwiseKernels, SubtractOneHot) {
  const uint32_t labels[] = {0, 9, 4};
  for (const ElementType type : {ElementType::Int32, ElementType::Int64})
    for (const int64_t firstClass : {0, 4}) {
      const int64_t classes = firstClass == 0 ? 10 : 3;
      Batch input(type, classes, samples, gap);
      input.fill(Numbers(100000));
      Batch output(type, classes, samples, gap);
      subtractOneHot(input.view(), labels, firstClass, 12, output.view(), classes, samples);
      expectDefined(output, "subtractOneHot",
                    [&](int64_t s, int64_t e) { return input.at(s, e) - (firstClass + e == labels[s] ? 4096 : 0); });
    }
}
