//===- ElementwiseKernels.cpp - kernels without a product -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ElementwiseKernels.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/IsaLoop.h"

#include <algorithm>
#include <limits>
#include <type_traits>

using namespace wage::rt;

//===----------------------------------------------------------------------===//
// Shift and clip
//===----------------------------------------------------------------------===//

/// clip(round_shift(x, shift), limit) in the arithmetic of Word, which is wage::rt::roundShift without its branches, for
/// 0 < shift < width(Word) - 1. In 32 bits it fills twice the lanes; accumulators of 32 bits are the common case.
template <typename Word> static inline Word shiftRight(Word x, int shift, Word limit, Rounding rounding) {
  using Unsigned = std::make_unsigned_t<Word>;
  const Word half = Word(1) << (shift - 1);
  Word rounded;
  if (rounding == Rounding::HalfAway) {
    const Unsigned magnitude = x < 0 ? Unsigned(0) - Unsigned(x) : Unsigned(x);
    const Word quotient = Word((magnitude + Unsigned(half)) >> shift);
    rounded = x < 0 ? -quotient : quotient;
  } else {
    const Word floor = x >> shift;
    const Word rest = x & ((Word(1) << shift) - 1);
    rounded = floor + Word(rest + (floor & 1) > half); // above the half, or on it with an odd floor
  }
  return std::min(std::max(rounded, Word(-limit)), limit);
}

/// clip(x * 2^left, limit) for limit * 2^left below the largest Word: clipped first, so that no bit is lost.
template <typename Word> static inline Word shiftLeft(Word x, int left, Word limit) {
  const Word clipped = std::min(std::max(x, Word(-limit)), limit);
  return std::min(std::max(Word(clipped * (Word(1) << left)), Word(-limit)), limit);
}

/// shiftClip of one slice in the arithmetic of Word, for shift < width(Word) - 1 and bits <= 16.
template <typename Word, typename Input, typename Output>
static void shiftClipSlice(const Input *in, Output *out, int64_t elements, int shift, int bits, Rounding rounding) {
  const Word limit = Word(largestInteger(bits));
  if (shift <= 0) {
    // Any x but 0 has left the range after bits - 1 places.
    const int left = std::min(-shift, bits - 1);
    runLoop([=] {
      for (int64_t i = 0; i < elements; ++i)
        out[i] = Output(shiftLeft<Word>(in[i], left, limit));
    });
  } else if (rounding == Rounding::HalfEven) {
    runLoop([=] {
      for (int64_t i = 0; i < elements; ++i)
        out[i] = Output(shiftRight<Word>(in[i], shift, limit, Rounding::HalfEven));
    });
  } else {
    runLoop([=] {
      for (int64_t i = 0; i < elements; ++i)
        out[i] = Output(shiftRight<Word>(in[i], shift, limit, Rounding::HalfAway));
    });
  }
}

void wage::rt::shiftClip(BufferView input, BufferView output, int64_t elements, int64_t samples, int shift, int bits,
                         Rounding rounding) {
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Input = decltype(inputZero);
    using Output = decltype(outputZero);
    using Word = std::conditional_t<sizeof(Input) <= 4, int32_t, int64_t>;
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Input *in = sampleOf<const Input>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      if constexpr (sizeof(Output) <= 2)
        if (shift < int(8 * sizeof(Word)) - 1) {
          shiftClipSlice<Word>(in, out, elements, shift, bits, rounding);
          continue;
        }
      for (int64_t i = 0; i < elements; ++i)
        out[i] = Output(shiftClip(int64_t(in[i]), shift, bits, rounding));
    }
  });
}

void wage::rt::fireNeurons(BufferView input, BufferView output, int64_t elements, int64_t samples, int thresholdLog2,
                           int bits, bool isSigned) {
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Output = decltype(outputZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      runLoop([=] {
        for (int64_t i = 0; i < elements; ++i)
          out[i] = Output(fire(in[i], thresholdLog2, bits, isSigned));
      });
    }
  });
}

//===----------------------------------------------------------------------===//
// Relu and masks
//===----------------------------------------------------------------------===//

void wage::rt::relu(BufferView input, BufferView output, int64_t elements, int64_t samples) {
  assert(input.type == output.type && "relu keeps the element type");
  withElementType(input.type, [&](auto zero) {
    using Element = decltype(zero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(input, sample);
      Element *out = sampleOf<Element>(output, sample);
      runLoop([=] {
        for (int64_t i = 0; i < elements; ++i)
          out[i] = std::max<Element>(in[i], 0);
      });
    }
  });
}

void wage::rt::within(BufferView input, BufferView mask, int64_t elements, int64_t samples, int64_t limit) {
  assert(mask.type == ElementType::Mask && limit >= 0);
  withElementType(input.type, [&](auto zero) {
    using Element = decltype(zero);
    // A limit beyond the type's range lets everything pass; the lowest code, whose magnitude is one more, included.
    const bool passesAll = limit > std::numeric_limits<Element>::max();
    const Element high = passesAll ? std::numeric_limits<Element>::max() : Element(limit);
    const Element low = passesAll ? std::numeric_limits<Element>::min() : Element(-limit);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(input, sample);
      uint8_t *out = sampleOf<uint8_t>(mask, sample);
      runLoop([=] {
        for (int64_t i = 0; i < elements; ++i)
          out[i] = uint8_t(in[i] >= low) & uint8_t(in[i] <= high);
      });
    }
  });
}

