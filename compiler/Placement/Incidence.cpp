//===- Incidence.cpp - which nets a core is in ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Placement/Incidence.h"

namespace wage::placement {

Incidence::Incidence(const Problem &problem) {
  auto forEachEnd = [&](auto visit) {
    for (uint32_t n = 0; n < problem.nets.size(); ++n) {
      const Net &net = problem.nets[n];
      if (net.source < problem.cores)
        visit(sent, net.source, n);
      for (uint32_t i = net.firstDestination; i < net.endDestination; ++i)
        if (problem.destinations[i] < problem.cores)
          visit(received, problem.destinations[i], n);
    }
  };
  for (Lists *lists : {&sent, &received})
    lists->begin.assign(size_t(problem.cores) + 2, 0);
  forEachEnd([](Lists &lists, uint32_t core, uint32_t) { ++lists.begin[core + 2]; });
  for (Lists *lists : {&sent, &received}) {
    for (size_t i = 1; i < lists->begin.size(); ++i)
      lists->begin[i] += lists->begin[i - 1];
    lists->nets.resize(lists->begin.back());
  }
  // While filling, begin[core + 1] is where the core's next net goes; at the end it is where the next core's begin.
  forEachEnd([](Lists &lists, uint32_t core, uint32_t net) { lists.nets[lists.begin[core + 1]++] = net; });
}

} // namespace wage::placement
