//===- PeakSpeed.cpp - how fast this host multiplies bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/PeakSpeed.h"

#include "runtime/Kernels/Isa.h"

#include <algorithm>
#include <chrono>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace wage::rt;

#if defined(__x86_64__)
// Sums that do not depend on each other: enough to hide the latency of two multipliers. The constraints keep the compiler from
// computing them once; they cost no instruction.
static constexpr int wideSums = 24, narrowSums = 12;

[[gnu::target("avx512f,avx512vnni")]] static void multiplyVnni(int rounds) {
  __m512i sums[wideSums] = {};
  const __m512i left = _mm512_set1_epi32(0x03030303), right = _mm512_set1_epi32(0x05050505);
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 24
    for (__m512i &sum : sums) {
      sum = _mm512_dpbusd_epi32(sum, left, right);
      __asm__ volatile("" : "+v"(sum));
    }
}

[[gnu::target("avx512f,avx512bw")]] static void multiplyAvx512(int rounds) {
  __m512i sums[wideSums] = {};
  const __m512i left = _mm512_set1_epi32(0x03030303), right = _mm512_set1_epi32(0x05050505);
  const __m512i ones = _mm512_set1_epi32(0x00010001);
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 24
    for (__m512i &sum : sums) {
      sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(left, right), ones));
      __asm__ volatile("" : "+v"(sum));
    }
}

[[gnu::target("avx2")]] static void multiplyAvx2(int rounds) {
  __m256i sums[narrowSums] = {};
  const __m256i left = _mm256_set1_epi8(3), right = _mm256_set1_epi8(5), ones = _mm256_set1_epi16(1);
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 12
    for (__m256i &sum : sums) {
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(left, right), ones));
      __asm__ volatile("" : "+x"(sum));
    }
}

#endif

PeakLoop wage::rt::currentPeakLoop() {
#if defined(__x86_64__)
  switch (currentIsa()) {
  case Isa::Portable: break;
  case Isa::Avx2: return {multiplyAvx2, 32 * narrowSums};
  case Isa::Avx512: return {multiplyAvx512, 64 * wideSums};
  case Isa::Avx512Vnni: return {multiplyVnni, 64 * wideSums};
  }
#endif
  return {nullptr, 0};
}

double wage::rt::measurePeakSpeed() {
  constexpr int rounds = 20000, tries = 20;
  const PeakLoop loop = currentPeakLoop();
  if (!loop.run)
    return 0;
  double best = 1e9;
  for (int i = 0; i < tries; ++i) {
    const auto start = std::chrono::steady_clock::now();
    loop.run(rounds);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return double(rounds) * loop.perRound / best;
}
