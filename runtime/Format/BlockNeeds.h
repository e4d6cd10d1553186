//===- BlockNeeds.h - what a block asks of the core it stands on -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_BLOCKNEEDS_H
#define WAGE_RUNTIME_FORMAT_BLOCKNEEDS_H

#include "runtime/Format/Program.h"

#include <map>

namespace wage::rt {

/// What a block, or several on one core, ask of that core beside data memory: room for their weights, and that it can do what
/// their instructions do. Zero and false where they ask nothing.
struct BlockNeeds {
  uint64_t rows = 0, neurons = 0, synapseBytes = 0;
  uint32_t accumulatorBits = 0;
  uint32_t reduceFanIn = 0; ///< partial sums or maxima of one layer that arrive for one addition
  uint32_t weightBits = 0;  ///< of weights in use
  uint32_t storedBits = 0;  ///< at which weights in use are stored, so that the core must take this width
  uint32_t masterBits = 0, randomBits = 0;
  bool transposedRead = false, outerProduct = false, maxReduce = false;

  /// Of both on one core.
  BlockNeeds &operator+=(const BlockNeeds &o);
};

/// What a core has too little of.
struct Shortage {
  const char *what;
  uint64_t need, supply;

  /// "outer product needed, not there", "axons: 75 needed, 64 there".
  std::string text() const;
};

/// The first thing of which cores of `group` have less than is needed; none if the block can stand there.
std::optional<Shortage> findShortage(const BlockNeeds &needs, const CoreGroup &group);

/// Reads needs off blocks and their streams, once for each template. Keeps a reference; requires templates whose opcodes and
/// buffers have been verified, and whole parameter rows.
class NeedsReader {
public:
  explicit NeedsReader(const Program &program) : program(program) {}

  BlockNeeds read(const Core &core);

private:
  struct OfTemplate {
    BlockNeeds needs;
    std::vector<Instruction> reductions; ///< receives that add or compare
    uint64_t channels = 1;               ///< axons of one row: two where events have a sign
  };
  const OfTemplate &readTemplate(const Core &core);
  uint32_t fanIn(const Core &core, const Instruction &receive) const;

  const Program &program;
  std::map<std::pair<uint32_t, uint32_t>, OfTemplate> known; ///< by template and layer
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_BLOCKNEEDS_H
