//===- TernaryProduct.cpp - matrix products with weights of two bits ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// A word of 32 bits holds 16 depths of one lane: depth 4 * j + b in bits 2 * j and 2 * j + 1 of byte b, so that a shift and a
// mask make the four bytes that vpdpbusd takes. Words of a block's 64 lanes stand side by side.

#include "runtime/Kernels/TernaryProduct.h"

#include "runtime/Kernels/ElementAccess.h"
#include "runtime/Kernels/Isa.h"

#include <cassert>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace wage::rt;

TernaryProduct::TernaryProduct(const LinearBlock &layer)
    : neurons(layer.neurons), rows(layer.rows()), window(layer.window()), channels(layer.rows() / layer.window()) {}

void TernaryProduct::pack(const int8_t *weights, int64_t firstBlock, int64_t lastBlock, uint8_t *panels) const {
  // Lanes and depths that are not there multiply activations that are 0, or are not looked at.
  std::memset(panels + firstBlock * blockBytes(), 0, (lastBlock - firstBlock) * blockBytes());
  for (int64_t block = firstBlock; block < lastBlock; ++block)
    for (int64_t lane = 0; lane < lanesOf(block); ++lane) {
      const int8_t *neuron = weights + (block * lanesPerBlock + lane) * rows;
      uint8_t *word = panels + block * blockBytes() + lane * 4;
      int64_t depth = 0;
      for (int64_t pixel = 0; pixel < window; ++pixel)
        for (int64_t channel = 0; channel < channels; ++channel, ++depth) {
          const int code = neuron[channel * window + pixel] + 1;
          assert(code >= 0 && code <= 2);
          const int64_t inGroup = depth % groupDepths;
          word[depth / groupDepths * lanesPerBlock * 4 + inGroup % 4] |= static_cast<uint8_t>(code << inGroup / 4 * 2);
        }
    }
}

void TernaryProduct::prepare(const uint8_t *images, int64_t samples, int offset, int8_t *activations,
                             int32_t *sums) const {
  for (int64_t sample = 0; sample < samples; ++sample, images += rows) {
    int8_t *to = activations + sample * groups() * groupDepths;
    int32_t sum = 0;
    for (int64_t depth = 0; depth < rows; ++depth) {
      to[depth] = static_cast<int8_t>(images[depth] - offset);
      sum += to[depth];
    }
    std::memset(to + rows, 0, groups() * groupDepths - rows);
    sums[sample] = sum;
  }
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

namespace {
/// One block: what is read, and sums [samples][lanesPerBlock], which start from what stands there.
struct TernaryBlock {
  const int8_t *activations; ///< [samples][groups][16]
  const uint8_t *words;      ///< [groups][64 lanes]
  int64_t groups;
  int32_t *sums;
};
} // namespace

static void addPortable(const TernaryBlock &block, int64_t samples) {
  for (int64_t group = 0; group < block.groups; ++group)
    for (int64_t lane = 0; lane < lanesPerBlock; ++lane) {
      const uint8_t *word = block.words + (group * lanesPerBlock + lane) * 4;
      for (int64_t sample = 0; sample < samples; ++sample) {
        const int8_t *sixteen = block.activations + (sample * block.groups + group) * 16;
        int32_t sum = 0;
        for (int depth = 0; depth < 16; ++depth)
          sum += (word[depth % 4] >> depth / 4 * 2 & 3) * sixteen[depth];
        int32_t &total = block.sums[sample * lanesPerBlock + lane];
        total = wrappingAdd<int32_t>(total, sum);
      }
    }
}

#if defined(__x86_64__)
template <int samples>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vnni")]] static void addVnni(const TernaryBlock &block) {
  constexpr int vectors = lanesPerBlock / 16;
  __m512i sums[samples][vectors];
#pragma GCC unroll 4
  for (int s = 0; s < samples; ++s)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      sums[s][v] = _mm512_loadu_si512(block.sums + s * lanesPerBlock + v * 16);
  const __m512i code = _mm512_set1_epi8(3);
  for (int64_t group = 0; group < block.groups; ++group) {
    const uint8_t *words = block.words + group * lanesPerBlock * 4;
    // Memory is what this loop waits for: ask for it before the hardware does, across pages too.
    _mm_prefetch(reinterpret_cast<const char *>(words + 4096), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char *>(words + 4160), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char *>(words + 4224), _MM_HINT_T0);
    _mm_prefetch(reinterpret_cast<const char *>(words + 4288), _MM_HINT_T0);
    __m512i packed[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      packed[v] = _mm512_loadu_si512(words + v * 64);
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      __m512i codes[vectors];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v)
        codes[v] = _mm512_and_si512(j ? _mm512_srli_epi16(packed[v], 2 * j) : packed[v], code);
#pragma GCC unroll 4
      for (int s = 0; s < samples; ++s) {
        int32_t four;
        std::memcpy(&four, block.activations + (s * block.groups + group) * 16 + 4 * j, sizeof four);
        const __m512i bytes = _mm512_set1_epi32(four);
#pragma GCC unroll 4
        for (int v = 0; v < vectors; ++v)
          sums[s][v] = _mm512_dpbusd_epi32(sums[s][v], codes[v], bytes);
      }
    }
  }
#pragma GCC unroll 4
  for (int s = 0; s < samples; ++s)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      _mm512_storeu_si512(block.sums + s * lanesPerBlock + v * 16, sums[s][v]);
}
#endif

void TernaryProduct::run(const int8_t *activations, const int32_t *sums, const uint8_t *panels, const int64_t *bias,
                         int64_t block, int64_t samples, int32_t *results) const {
  assert(samples >= 1 && samples <= mostSamples);
  for (int64_t sample = 0; sample < samples; ++sample)
    for (int64_t lane = 0; lane < lanesPerBlock; ++lane)
      results[sample * lanesPerBlock + lane] =
          static_cast<int32_t>((bias && lane < lanesOf(block) ? bias[block * lanesPerBlock + lane] : 0) - sums[sample]);
  const TernaryBlock work = {activations, panels + block * blockBytes(), groups(), results};
#if defined(__x86_64__)
  if (currentIsa() == Isa::Avx512Vnni) {
    switch (samples) {
    case 1: return addVnni<1>(work);
    case 2: return addVnni<2>(work);
    case 3: return addVnni<3>(work);
    default: return addVnni<4>(work);
    }
  }
#endif
  addPortable(work, samples);
}
