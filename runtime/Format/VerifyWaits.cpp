//===- VerifyWaits.cpp - no cores wait for each other in a circle ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A core stops at a packet that has not been sent. What a core sends depends on nothing but how far it has come, so that one
// order of running them decides for all: if every core comes to its end, no order stops; if some do not, each of those waits
// for another of them.
//
// Links cannot make a circle: packets turn from X to Y only, and take links of one direction along each.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Streams.h"
#include "runtime/Format/VerifierParts.h"

#include <algorithm>

namespace wage::rt::verify {

namespace {

/// All messages, run without their contents, a phase after the other. A phase costs what its own cores do: training has more
/// phases the more layers there are.
class MessageRun {
public:
  explicit MessageRun(const Program &p)
      : p(p), instructions(decodeStreams(p)), coresOf(coresOfTemplates(p)), at(p.cores.size()),
        sent(p.routes.size(), false), firstWaiter(p.routes.size(), noIndex), nextWaiter(p.cores.size(), noIndex) {
    for (size_t r = 0; r < p.routes.size(); ++r)
      sent[r] = p.routes[r].source == hostNode;
  }

  Status run(uint32_t index) {
    phase = index;
    const std::vector<uint32_t> active = activeCores();
    for (uint32_t c : active) {
      at[c].instruction = p.templates[p.cores[c].templateIndex].phaseBegin[phase];
      wake.push_back(c);
      while (!wake.empty()) {
        const uint32_t next = wake.back();
        wake.pop_back();
        advance(next);
      }
    }
    for (uint32_t c : active)
      if (at[c].missing != noIndex)
        return describe(c);
    return Status();
  }

private:
  /// How far a core has come.
  struct Progress {
    uint32_t instruction = 0;
    int64_t link = 0;           ///< of the instruction's
    uint32_t missing = noIndex; ///< route that it waits for
  };

  /// Those that do something in the phase, ascending.
  std::vector<uint32_t> activeCores() const {
    std::vector<uint32_t> active;
    for (size_t t = 0; t < p.templates.size(); ++t)
      if (p.templates[t].phaseBegin[phase] != p.templates[t].phaseBegin[phase + 1])
        active.insert(active.end(), coresOf[t].begin(), coresOf[t].end());
    std::sort(active.begin(), active.end());
    return active;
  }

  void advance(uint32_t c) {
    const Core &core = p.cores[c];
    const uint32_t end = p.templates[core.templateIndex].phaseBegin[phase + 1];
    Progress &now = at[c];
    now.missing = noIndex;
    for (; now.instruction < end; ++now.instruction, now.link = 0) {
      const Instruction &in = instructions[core.templateIndex][now.instruction];
      if (!isMessage(in.opcode))
        continue;
      const int64_t first = operandValue(in.operands[1], core), count = operandValue(in.operands[2], core);
      for (; now.link < count; ++now.link) {
        const uint32_t route = core.links[first + now.link].route;
        if (in.opcode == Opcode::Send) {
          send(route);
        } else if (!sent[route]) {
          now.missing = route;
          nextWaiter[c] = firstWaiter[route];
          firstWaiter[route] = c;
          return;
        }
      }
    }
  }

  void send(uint32_t route) {
    sent[route] = true;
    for (uint32_t c = firstWaiter[route]; c != noIndex; c = nextWaiter[c])
      wake.push_back(c);
    firstWaiter[route] = noIndex;
  }

  /// From one that waits to the one that it waits for, until one comes again. (Every packet is sent in the phase that it is
  /// received in, so the sender has not come to its end.)
  Status describe(uint32_t c) const {
    std::vector<bool> seen(p.cores.size(), false);
    for (; !seen[c]; c = p.routes[at[c].missing].source)
      seen[c] = true;
    const uint32_t route = at[c].missing;
    return Status::error(coreName(p, c) + " waits in phase '" + p.phases[phase].name + "' for route " + number(route) +
                         " from " + coreName(p, p.routes[route].source) + ", which waits for it in turn");
  }

  const Program &p;
  const std::vector<std::vector<Instruction>> instructions; ///< by template
  const std::vector<std::vector<uint32_t>> coresOf;         ///< by template
  uint32_t phase = 0;
  std::vector<Progress> at; ///< by core
  std::vector<bool> sent;   ///< by route
  std::vector<uint32_t> firstWaiter, nextWaiter;
  std::vector<uint32_t> wake; ///< cores that may go on
};

} // namespace

Status waits(const Program &p) {
  MessageRun messages(p);
  for (uint32_t phase = 0; phase < p.phases.size(); ++phase)
    if (Status status = messages.run(phase); !status.ok())
      return status;
  return Status();
}

} // namespace wage::rt::verify
