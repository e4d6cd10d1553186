//===- Rearrangement.h - elements copied along strides ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The one rule for data that moves: for every index i of the box `sizes`,
//
//   out[to[0] + sum i_d * to[d+1]] = in[from[0] + sum i_d * from[d+1]]
//
// and what is not written is 0. Slices, transposes, zero padding, repetition and broadcasts are all of this form. Three
// short lists say it, however large the tensors are.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_NUMERICS_REARRANGEMENT_H
#define WAGE_RUNTIME_NUMERICS_REARRANGEMENT_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wage::rt {

/// How the elements of one sample move; see the head of this file.
///
/// Units: elements, in row-major order within a sample. `from` and `to` hold an offset and a stride per size.
struct Rearrangement {
  std::vector<int64_t> sizes, from, to;
};

constexpr size_t largestRearrangementRank = 8;

/// The first and the last element that `walk` (an offset, then a stride per size) reaches. Requires positive sizes.
inline std::pair<__int128, __int128> reachOf(const std::vector<int64_t> &sizes, const std::vector<int64_t> &walk) {
  // Stopped far outside any tensor, before the sum could overflow.
  const __int128 far = static_cast<__int128>(1) << 100;
  __int128 first = walk[0], last = walk[0];
  for (size_t d = 0; d < sizes.size(); ++d) {
    const __int128 span = static_cast<__int128>(sizes[d] - 1) * walk[d + 1];
    first = std::max(first + std::min<__int128>(span, 0), -far);
    last = std::min(last + std::max<__int128>(span, 0), far);
  }
  return {first, last};
}

/// Whether no element is reached twice: each stride is larger than all that the smaller ones reach together. (Strides that
/// interleave without meeting do not count; no movement needs them.)
inline bool reachesEachOnce(const std::vector<int64_t> &sizes, const std::vector<int64_t> &walk) {
  std::vector<std::pair<__int128, int64_t>> strides;
  for (size_t d = 0; d < sizes.size(); ++d)
    if (sizes[d] > 1)
      strides.emplace_back(walk[d + 1] < 0 ? -static_cast<__int128>(walk[d + 1]) : walk[d + 1], sizes[d]);
  std::sort(strides.begin(), strides.end());
  __int128 reach = 0;
  for (const auto &[stride, extent] : strides) {
    if (stride <= reach)
      return false;
    reach += stride * (extent - 1);
  }
  return true;
}

/// Whether `walk` stays within a tensor of `elements`; else `what` it is and where it leaves.
inline std::string checkWalk(const char *what, const std::vector<int64_t> &sizes, const std::vector<int64_t> &walk,
                             int64_t elements) {
  const auto [first, last] = reachOf(sizes, walk);
  if (first >= 0 && last < elements)
    return "";
  // Far outside, the number itself says nothing more than that.
  const __int128 found = std::clamp<__int128>(first < 0 ? first : last, INT64_MIN, INT64_MAX);
  return std::string(what) + " reaches element " + std::to_string(static_cast<int64_t>(found)) + ", needs 0 to " +
         std::to_string(elements - 1);
}

/// What is wrong with a rearrangement of `inElements` to `outElements`; empty if nothing is.
///
/// Units: elements per sample.
inline std::string checkRearrangement(const Rearrangement &move, int64_t inElements, int64_t outElements) {
  const size_t rank = move.sizes.size();
  if (rank < 1 || rank > largestRearrangementRank)
    return "sizes must have 1 to 8 entries, got " + std::to_string(rank);
  for (const auto &[name, walk] : {std::pair("from", &move.from), std::pair("to", &move.to)})
    if (walk->size() != rank + 1)
      return std::string(name) + " must have " + std::to_string(rank + 1) + " entries, got " +
             std::to_string(walk->size());
  for (int64_t extent : move.sizes)
    if (extent < 1)
      return "sizes must be positive, got " + std::to_string(extent);
  if (std::string error = checkWalk("from", move.sizes, move.from, inElements); !error.empty())
    return error;
  if (std::string error = checkWalk("to", move.sizes, move.to, outElements); !error.empty())
    return error;
  if (!reachesEachOnce(move.sizes, move.to))
    return "to must write no element twice: each stride must be larger than all that the smaller ones reach";
  return "";
}

