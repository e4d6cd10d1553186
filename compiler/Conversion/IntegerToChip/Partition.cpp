//===- Partition.cpp - cutting matrices into blocks of cores ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/Partition.h"

#include <algorithm>

namespace wage::chip {

std::vector<int64_t> cutEvenly(int64_t total, int64_t most) {
  const int64_t parts = (total + most - 1) / most;
  std::vector<int64_t> edges;
  edges.reserve(parts + 1);
  for (int64_t i = 0; i <= parts; ++i)
    edges.push_back(total * i / parts);
  return edges;
}

Partition partitionMatrix(int64_t rows, int64_t neurons, unsigned bits, int64_t axons, const rt::CoreGroup &group,
                          const BlockLimit &limit) {
  const int64_t weights = static_cast<int64_t>(group.synapseBytes) * 8 / bits;
  int64_t neuronsPerCore = std::min<int64_t>({neurons, group.neurons, weights, limit.neurons});
  if (neuronsPerCore < 1 || axons < 1)
    return Partition{{}, {}};
  if (group.reduceFanIn == 0 && rows <= axons && rows <= weights)
    neuronsPerCore = std::min(neuronsPerCore, weights / rows);
  const int64_t rowsPerCore = std::min<int64_t>({rows, axons, weights / neuronsPerCore, limit.rows});
  return Partition{cutEvenly(rows, rowsPerCore), cutEvenly(neurons, neuronsPerCore)};
}

} // namespace wage::chip
