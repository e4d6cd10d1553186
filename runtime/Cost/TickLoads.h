//===- TickLoads.h - whether a tick holds the events that may fall into it ---------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COST_TICKLOADS_H
#define WAGE_RUNTIME_COST_TICKLOADS_H

#include "runtime/Cost/LinkLoads.h"

#include <optional>
#include <string>

namespace wage::rt {

/// What a core or a link has to do in one tick if every axon has an event in it, and what it can.
struct TickLoad {
  uint32_t core = noIndex; ///< of cores: which
  LinkPosition link;       ///< of links: which
  uint64_t need = 0;       ///< synaptic events of a core, bytes of a link
  uint64_t supply = 0;     ///< in the chip's tick_cycles

  bool isOver() const { return need > supply; }
};

/// The core and the link with most to do, each as a part of what it can. Of links, all layers' windows run at once, as they do
/// when samples follow each other. Empty where no route carries events in that phase or none has such work.
struct TickLoads {
  std::optional<TickLoad> core, link;
};

/// Of the phases that infer. Requires a verified program.
TickLoads tickLoadsOf(const Program &program);

/// Of a chip whose ticks come at a fixed time: the load that is over what a tick holds, as a sentence; empty if there is none.
/// A chip whose ticks wait for all is only slower.
std::string describeTickOverload(const Program &program);

} // namespace wage::rt

#endif // WAGE_RUNTIME_COST_TICKLOADS_H
