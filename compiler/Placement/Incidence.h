//===- Incidence.h - which nets a core is in ===//
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

/// A range of net numbers.
struct NetRange {
  const uint32_t *first = nullptr, *last = nullptr;
  const uint32_t *begin() const { return first; }
  const uint32_t *end() const { return last; }
  size_t size() const { return static_cast<size_t>(last - first); }
};

/// By core, the nets that it sends and those that it receives, each ascending.
class Incidence {
public:
  explicit Incidence(const Problem &problem);

  NetRange sentBy(uint32_t core) const { return sent.of(core); }
  NetRange receivedBy(uint32_t core) const { return received.of(core); }

private:
  struct Lists {
    std::vector<uint32_t> begin, nets;
    NetRange of(uint32_t core) const { return {nets.data() + begin[core], nets.data() + begin[core + 1]}; }
  };
  Lists sent, received;
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_INCIDENCE_H
