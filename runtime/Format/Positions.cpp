//===- Positions.cpp - which blocks share a core ----------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Positions.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace wage::rt {

namespace {

/// By block, the first one that stands where it does.
std::vector<uint32_t> firstOfEach(const std::vector<Core> &cores) {
  std::vector<uint32_t> order(cores.size()), first(cores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::tie(cores[a].y, cores[a].x, a) < std::tie(cores[b].y, cores[b].x, b);
  });
  for (size_t i = 0; i < order.size(); ++i) {
    const bool isSame =
        i > 0 && cores[order[i]].x == cores[order[i - 1]].x && cores[order[i]].y == cores[order[i - 1]].y;
    first[order[i]] = isSame ? first[order[i - 1]] : order[i];
  }
  return first;
}

} // namespace

Positions::Positions(const Program &program) : number(firstOfEach(program.cores)), blocks(program.cores.size()) {
  std::vector<uint32_t> counts;
  for (uint32_t core = 0; core < number.size(); ++core) {
    const uint32_t first = number[core];
    number[core] = first == core ? static_cast<uint32_t>(counts.size()) : number[first];
    if (first == core)
      counts.push_back(0);
    ++counts[number[core]];
  }
  firstBlock.assign(counts.size() + 1, 0);
  std::partial_sum(counts.begin(), counts.end(), firstBlock.begin() + 1);
  std::vector<uint32_t> next(firstBlock.begin(), firstBlock.end() - 1);
  for (uint32_t core = 0; core < number.size(); ++core)
    blocks[next[number[core]]++] = core;
}

} // namespace wage::rt
