//===- TurnClock.h - the time of blocks that take turns on a core ------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COREENGINE_TURNCLOCK_H
#define WAGE_RUNTIME_COREENGINE_TURNCLOCK_H

#include "runtime/CoreEngine/HeldBuffers.h"
#include "runtime/CoreEngine/Router.h"
#include "runtime/Format/Positions.h"

#include <optional>
#include <set>

namespace wage::rt {

/// When the first sample of a phase is done where cores hold several blocks. A core that is free takes, of its blocks whose next
/// instruction can begin, the first in the program; instructions that take no time need no turn. Packets travel as the router
/// says. (A block alone on its core has a clock of its own, CoreState's; what waits for whom follows from the streams, so that
/// this goes through them once more, in the order of time and without values.)
class TurnClock {
public:
  /// `cores`: the blocks with work in the phase; `batch`: samples, for what goes through the batch at once.
  TurnClock(const Program &program, const Positions &positions, const Router &router, uint32_t phase,
            const std::vector<uint32_t> &cores, uint32_t batch);

  /// Cycle at which the last block is done. Requires a phase whose packets all come.
  uint64_t run();
  /// Then: cycles between two samples, at least, that buffers leave (HeldBuffers.h).
  uint64_t intervalOfBuffers() const;

private:
  struct Step {
    uint64_t cycles;
    const Link *first, *last; ///< of a message
    Opcode opcode;
    bool copies; ///< copiesPackets()
  };
  struct Block {
    std::vector<Step> steps;
    size_t next = 0, firstInstruction = 0;
    uint64_t clock = 0;
    std::optional<HeldBuffers> held;
  };
  void await(uint32_t core);
  void finish(uint32_t core, const Step &step);

  const Positions &positions;
  const Router &router;
  std::vector<Block> blocks;                        ///< by core
  std::vector<std::vector<uint32_t>> waiting;       ///< by route: blocks that need its packet
  std::vector<bool> isSent;                         ///< by route
  std::vector<uint64_t> sentAt;                     ///< by route
  std::vector<uint64_t> freeAt;                     ///< by position
  std::set<std::pair<uint64_t, uint32_t>> possible; ///< when the next instruction of a block can begin
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COREENGINE_TURNCLOCK_H
