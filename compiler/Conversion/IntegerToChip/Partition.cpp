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

std::vector<int64_t> cutFull(int64_t total, int64_t most) {
  std::vector<int64_t> edges{0};
  while (edges.back() < total)
    edges.push_back(std::min(total, edges.back() + most));
  return edges;
}

/// A matrix without groups, or one group of it.
static Partition partitionMatrix(int64_t rows, int64_t neurons, int64_t weights, int64_t axons,
                                 const rt::CoreGroup &group, const BlockLimit &limit) {
  int64_t neuronsPerCore = std::min<int64_t>({neurons, group.neurons, weights, limit.neurons});
  if (neuronsPerCore < 1 || axons < 1)
    return Partition{{}, {}};
  if (group.reduceFanIn == 0 && rows <= axons && rows <= weights)
    neuronsPerCore = std::min(neuronsPerCore, weights / rows);
  const int64_t rowsPerCore = std::min<int64_t>({rows, axons, weights / neuronsPerCore, limit.rows});
  const auto cut = limit.fills ? cutFull : cutEvenly;
  return Partition{cut(rows, rowsPerCore), cut(neurons, neuronsPerCore)};
}

Partition partitionLayer(const rt::LinearBlock &layer, unsigned bits, int64_t axons, const rt::CoreGroup &group,
                         const BlockLimit &limit) {
  const int64_t weights = static_cast<int64_t>(group.synapseBytes) * 8 / bits;
  const int64_t rows = layer.rowsPerNeuron(), neurons = layer.neuronsPerGroup();
  const int64_t together =
      std::min({std::min(axons, limit.rows) / rows, std::min<int64_t>(group.neurons, limit.neurons) / neurons,
                weights / (rows * neurons)});
  Partition cut;
  if (layer.groups > 1 && together > 0) {
    cut = Partition{{0, rows}, (limit.fills ? cutFull : cutEvenly)(layer.groups, together), neurons};
    for (int64_t &edge : cut.neuronEdges)
      edge *= neurons;
    return cut;
  }
  cut = partitionMatrix(rows, neurons, weights, axons, group, limit);
  if (layer.groups == 1 || cut.neuronEdges.empty())
    return cut;
  cut.groupNeurons = neurons;
  const std::vector<int64_t> edges = cut.neuronEdges;
  for (int64_t first = neurons; first < layer.neurons; first += neurons)
    for (size_t i = 1; i < edges.size(); ++i)
      cut.neuronEdges.push_back(first + edges[i]);
  return cut;
}

} // namespace wage::chip