/// The same movement with positive strides of `to`, the largest first, dimensions of one element left out and those that run
/// on merged: what the functions below need. Requires a checked `move`.
inline Rearrangement normalized(const Rearrangement &move) {
  struct Dimension {
    int64_t size, from, to;
  };
  std::vector<Dimension> sorted, merged;
  int64_t source = move.from[0], target = move.to[0];
  for (size_t d = 0; d < move.sizes.size(); ++d) {
    Dimension next{move.sizes[d], move.from[d + 1], move.to[d + 1]};
    if (next.size == 1)
      continue;
    if (next.to < 0) {
      source += (next.size - 1) * next.from, target += (next.size - 1) * next.to;
      next.from = -next.from, next.to = -next.to;
    }
    sorted.push_back(next);
  }
  std::sort(sorted.begin(), sorted.end(), [](const Dimension &a, const Dimension &b) { return a.to > b.to; });
  for (const Dimension &next : sorted) {
    if (!merged.empty() && merged.back().to == next.size * next.to && merged.back().from == next.size * next.from)
      merged.back() = {merged.back().size * next.size, next.from, next.to};
    else
      merged.push_back(next);
  }
  if (merged.empty())
    merged.push_back({1, 1, 1});
  Rearrangement result{{}, {source}, {target}};
  for (const Dimension &d : merged)
    result.sizes.push_back(d.size), result.from.push_back(d.from), result.to.push_back(d.to);
  return result;
}

namespace detail {

/// The indices of dimension `d` whose part of the box, which begins at element `target` of the result, meets [begin, end).
inline std::pair<int64_t, int64_t> indicesWithin(const Rearrangement &move, size_t d, int64_t target, int64_t begin,
                                                 int64_t end) {
  int64_t inner = 0;
  for (size_t k = d + 1; k < move.sizes.size(); ++k)
    inner += (move.sizes[k] - 1) * move.to[k + 1];
  const int64_t stride = move.to[d + 1], missing = begin - target - inner;
  const int64_t first = missing > 0 ? (missing + stride - 1) / stride : 0;
  const int64_t last = target < end ? std::min(move.sizes[d] - 1, (end - 1 - target) / stride) : -1;
  return {first, last};
}

template <typename Visit>
void forEachRun(const Rearrangement &move, size_t d, int64_t target, int64_t source, int64_t begin, int64_t end,
                Visit &visit) {
  const auto [first, last] = indicesWithin(move, d, target, begin, end);
  const int64_t from = move.from[d + 1], to = move.to[d + 1];
  if (d + 1 == move.sizes.size()) {
    if (first <= last)
      visit(target + first * to, source + first * from, last - first + 1);
    return;
  }
  for (int64_t i = first; i <= last; ++i)
    forEachRun(move, d + 1, target + i * to, source + i * from, begin, end, visit);
}

/// Parts of the box that lie wholly in [begin, end) are known by their corners, so that only its two ends are looked into.
inline void widenReach(const Rearrangement &move, size_t d, int64_t target, int64_t source, int64_t begin, int64_t end,
                       std::pair<int64_t, int64_t> &reach) {
  int64_t span = 0, low = 0, high = 0;
  for (size_t k = d; k < move.sizes.size(); ++k) {
    span += (move.sizes[k] - 1) * move.to[k + 1];
    (move.from[k + 1] < 0 ? low : high) += (move.sizes[k] - 1) * move.from[k + 1];
  }
  if (target + span < begin || target >= end)
    return;
  if (target >= begin && target + span < end) {
    reach = {std::min(reach.first, source + low), std::max(reach.second, source + high)};
    return;
  }
  const auto [first, last] = indicesWithin(move, d, target, begin, end);
  for (int64_t i = first; i <= last; i = i < first + 1 ? i + 1 : i < last - 1 ? last - 1 : i + 1)
    widenReach(move, d + 1, target + i * move.to[d + 1], source + i * move.from[d + 1], begin, end, reach);
}

} // namespace detail

/// Calls `visit(target, source, count)` for every run along the innermost dimension (strides `to.back()`, `from.back()`) of
/// what goes to elements [begin, end) of the result. Requires a normalized `move`.
template <typename Visit> void forEachRun(const Rearrangement &move, int64_t begin, int64_t end, Visit visit) {
  detail::forEachRun(move, 0, move.to[0], move.from[0], begin, end, visit);
}

/// The first and the last element of the input that elements [begin, end) of the result need; first > last if they need none.
/// Takes no longer for large tensors than for small ones. Requires a normalized `move`.
inline std::pair<int64_t, int64_t> sourceReach(const Rearrangement &move, int64_t begin, int64_t end) {
  std::pair<int64_t, int64_t> reach{INT64_MAX, -1};
  detail::widenReach(move, 0, move.to[0], move.from[0], begin, end, reach);
  return reach;
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_NUMERICS_REARRANGEMENT_H
