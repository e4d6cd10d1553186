//===- TurnClock.cpp - the time of blocks that take turns on a core ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/TurnClock.h"

#include "runtime/Format/Cost.h"
#include "runtime/Format/Streams.h"

#include <algorithm>
#include <utility>

namespace wage::rt {

TurnClock::TurnClock(const Program &program, const Positions &positions, const Router &router, uint32_t phase,
                     const std::vector<uint32_t> &cores, uint32_t batch)
    : positions(positions), router(router), blocks(program.cores.size()), waiting(program.routes.size()),
      isSent(program.routes.size()), sentAt(program.routes.size(), 0), freeAt(positions.size(), 0) {
  for (size_t r = 0; r < program.routes.size(); ++r)
    isSent[r] = program.routes[r].source == hostNode;
  for (uint32_t c : cores) {
    const Core &core = program.cores[c];
    const Template &t = program.templates[core.templateIndex];
    blocks[c].held.emplace(t);
    blocks[c].firstInstruction = t.phaseBegin[phase];
    for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i) {
      const Instruction in = decodeInstruction(t.words, i);
      Step step{costOf(program, core, in, batch).cycles, nullptr, nullptr, in.opcode, copiesPackets(in)};
      if (isMessage(in.opcode)) {
        const LinkSpan links = linksOf(in, core);
        step.first = links.begin(), step.last = links.end();
      }
      blocks[c].steps.push_back(step);
    }
    await(c);
  }
}

/// Puts a block's next instruction where it can begin, or the block to wait for a packet that is not sent yet.
void TurnClock::await(uint32_t core) {
  const Block &block = blocks[core];
  if (block.next == block.steps.size())
    return;
  const Step &step = block.steps[block.next];
  uint64_t begin = block.clock;
  for (const Link *link = step.first; step.opcode == Opcode::Receive && link != step.last; ++link) {
    if (!isSent[link->route])
      return waiting[link->route].push_back(core);
    begin = std::max(begin, sentAt[link->route] + router.cyclesTo(link->route, core));
  }
  possible.insert({begin, core});
}

void TurnClock::finish(uint32_t core, const Step &step) {
  Block &block = blocks[core];
  const size_t index = block.firstInstruction + block.next++;
  for (const Link *link = step.first; step.copies && link != step.last; ++link)
    block.held->arrive(index, sentAt[link->route] + router.cyclesTo(link->route, core) -
                                  router.serializationCycles(link->route));
  block.held->finish(index, block.clock);
  for (const Link *link = step.first; step.opcode == Opcode::Send && link != step.last; ++link) {
    isSent[link->route] = true;
    sentAt[link->route] = block.clock;
    for (uint32_t waiter : std::exchange(waiting[link->route], {}))
      await(waiter);
  }
  await(core);
}

uint64_t TurnClock::run() {
  uint64_t end = 0;
  while (!possible.empty()) {
    const auto [now, core] = *possible.begin();
    possible.erase(possible.begin());
    Block &block = blocks[core];
    const Step &step = block.steps[block.next];
    uint64_t &free = freeAt[positions.of(core)];
    if (step.cycles && free > now) {
      possible.insert({free, core});
      continue;
    }
    block.clock = now + step.cycles;
    if (step.cycles)
      free = block.clock;
    end = std::max(end, block.clock);
    finish(core, step);
  }
  return end;
}

uint64_t TurnClock::intervalOfBuffers() const {
  uint64_t interval = 0;
  for (const Block &block : blocks)
    if (block.held)
      interval = std::max(interval, block.held->interval());
  return interval;
}

} // namespace wage::rt
