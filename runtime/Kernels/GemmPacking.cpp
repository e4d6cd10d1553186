//===- GemmPacking.cpp - panels of int16 pairs ----------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// An operand is contiguous along its lanes (positions of an image, neurons of an error), along its depth (matrix rows of a
// weight), along both or along neither (strided convolutions). Lanes that lie side by side are packed together, a run at a
// time; else lane by lane.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Gemm.h"

#include "runtime/Kernels/IsaLoop.h"

#include <cassert>
#include <cstring>

using namespace wage::rt;

// Below this mean length a run of lanes costs more than its elements.
static constexpr int shortestRun = 6;

static LaneRuns findRuns(const PanelSource &source) {
  LaneRuns runs;
  runs.count = 0;
  for (int lane = 0; lane < source.laneCount; ++lane)
    if (lane == 0 || source.lanes[lane] != source.lanes[lane - 1] + 1)
      runs.begins[runs.count++] = lane;
  runs.begins[runs.count] = source.laneCount;
  return runs;
}

template <typename Element>
static void packRuns(const PanelSource &source, const LaneRuns &runs, int width, int32_t *panel) {
  const auto *base = static_cast<const Element *>(source.base);
  const int64_t pairs = source.depthCount / 2;
  for (int64_t pair = 0; pair < pairs; ++pair, panel += width)
    for (int run = 0; run < runs.count; ++run) {
      const int begin = runs.begins[run], length = runs.begins[run + 1] - begin;
      const Element *even = base + source.depths[2 * pair] + source.lanes[begin];
      const Element *odd = base + source.depths[2 * pair + 1] + source.lanes[begin];
      for (int i = 0; i < length; ++i)
        panel[begin + i] = packPair(even[i], odd[i]);
    }
}

void wage::rt::packRunsPlain(const PanelSource &source, const LaneRuns &runs, int width, int32_t *panel) {
  if (source.type == ElementType::Int8)
    runLoop([&] { packRuns<int8_t>(source, runs, width, panel); });
  else
    runLoop([&] { packRuns<int16_t>(source, runs, width, panel); });
}

void wage::rt::packLanesPlain(const PanelSource &source, int width, int32_t *panel) {
  for (int lane = 0; lane < source.laneCount; ++lane)
    if (source.type == ElementType::Int8)
      packRest<int8_t>(source, lane, 0, source.depthCount, width, panel);
    else
      packRest<int16_t>(source, lane, 0, source.depthCount, width, panel);
}

void wage::rt::packPanel(const GemmBody &body, const PanelSource &source, int width, int32_t *panel) {
  assert(source.type == ElementType::Int8 || source.type == ElementType::Int16);
  if (source.laneCount < width)
    std::memset(panel, 0, size_t(source.depthCount + 1) / 2 * width * sizeof(int32_t));
  const LaneRuns runs = findRuns(source);
  if (runs.count * shortestRun > source.laneCount)
    return body.packLanes(source, width, panel);
  body.packRuns(source, runs, width, panel);
  if (source.depthCount % 2 == 0)
    return;
  for (int lane = 0; lane < source.laneCount; ++lane)
    if (source.type == ElementType::Int8)
      packRest<int8_t>(source, lane, source.depthCount - 1, source.depthCount, width, panel);
    else
      packRest<int16_t>(source, lane, source.depthCount - 1, source.depthCount, width, panel);
}
