//===- ByteStages.cpp - what stands between two products of bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// All loops take 16 lanes at a time, one vector of 32 bits, so that what they hold between two taps of a window stays in
// registers.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteStages.h"

#include "runtime/Kernels/ByteStagesParts.h"
#include "runtime/Kernels/IsaLoop.h"

#include <cassert>
#include <limits>

using namespace wage::rt;

static constexpr int group = 16; ///< lanes taken at a time

bool wage::rt::fitsGate(const PoolWindow &pool) { return pool.kernelHeight * pool.kernelWidth <= gatePosition + 1; }

bool wage::rt::isPartition(const PoolWindow &pool) {
  return pool.strideY >= pool.kernelHeight && pool.strideX >= pool.kernelWidth && pool.padTop == 0 &&
         pool.padLeft == 0 && (pool.outHeight - 1) * pool.strideY + pool.kernelHeight <= pool.height &&
         (pool.outWidth - 1) * pool.strideX + pool.kernelWidth <= pool.width;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

namespace {
enum class Mode { Even, Away, Left };

/// clip(round_shift(x, shift), bits) of 32 bits, for a shift below 31.
template <Mode mode> struct Rounder {
  int shift;
  int32_t limit;

  Rounder(int shift, int bits)
      : shift(mode == Mode::Left ? std::min(-shift, bits - 1) : shift), limit(int32_t(largestInteger(bits))) {}

  int32_t operator()(int32_t x) const {
    int32_t rounded;
    if constexpr (mode == Mode::Left) { // clipped first, so that no bit is lost
      rounded = std::min(std::max(x, -limit), limit) * (1 << shift);
    } else if constexpr (mode == Mode::Away) {
      const uint32_t magnitude = x < 0 ? 0u - uint32_t(x) : uint32_t(x);
      const auto quotient = int32_t((magnitude + (1u << (shift - 1))) >> shift);
      rounded = x < 0 ? -quotient : quotient;
    } else { // above the half, or on it with an odd floor
      const int32_t floor = x >> shift, rest = x & ((1 << shift) - 1);
      rounded = floor + int32_t(rest + (floor & 1) > 1 << (shift - 1));
    }
    return std::min(std::max(rounded, -limit), limit);
  }
};

/// Calls `body` with the rounder of a mode known when it is compiled.
template <typename Body> void withRounder(int shift, int bits, Rounding rounding, Body &&body) {
  assert(shift < 31);
  if (shift <= 0)
    body(Rounder<Mode::Left>(shift, bits));
  else if (rounding == Rounding::HalfEven)
    body(Rounder<Mode::Even>(shift, bits));
  else
    body(Rounder<Mode::Away>(shift, bits));
}

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

/// Relu, rounding and gate of sums, without a pool.
template <typename Round, bool hasRelu> struct Activate {
  Round round;
  int32_t withinLimit;

  int32_t relu(int32_t sum) const { return hasRelu ? std::max(sum, 0) : sum; }
  int32_t gate(int32_t sum) const {
    const int32_t value = relu(sum);
    const bool within = value <= withinLimit && value >= -withinLimit;
    return (within ? gateWithin : 0) | (!hasRelu || sum > 0 ? gatePositive : 0);
  }
};

/// The largest activation of a window, and the gate of the first sum that makes it: the maximum of keys of which the
/// activation is the upper part, then the position counted from the end, then the gate's two flags.
template <typename Round, bool hasRelu, bool wantsGates>
void poolActivations(const Activate<Round, hasRelu> &activate, const Window &window, int offset, uint8_t *out,
                     uint8_t *gates) {
  const int last =
      window.rows > 0 ? window.firstPosition + (window.rows - 1) * window.rowPositions + window.columns - 1 : 0;
  int32_t best[group];
  for (int lane = 0; lane < group; ++lane)
    best[lane] = std::numeric_limits<int32_t>::min();
  for (int row = 0; row < window.rows; ++row)
    for (int column = 0; column < window.columns; ++column) {
      const int32_t *sums = window.first + row * window.rowStride + column * window.pixelStride;
      const int rank = (last - window.firstPosition - row * window.rowPositions - column) << 8;
      for (int lane = 0; lane < group; ++lane) {
        const int32_t activation = activate.round(activate.relu(sums[lane]));
        const int32_t key = wantsGates ? activation * 65536 + rank + activate.gate(sums[lane]) : activation;
        best[lane] = std::max(best[lane], key);
      }
    }
  for (int lane = 0; lane < group; ++lane) {
    out[lane] = static_cast<uint8_t>((wantsGates ? best[lane] >> 16 : best[lane]) + offset);
    if (wantsGates)
      gates[lane] = static_cast<uint8_t>((best[lane] & (gateWithin | gatePositive)) | (last - (best[lane] >> 8 & 255)));
  }
}

/// The activation of the largest sum of a window, and its gate.
template <typename Round, bool hasRelu, bool wantsGates>
void poolSums(const Activate<Round, hasRelu> &activate, const Window &window, int offset, uint8_t *out,
              uint8_t *gates) {
  int32_t best[group], position[group];
  for (int lane = 0; lane < group; ++lane) {
    best[lane] = window.first[lane];
    position[lane] = window.firstPosition;
  }
  for (int row = 0; row < window.rows; ++row)
    for (int column = 0; column < window.columns; ++column) {
      const int32_t *sums = window.first + row * window.rowStride + column * window.pixelStride;
      const int32_t here = window.firstPosition + row * window.rowPositions + column;
      for (int lane = 0; lane < group; ++lane) {
        position[lane] = sums[lane] > best[lane] ? here : position[lane];
        best[lane] = std::max(best[lane], sums[lane]);
      }
    }
  for (int lane = 0; lane < group; ++lane) {
    out[lane] = static_cast<uint8_t>(activate.round(activate.relu(best[lane])) + offset);
    if (wantsGates)
      gates[lane] = static_cast<uint8_t>(activate.gate(best[lane]) | position[lane]);
  }
}

/// All pixels of a row, 16 lanes of each at a time. A last group that is not whole goes through a buffer: its neighbours in
/// memory are another pixel's.
template <typename Pool>
void quantizePixels(const WindowRow &row, int64_t lanes, const QuantizedRow &to, const Pool &pool) {
  for (int64_t x = 0; x < row.pool.outWidth; ++x) {
    uint8_t *out = to.activations + x * to.pixelBytes;
    uint8_t *gates = to.gates ? to.gates + x * to.gatePixelBytes : nullptr;
    Window window = row.at(x);
    for (int64_t lane = 0; lane < lanes; lane += group, window.first += group) {
      if (lane + group <= lanes) {
        pool(window, out + lane, gates ? gates + lane : nullptr);
        continue;
      }
      uint8_t wholeOut[group], wholeGates[group];
      pool(window, wholeOut, gates ? wholeGates : nullptr);
      std::copy_n(wholeOut, lanes - lane, out + lane);
      if (gates)
        std::copy_n(wholeGates, lanes - lane, gates + lane);
    }
  }
}

template <bool hasRelu, bool wantsGates, typename Round>
void quantizeWith(const ByteQuantizer &quantizer, const WindowRow &row, int64_t lanes, const QuantizedRow &to,
                  const Round &round) {
  constexpr int64_t largest = std::numeric_limits<int32_t>::max();
  const Activate<Round, hasRelu> activate = {round, int32_t(std::min(quantizer.withinLimit, largest))};
  const int offset = quantizer.outputOffset();
  if (quantizer.poolsSums)
    runLoop([=] {
      quantizePixels(row, lanes, to, [&](const Window &window, uint8_t *out, uint8_t *gates) {
        poolSums<Round, hasRelu, wantsGates>(activate, window, offset, out, gates);
      });
    });
  else
    runLoop([=] {
      quantizePixels(row, lanes, to, [&](const Window &window, uint8_t *out, uint8_t *gates) {
        poolActivations<Round, hasRelu, wantsGates>(activate, window, offset, out, gates);
      });
    });
}
} // namespace

void wage::rt::quantizeRow(const ByteQuantizer &quantizer, const int32_t *sums, int64_t firstRow, int64_t y,
                           int64_t lanes, const QuantizedRow &to) {
#if defined(__x86_64__)
  if (currentIsa() >= Isa::Avx2 && takesVectors(quantizer))
    return (currentIsa() >= Isa::Avx512 ? quantizeRowAvx512 : quantizeRowAvx2)(quantizer, sums, firstRow, y, lanes, to);
#endif
  const WindowRow row(quantizer.pool, sums, firstRow, y, lanes);
  withRounder(quantizer.shift, quantizer.bits, quantizer.rounding, [&](auto round) {
    if (quantizer.hasRelu && to.gates)
      quantizeWith<true, true>(quantizer, row, lanes, to, round);
    else if (quantizer.hasRelu)
      quantizeWith<true, false>(quantizer, row, lanes, to, round);
    else if (to.gates)
      quantizeWith<false, true>(quantizer, row, lanes, to, round);
    else
      quantizeWith<false, false>(quantizer, row, lanes, to, round);
  });
}

void wage::rt::countQuantized(const ByteQuantizer &quantizer, const int32_t *sums, int64_t positions, int64_t lanes,
                              uint64_t &zero, uint64_t &atLimit) {
  const int64_t stride = paddedLanes(lanes);
  withRounder(quantizer.shift, quantizer.bits, quantizer.rounding, [&](auto round) {
    for (int64_t position = 0; position < positions; ++position, sums += stride)
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const int32_t activation = round(quantizer.hasRelu ? std::max(sums[lane], 0) : sums[lane]);
        zero += activation == 0;
        atLimit += activation == round.limit || activation == -round.limit;
      }
  });
}