void wage::rt::positive(BufferView input, BufferView mask, int64_t elements, int64_t samples) {
  assert(mask.type == ElementType::Mask);
  withElementType(input.type, [&](auto zero) {
    using Element = decltype(zero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(input, sample);
      uint8_t *out = sampleOf<uint8_t>(mask, sample);
      runLoop([=] {
        for (int64_t i = 0; i < elements; ++i)
          out[i] = in[i] > 0;
      });
    }
  });
}

void wage::rt::applyMask(BufferView input, BufferView mask, BufferView output, int64_t elements, int64_t samples) {
  assert(input.type == output.type && mask.type == ElementType::Mask && "apply_mask keeps the element type");
  withElementType(input.type, [&](auto zero) {
    using Element = decltype(zero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(input, sample);
      const uint8_t *keep = sampleOf<const uint8_t>(mask, sample);
      Element *out = sampleOf<Element>(output, sample);
      runLoop([=] {
        for (int64_t i = 0; i < elements; ++i) {
          const Element element = in[i]; // loaded either way, so that no branch is needed
          out[i] = keep[i] ? element : Element(0);
        }
      });
    }
  });
}

//===----------------------------------------------------------------------===//
// Sums and copies
//===----------------------------------------------------------------------===//

void wage::rt::addBias(BufferView accumulators, int64_t channels, int64_t plane, const int64_t *bias, int64_t samples) {
  withElementType(accumulators.type, [&](auto zero) {
    using Element = decltype(zero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      Element *out = sampleOf<Element>(accumulators, sample);
      for (int64_t channel = 0; channel < channels; ++channel, out += plane) {
        const int64_t constant = bias[channel];
        for (int64_t i = 0; i < plane; ++i)
          out[i] = wrappingAdd<Element>(out[i], constant);
      }
    }
  });
}

void wage::rt::addInto(BufferView destination, BufferView source, int64_t elements, int64_t samples) {
  withElementTypes(destination.type, source.type, [&](auto sumZero, auto termZero) {
    using Sum = decltype(sumZero);
    using Term = decltype(termZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      Sum *sums = sampleOf<Sum>(destination, sample);
      const Term *terms = sampleOf<const Term>(source, sample);
      runLoop([=] {
        for (int64_t i = 0; i < elements; ++i)
          sums[i] = wrappingAdd<Sum>(sums[i], terms[i]);
      });
    }
  });
}

void wage::rt::convert(BufferView input, BufferView output, int64_t elements, int64_t samples) {
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    for (int64_t sample = 0; sample < samples; ++sample)
      std::copy_n(sampleOf<const decltype(inputZero)>(input, sample), elements,
                  sampleOf<decltype(outputZero)>(output, sample));
  });
}

void wage::rt::lookUp(const uint8_t *bytes, const int16_t *table, BufferView output, int64_t elements,
                      int64_t samples) {
  withElementType(output.type, [&](auto zero) {
    using Element = decltype(zero);
    for (int64_t sample = 0; sample < samples; ++sample)
      std::transform(bytes + sample * elements, bytes + (sample + 1) * elements, sampleOf<Element>(output, sample),
                     [table](uint8_t byte) { return Element(table[byte]); });
  });
}

//===----------------------------------------------------------------------===//
// Loss and maximum
//===----------------------------------------------------------------------===//

void wage::rt::subtractOneHot(BufferView input, const uint32_t *labels, int64_t firstClass, int shift,
                              BufferView output, int64_t classes, int64_t samples) {
  withElementTypes(input.type, output.type, [&](auto inputZero, auto outputZero) {
    using Output = decltype(outputZero);
    for (int64_t sample = 0; sample < samples; ++sample) {
      const auto *in = sampleOf<const decltype(inputZero)>(input, sample);
      Output *out = sampleOf<Output>(output, sample);
      const int64_t label = int64_t(labels[sample]) - firstClass;
      for (int64_t i = 0; i < classes; ++i)
        out[i] = wrappingAdd<Output>(in[i], i == label ? -(int64_t(1) << shift) : int64_t(0));
    }
  });
}

uint64_t wage::rt::maxAbs(BufferView view, int64_t elements, int64_t samples) {
  uint64_t largest = 0;
  withElementType(view.type, [&](auto zero) {
    using Element = decltype(zero);
    using Unsigned = std::make_unsigned_t<Element>;
    Unsigned maximum = 0;
    Unsigned *result = &maximum;
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(view, sample);
      runLoop([=] {
        Unsigned sofar = *result;
        for (int64_t i = 0; i < elements; ++i)
          sofar = std::max<Unsigned>(sofar, Unsigned(in[i] < 0 ? Unsigned(0) - Unsigned(in[i]) : Unsigned(in[i])));
        *result = sofar;
      });
    }
    largest = maximum;
  });
  return largest;
}

void wage::rt::countValues(BufferView view, int64_t elements, int64_t samples, int64_t limit, uint64_t &zero,
                           uint64_t &atLimit) {
  withElementType(view.type, [&](auto none) {
    using Element = decltype(none);
    const auto largest = Element(limit), least = Element(-limit);
    uint64_t found[2] = {0, 0};
    uint64_t *counts = found;
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Element *in = sampleOf<const Element>(view, sample);
      runLoop([=] {
        // Counters of 32 bits fill twice the lanes; a slice is shorter than they reach.
        uint32_t zeros = 0, ends = 0;
        for (int64_t i = 0; i < elements; ++i) {
          zeros += in[i] == 0;
          ends += in[i] == largest || in[i] == least;
        }
        counts[0] += zeros;
        counts[1] += ends;
      });
    }
    zero += found[0];
    atLimit += found[1];
  });
}
