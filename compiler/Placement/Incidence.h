//===- Incidence.h - which nets a core is in, and with whom ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_INCIDENCE_H
#define WAGE_COMPILER_PLACEMENT_INCIDENCE_H

#include "compiler/Placement/Problem.h"

namespace wage::placement {

/// Successive elements of a vector.
template <typename T> struct Range {
  const T *first = nullptr, *last = nullptr;
  const T *begin() const { return first; }
  const T *end() const { return last; }
  size_t size() const { return static_cast<size_t>(last - first); }
};

/// By node, the nets that it sends and those that it receives, each ascending.
class Incidence {
public:
  enum class Of : uint8_t { AllNets, Trees, Others };
  explicit Incidence(const Problem &problem, Of which = Of::AllNets);

  Range<uint32_t> sentBy(uint32_t node) const { return sent.of(node); }
  Range<uint32_t> receivedBy(uint32_t node) const { return received.of(node); }

private:
  struct Lists {
    std::vector<uint32_t> begin, nets;
    Range<uint32_t> of(uint32_t node) const { return {nets.data() + begin[node], nets.data() + begin[node + 1]}; }
  };
  Lists sent, received;
};

/// By core, the nodes with which it exchanges bytes in nets that are no trees, ascending. A path is as long one way as the
/// other, so that all such nets between two nodes count as one.
class Partners {
public:
  explicit Partners(const Problem &problem);

  struct Partner {
    uint32_t node;
    int64_t bytes; ///< both ways together
  };
  Range<Partner> of(uint32_t core) const { return {partners.data() + begin[core], partners.data() + begin[core + 1]}; }

private:
  void mergeEqual();

  std::vector<size_t> begin; ///< by core, and where the last one's end
  std::vector<Partner> partners;
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_INCIDENCE_H
