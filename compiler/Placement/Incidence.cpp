//===- Incidence.cpp - which nets a core is in, and with whom ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Incidence.h"

#include <algorithm>

namespace wage::placement {

Incidence::Incidence(const Problem &problem, Of which) {
  auto forEachEnd = [&](auto visit) {
    for (uint32_t n = 0; n < problem.nets.size(); ++n) {
      const Net &net = problem.nets[n];
      if (which != Of::AllNets && problem.isTree(net) != (which == Of::Trees))
        continue;
      visit(sent, net.source, n);
      for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
        visit(received, problem.destinations[i], n);
    }
  };
  for (Lists *lists : {&sent, &received})
    lists->begin.assign(problem.cores + problem.terminals.size() + 2, 0);
  forEachEnd([](Lists &lists, uint32_t node, uint32_t) { ++lists.begin[node + 2]; });
  for (Lists *lists : {&sent, &received}) {
    for (size_t i = 1; i < lists->begin.size(); ++i)
      lists->begin[i] += lists->begin[i - 1];
    lists->nets.resize(lists->begin.back());
  }
  // While filling, begin[node + 1] is where the node's next net goes; at the end it is where the next node's begin.
  forEachEnd([](Lists &lists, uint32_t node, uint32_t net) { lists.nets[lists.begin[node + 1]++] = net; });
}

Partners::Partners(const Problem &problem) : begin(size_t(problem.cores) + 2, 0) {
  auto forEachEnd = [&](auto visit) {
    for (const Net &net : problem.nets)
      for (uint32_t i = net.firstDestination; i < net.endDestination && !problem.isTree(net); ++i)
        for (auto [core, node] :
             {std::pair(net.source, problem.destinations[i]), {problem.destinations[i], net.source}})
          if (core < problem.cores)
            visit(core, Partner{node, static_cast<int64_t>(net.bytes)});
  };
  forEachEnd([&](uint32_t core, Partner) { ++begin[core + 2]; });
  for (size_t i = 1; i < begin.size(); ++i)
    begin[i] += begin[i - 1];
  partners.resize(begin.back());
  forEachEnd([&](uint32_t core, Partner partner) { partners[begin[core + 1]++] = partner; }); // as Incidence does
  begin.pop_back();
  mergeEqual();
}

void Partners::mergeEqual() {
  size_t kept = 0;
  for (size_t core = 0, first = 0; core + 1 < begin.size(); ++core) {
    const size_t last = begin[core + 1], firstKept = kept;
    std::sort(partners.begin() + first, partners.begin() + last,
              [](const Partner &a, const Partner &b) { return a.node < b.node; });
    for (; first < last; ++first)
      if (kept > firstKept && partners[kept - 1].node == partners[first].node)
        partners[kept - 1].bytes += partners[first].bytes;
      else
        partners[kept++] = partners[first];
    begin[core + 1] = kept;
  }
  partners.resize(kept);
}

} // namespace wage::placement
