//===- ByteTranspose.cpp - bytes from one order into another ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// SSE2 belongs to every x86-64, so that these need no dispatch.

#include "runtime/Kernels/ByteTranspose.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

using namespace wage::rt;

/// Elements of `size` bytes; strides count elements.
template <int size>
static void transposePlain(const uint8_t *from, int64_t fromStride, int64_t rows, int64_t columns, uint8_t *to,
                           int64_t toStride) {
  for (int64_t column = 0; column < columns; ++column)
    for (int64_t row = 0; row < rows; ++row)
      std::memcpy(to + (column * toStride + row) * size, from + (row * fromStride + column) * size, size);
}

#if defined(__x86_64__)
/// 16 rows by 16 columns, by four rounds of interleaving rows that are half of what is left apart.
static void transposeSixteen(const uint8_t *from, int64_t fromStride, __m128i flip, uint8_t *to, int64_t toStride) {
  __m128i rows[16], next[16];
  for (int row = 0; row < 16; ++row)
    rows[row] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + row * fromStride));
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 8; ++i) {
      next[2 * i] = _mm_unpacklo_epi8(rows[i], rows[i + 8]);
      next[2 * i + 1] = _mm_unpackhi_epi8(rows[i], rows[i + 8]);
    }
    std::copy_n(next, 16, rows);
  }
  for (int row = 0; row < 16; ++row)
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to + row * toStride), _mm_xor_si128(rows[row], flip));
}

/// 4 rows by 4 columns of words; strides count bytes.
static void transposeFourWords(const uint8_t *from, int64_t fromStride, uint8_t *to, int64_t toStride) {
  __m128i rows[4];
  for (int row = 0; row < 4; ++row)
    rows[row] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + row * fromStride));
  const __m128i low02 = _mm_unpacklo_epi32(rows[0], rows[2]), high02 = _mm_unpackhi_epi32(rows[0], rows[2]);
  const __m128i low13 = _mm_unpacklo_epi32(rows[1], rows[3]), high13 = _mm_unpackhi_epi32(rows[1], rows[3]);
  _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm_unpacklo_epi32(low02, low13));
  _mm_storeu_si128(reinterpret_cast<__m128i *>(to + toStride), _mm_unpackhi_epi32(low02, low13));
  _mm_storeu_si128(reinterpret_cast<__m128i *>(to + 2 * toStride), _mm_unpacklo_epi32(high02, high13));
  _mm_storeu_si128(reinterpret_cast<__m128i *>(to + 3 * toStride), _mm_unpackhi_epi32(high02, high13));
}
#endif

/// The beginnings of pieces of 16: the last may begin inside the one before it, where there are 16 at all.
static int64_t nextPiece(int64_t begin, int64_t length) {
  return begin + 16 < length && begin + 32 > length ? length - 16 : begin + 16;
}

void wage::rt::flipBytes(const uint8_t *from, int64_t count, uint8_t flip, uint8_t *to) {
  for (int64_t i = 0; i < count; ++i)
    to[i] = from[i] ^ flip;
}

void wage::rt::transposeBytes(const uint8_t *from, int64_t fromStride, int64_t rows, int64_t columns, uint8_t *to,
                              int64_t toStride, uint8_t flip) {
#if defined(__x86_64__)
  if (rows >= 16 && columns >= 16) {
    const __m128i flips = _mm_set1_epi8(static_cast<char>(flip));
    for (int64_t row = 0; row < rows; row = nextPiece(row, rows))
      for (int64_t column = 0; column < columns; column = nextPiece(column, columns))
        transposeSixteen(from + row * fromStride + column, fromStride, flips, to + column * toStride + row, toStride);
    return;
  }
#endif
  if (rows == 1 && toStride == 1)
    return flipBytes(from, columns, flip, to);
  for (int64_t column = 0; column < columns; ++column)
    for (int64_t row = 0; row < rows; ++row)
      to[column * toStride + row] = from[row * fromStride + column] ^ flip;
}

void wage::rt::transposeWords(const void *source, int64_t fromStride, int64_t rows, int64_t columns, void *target,
                              int64_t toStride) {
  const auto *from = static_cast<const uint8_t *>(source);
  auto *to = static_cast<uint8_t *>(target);
#if defined(__x86_64__)
  // 16 words are a line of a cache: of 16 rows by 16 columns all that is read stays there, and four lines are written at a
  // time, which may stand in the same set of it.
  const int64_t wholeRows = rows / 4 * 4, wholeColumns = columns / 4 * 4;
  for (int64_t line = 0; line < wholeColumns; line += 16)
    for (int64_t block = 0; block < wholeRows; block += 16)
      for (int64_t column = line; column < std::min(line + 16, wholeColumns); column += 4)
        for (int64_t row = block; row < std::min(block + 16, wholeRows); row += 4)
          transposeFourWords(from + (row * fromStride + column) * 4, fromStride * 4, to + (column * toStride + row) * 4,
                             toStride * 4);
  transposePlain<4>(from + wholeColumns * 4, fromStride, wholeRows, columns - wholeColumns,
                    to + wholeColumns * toStride * 4, toStride);
  transposePlain<4>(from + wholeRows * fromStride * 4, fromStride, rows - wholeRows, columns, to + wholeRows * 4,
                    toStride);
#else
  transposePlain<4>(from, fromStride, rows, columns, to, toStride);
#endif
}

void wage::rt::interleaveFour(const uint8_t *from, int64_t stride, int present, int64_t lanes, int64_t paddedLanes,
                              int offset, int8_t *quads) {
  int64_t lane = 0;
#if defined(__x86_64__)
  const __m128i flip = _mm_set1_epi8(static_cast<char>(offset));
  for (; lane + 16 <= lanes; lane += 16) {
    __m128i rows[4];
    for (int i = 0; i < 4; ++i)
      rows[i] = i < present
                    ? _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from + i * stride + lane)), flip)
                    : _mm_setzero_si128();
    const __m128i low01 = _mm_unpacklo_epi8(rows[0], rows[1]), high01 = _mm_unpackhi_epi8(rows[0], rows[1]);
    const __m128i low23 = _mm_unpacklo_epi8(rows[2], rows[3]), high23 = _mm_unpackhi_epi8(rows[2], rows[3]);
    auto *to = reinterpret_cast<__m128i *>(quads + lane * 4);
    _mm_storeu_si128(to, _mm_unpacklo_epi16(low01, low23));
    _mm_storeu_si128(to + 1, _mm_unpackhi_epi16(low01, low23));
    _mm_storeu_si128(to + 2, _mm_unpacklo_epi16(high01, high23));
    _mm_storeu_si128(to + 3, _mm_unpackhi_epi16(high01, high23));
  }
#endif
  if (lane < paddedLanes)
    std::memset(quads + lane * 4, 0, (paddedLanes - lane) * 4);
  for (; lane < lanes; ++lane)
    for (int i = 0; i < present; ++i)
      quads[lane * 4 + i] = static_cast<int8_t>(from[i * stride + lane] ^ offset);
}