//===----------------------------------------------------------------------===//
// Backward
//===----------------------------------------------------------------------===//

uint32_t wage::rt::maskErrors(const int32_t *sums, int64_t positions, int64_t lanes, const uint8_t *gates,
                              int32_t *errors, int64_t channels) {
#if defined(__x86_64__)
  if (currentIsa() >= Isa::Avx512)
    return maskErrorsAvx512(sums, positions, lanes, gates, errors, channels);
#endif
  const int64_t stride = paddedLanes(lanes);
  uint32_t largest = 0;
  uint32_t *result = &largest;
  runLoop([=] {
    uint32_t sofar = 0;
    for (int64_t position = 0; position < positions; ++position) {
      const int32_t *from = sums + position * stride;
      const uint8_t *gate = gates + position * channels;
      int32_t *to = errors + position * channels;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const int32_t error = gate[lane] & gateWithin ? from[lane] : 0;
        to[lane] = error;
        sofar = std::max(sofar, error < 0 ? 0u - uint32_t(error) : uint32_t(error));
      }
    }
    *result = sofar;
  });
  return largest;
}

namespace {
/// One row of windows of one sample; of a window of one element, of pixels.
template <typename Round, bool hasGates>
void roundRow(const Round &round, const PoolWindow &pool, int64_t y, const int32_t *errors, const uint8_t *gates,
              const ByteImages &layout, uint8_t *image) {
  const int64_t channels = layout.channels;
  for (int64_t x = 0; x < pool.outWidth; ++x, errors += channels, gates += hasGates ? channels : 0)
    for (int row = 0; row < pool.kernelHeight; ++row)
      for (int column = 0; column < pool.kernelWidth; ++column) {
        uint8_t *pixel = image + layout.pixel(y * pool.strideY + row, x * pool.strideX + column);
        const int taken = gatePositive | (row * pool.kernelWidth + column);
        for (int64_t channel = 0; channel < channels; ++channel) {
          const int32_t error = round(errors[channel]) + signedOffset;
          const bool isHere = !hasGates || (gates[channel] & (gatePositive | gatePosition)) == taken;
          pixel[channel] = static_cast<uint8_t>(isHere ? error : signedOffset);
        }
      }
}
} // namespace

