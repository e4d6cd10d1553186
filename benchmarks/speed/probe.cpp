//===- probe.cpp - how fast this machine multiplies bytes, at most --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-probe [--threads=N] [--isa=avx512-vnni|avx2]. Answers `run N` with the seconds of a billion
// multiply-
// accumulates of bytes, on N threads together: a loop of vpdpbusd, or of vpmaddubsw, vpmaddwd and vpaddd, that touches
// registers only. It is the limit that speeds are compared with, and shows whether the machine is busy with something
// else.
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/speed/Server.h"

#include <immintrin.h>

#include <thread>

using namespace wage::speed;

namespace {
/// Sums that depend on none of each other: enough to hide the latency of two multipliers.
constexpr int vnniSums = 24, avx2Sums = 12;

using Loop = void (*)(long rounds);
} // namespace

// The constraint keeps the compiler from computing the sums once; it costs no instruction. Unrolled, or sums stand in
// memory.
__attribute__((target("avx512f,avx512vnni"))) static void loopVnni(long rounds) {
  __m512i sums[vnniSums] = {};
  const __m512i left = _mm512_set1_epi8(3), right = _mm512_set1_epi8(5);
  for (long round = 0; round < rounds; ++round)
#pragma GCC unroll 24
    for (__m512i &sum : sums) {
      sum = _mm512_dpbusd_epi32(sum, left, right);
      __asm__ volatile("" : "+v"(sum));
    }
}

__attribute__((target("avx2"))) static void loopAvx2(long rounds) {
  __m256i sums[avx2Sums] = {};
  const __m256i left = _mm256_set1_epi8(3), right = _mm256_set1_epi8(5), ones = _mm256_set1_epi16(1);
  for (long round = 0; round < rounds; ++round)
#pragma GCC unroll 12
    for (__m256i &sum : sums) {
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(left, right), ones));
      __asm__ volatile("" : "+x"(sum));
    }
}

static void runOn(int threads, Loop loop, long rounds) {
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread)
    others.emplace_back(loop, rounds);
  loop(rounds);
  for (std::thread &other : others)
    other.join();
}

int main(int argc, char **argv) {
  const int threads = numberOption(argc, argv, "--threads", 1);
  const std::string isa = option(argc, argv, "--isa", "avx512-vnni");
  const bool vnni = isa == "avx512-vnni";
  if (!(vnni ? __builtin_cpu_supports("avx512vnni") : isa == "avx2" && __builtin_cpu_supports("avx2"))) {
    std::fprintf(stderr,
                 "benchmark-probe: instruction set '%s' is not one of avx512-vnni and avx2, or this machine lacks it\n",
                 isa.c_str());
    return 2;
  }
  const long perRound = vnni ? 64 * vnniSums : 32 * avx2Sums;
  const long rounds = 1000000000 / (perRound * threads);
  return serve(isa.c_str(), [&] { runOn(threads, vnni ? loopVnni : loopAvx2, rounds); });
}
