//===- Partition.h - cutting matrices into blocks of cores ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PARTITION_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PARTITION_H

#include "runtime/Format/Program.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace wage::chip {

/// How a matrix of axons by neurons is cut: block (k, n) holds rows [rowBegin(k, n), rowEnd(k, n)) of neurons
/// [neuronEdges[n], neuronEdges[n+1]).
///
/// Of a layer with groups, neurons [neuronEdges[n], neuronEdges[n+1]) are those of whole groups, whose rows stand in one
/// block, or of one group, whose rows are cut as those of every other. In a layer without, all neurons see all rows.
struct Partition {
  std::vector<int64_t> rowEdges{0, 0}; ///< of the rows that a group sees, from 0
  std::vector<int64_t> neuronEdges{0, 0};
  int64_t groupNeurons = 0; ///< 0: all neurons are one group

  int64_t rowBlocks() const { return static_cast<int64_t>(rowEdges.size()) - 1; }
  int64_t neuronBlocks() const { return static_cast<int64_t>(neuronEdges.size()) - 1; }
  int64_t cores() const { return rowBlocks() * neuronBlocks(); }
  int64_t rowBegin(int64_t k, int64_t n) const { return firstRow(groupOf(neuronEdges[n])) + rowEdges[k]; }
  int64_t rowEnd(int64_t k, int64_t n) const { return firstRow(groupOf(neuronEdges[n + 1] - 1)) + rowEdges[k + 1]; }

private:
  int64_t groupOf(int64_t neuron) const { return groupNeurons ? neuron / groupNeurons : 0; }
  int64_t firstRow(int64_t group) const { return group * rowEdges.back(); }
};

/// Cuts [0, total) into ceil(total / most) ranges whose lengths differ by at most one.
std::vector<int64_t> cutEvenly(int64_t total, int64_t most);

/// Cuts [0, total) into ranges of `most`, the last of what is left.
std::vector<int64_t> cutFull(int64_t total, int64_t most);

/// Rows and neurons that a block of a layer may have at most, beyond what the core itself allows.
struct BlockLimit {
  int64_t rows = std::numeric_limits<int64_t>::max(), neurons = std::numeric_limits<int64_t>::max();
  bool fills =
      false; ///< all blocks but the last are as large as they may be, which leaves one small enough to share a core
};

/// Cuts a layer's matrix of stored `bits`-bit weights for cores of `group` that take `axons` rows: at most so many rows,
/// group.neurons neurons and group.synapseBytes bytes a block, and no more than `limit`.
///
/// Where the memory is the limit, rows are cut further, since partial sums cost less than copies of the axons; on cores
/// that cannot add each other's partial sums, neurons are, if the axons hold all rows. As many groups as fit share a core; if
/// one does not fit, each is cut like a layer of its own. Empty edges if not even one weight fits.
Partition partitionLayer(const rt::LinearBlock &layer, unsigned bits, int64_t axons, const rt::CoreGroup &group,
                         const BlockLimit &limit = {});

/// Parent of node `index` in a tree in which every node has at most `fanIn` children; node 0 is the root.
inline int64_t treeParent(int64_t index, int64_t fanIn) { return (index - 1) / fanIn; }

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PARTITION_H