void wage::rt::roundErrors(const ErrorRounding &rounding, const int32_t *errors, const uint8_t *gates,
                           const ByteImages &layout, uint8_t *image) {
  const PoolWindow pool = rounding.pool;
  const int64_t rowElements = pool.outWidth * layout.channels;
  withRounder(rounding.shift, rounding.bits, rounding.rounding, [&](auto round) {
    for (int64_t y = 0; y < pool.outHeight; ++y) {
      const int32_t *row = errors + y * rowElements;
      if (rounding.hasGates) {
        const uint8_t *rowGates = gates + y * rowElements;
        runLoop([=] { roundRow<decltype(round), true>(round, pool, y, row, rowGates, layout, image); });
      } else {
        runLoop([=] { roundRow<decltype(round), false>(round, pool, y, row, nullptr, layout, image); });
      }
    }
  });
}

void wage::rt::countRounded(const ErrorRounding &rounding, const int32_t *errors, int64_t elements, uint64_t &nonZero,
                            uint64_t &atLimit) {
  withRounder(rounding.shift, rounding.bits, rounding.rounding, [&](auto round) {
    for (int64_t i = 0; i < elements; ++i) {
      const int32_t error = round(errors[i]);
      nonZero += error != 0;
      atLimit += error == round.limit || error == -round.limit;
    }
  });
}
