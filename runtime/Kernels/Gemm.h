//===- Gemm.h - integer matrix product over strided operands -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Private to runtime/Kernels. target[m][n] (+)= sum over r of left[m][r] * right[n][r].
//
// Every product of a linear layer has this form, and every operand the form value[lane][depth] = base[lane's offset +
// depth's offset], im2col included: the address of an input element is that of its output position plus that of its
// matrix row. So operands are packed straight from where they lie, and nothing like an im2col matrix ever stands in memory.
//
// The method is that of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (ACM TOMS 2008): blocks
// of the depth; panels of the right operand that stay in the first cache, of the left in the second; a tile of the target
// in registers. Elements are packed as pairs of int16 along the depth, the form that multiply-add instructions take.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_GEMM_H
#define WAGE_RUNTIME_KERNELS_GEMM_H

#include "runtime/Kernels/LinearProducts.h"

namespace wage::rt {

/// Where index i of one dimension lies: i + begin is read as a number of three digits, whose weights are `strides`.
struct Axis {
  int64_t length = 0;             ///< indices are 0 ... length - 1
  int64_t counts[2] = {1, 1};     ///< of the middle and the inner digit
  int64_t strides[3] = {0, 0, 1}; ///< outer, middle, inner; elements
  int64_t begin = 0;

  /// Writes the offsets of `count` indices from `first` on.
  void offsets(int64_t first, int64_t count, int64_t *result) const;
};

/// An axis of equal steps.
inline Axis evenAxis(int64_t length, int64_t stride) {
  return {length, {1, length > 0 ? length : 1}, {0, 0, stride}, 0};
}

/// value[lane][depth] = base[lanes' offset + depth's offset].
struct GemmOperand {
  const void *base = nullptr;
  ElementType type = ElementType::Int16;  ///< as they are stored: Int8 or Int16
  ElementType range = ElementType::Int16; ///< that holds every value; Int8 too for images widened from bytes
  Axis lanes, depth;
};

/// target[row][column] = base[row * rowStride + columns' offset].
struct GemmTarget {
  void *base = nullptr;
  ElementType type = ElementType::Int32; ///< Int32 or Int64
  int64_t rowStride = 0;
  Axis columns;
  bool accumulate = false;
};

/// Whether `gemm` takes operands of these ranges: 8 or 16 bits wide, and where the target has 64 bits, with products small
/// enough that a block of them may be summed in 32.
bool gemmTakes(ElementType left, ElementType right, ElementType target);

/// Bytes of scratch memory that `gemm` needs, whatever the shapes.
size_t gemmScratchBytes();

/// target[m][n] (+)= sum over r of left[m][r] * right[n][r].
///
/// Shape:  left.depth.length == right.depth.length; target is [left.lanes.length][right.lanes.length].
/// Errors: none. Of a target of 32 bits the compiler has proved that they hold every sum; else they wrap. One of 64 bits needs
///         nothing.
void gemm(const GemmOperand &left, const GemmOperand &right, const GemmTarget &target, void *scratch);

//===----------------------------------------------------------------------===//
// What an instruction set provides
//===----------------------------------------------------------------------===//

constexpr int maximumTileRows = 8, maximumTileColumns = 32;

/// What stands side by side in memory among eight successive depths.
enum class Adjacency : uint8_t { None, Pairs, All };

/// One panel's source: the offsets of its lanes and depths from `base`.
struct PanelSource {
  const void *base;
  ElementType type;
  const int64_t *lanes, *depths;
  const Adjacency *adjacency; ///< of every whole eight of depths
  int laneCount;
  int64_t depthCount;
};

/// Lanes [begins[i], begins[i + 1]) of a panel lie side by side, for i below `count`.
struct LaneRuns {
  int count;
  int begins[maximumTileColumns + 1];
};

/// A tile in registers, rows [0, tileRows) by columns [0, tileColumns) of 32-bit sums, and the packing of its panels.
///
/// A packed panel holds for each pair of depths one 32-bit word per lane: the even depth in its low half. Lanes from
/// laneCount on, and the second half of an odd depth's last pair, are 0.
struct GemmBody {
  int tileRows, tileColumns;

  /// Adds to tile[row * rowStride + column], or without `accumulate` sets it to, the sum of products of `pairs` words.
  void (*run)(int64_t pairs, const int32_t *left, const int32_t *right, int32_t *tile, int64_t rowStride,
              bool accumulate);

  /// Packs a panel of `width` lanes, runs of lanes at a time; an odd depth's last pair is left out.
  void (*packRuns)(const PanelSource &source, const LaneRuns &runs, int width, int32_t *panel);

  /// Packs a panel of `width` lanes, runs of depths at a time.
  void (*packLanes)(const PanelSource &source, int width, int32_t *panel);
};

extern const GemmBody portableGemm;
#if defined(__x86_64__)
extern const GemmBody avx2Gemm, avx512Gemm, avx512VnniGemm;
#endif

//===----------------------------------------------------------------------===//
// Packing bodies, shared by instruction sets
//===----------------------------------------------------------------------===//

/// The word of two elements that stand at even and odd depth.
inline int32_t packPair(int16_t even, int16_t odd) {
  return static_cast<int32_t>(uint32_t(uint16_t(even)) | uint32_t(uint16_t(odd)) << 16);
}

/// Packs depths [first, end) of `lane`, element by element; `first` is even, and `end` even or the last.
template <typename Element>
void packRest(const PanelSource &source, int lane, int64_t first, int64_t end, int width, int32_t *panel) {
  const Element *base = static_cast<const Element *>(source.base) + source.lanes[lane];
  for (int64_t depth = first; depth < end; depth += 2)
    panel[depth / 2 * width + lane] =
        packPair(base[source.depths[depth]],
                 depth + 1 < source.depthCount ? int16_t(base[source.depths[depth + 1]]) : int16_t(0));
}

void packRunsPlain(const PanelSource &source, const LaneRuns &runs, int width, int32_t *panel);
void packLanesPlain(const PanelSource &source, int width, int32_t *panel);
#if defined(__x86_64__)
void packLanesAvx2(const PanelSource &source, int width, int32_t *panel);
void packRunsAvx512(const PanelSource &source, const LaneRuns &runs, int width, int32_t *panel);
#endif

/// Packs a panel of `width` lanes in the way that suits its source.
void packPanel(const GemmBody &body, const PanelSource &source, int width, int32_t *panel);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_GEMM_H
