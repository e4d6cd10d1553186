//===- VerifyEvents.cpp - what events carry ---------------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Events.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/Streams.h"
#include "runtime/Format/VerifierParts.h"

#include <optional>

namespace wage::rt::verify {

namespace {

class EventCheck {
public:
  explicit EventCheck(const Program &p) : p(p), streams(decodeStreams(p)), sources(knownValuesOfRoutes(p)) {}

  Status run() {
    for (size_t i = 0; i < p.templates.size(); ++i)
      if (Status status = collectAxons(i); !status.ok())
        return status;
    for (size_t i = 0; i < p.templates.size(); ++i)
      if (Status status = checkWriters(i); !status.ok())
        return status;
    for (size_t r = 0; r < p.routes.size(); ++r)
      if (Status status = checkSource(r); !status.ok())
        return status;
    for (size_t c = 0; c < p.cores.size(); ++c)
      for (const Instruction &in : streams[p.cores[c].templateIndex])
        if (in.opcode == Opcode::Receive)
          if (Status status = checkReceive(c, in); !status.ok())
            return status;
    return Status();
  }

private:
  /// Axons have one window: one instruction says what their events mean.
  Status collectAxons(size_t index) {
    const Template &t = p.templates[index];
    axons.emplace_back(t.buffers.size());
    for (size_t i = 0; i < streams[index].size(); ++i) {
      const Instruction &in = streams[index][i];
      if (in.opcode != Opcode::Integrate)
        continue;
      std::optional<EventWindow> &window = axons[index][in.operands[0].value];
      if (window)
        return Status::error("template '" + t.name + "', instruction " + number(i) + " ('integrate'): buffer '" +
                             t.buffers[in.operands[0].value].name + "' is integrated twice, needed once");
      window = windowOf(in);
    }
    return Status();
  }

  /// Nothing but packets may fill axons that integrate.
  Status checkWriters(size_t index) const {
    const Template &t = p.templates[index];
    for (size_t i = 0; i < streams[index].size(); ++i) {
      const Instruction &in = streams[index][i];
      const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
      for (size_t k = 0; k < info.fields.size(); ++k)
        if (info.fields[k].isBuffer() && info.fields[k].kind != FieldKind::BufIn &&
            axons[index][in.operands[k].value] && !copiesPackets(in))
          return Status::error("template '" + t.name + "', instruction " + number(i) + " ('" +
                               std::string(info.mnemonic) + "'): writes buffer '" +
                               t.buffers[in.operands[k].value].name + "', whose events are integrated");
    }
    return Status();
  }

  Status checkSource(size_t r) const {
    const Route &route = p.routes[r];
    if (!route.carriesEvents())
      return Status();
    const std::string where = "route " + number(r) + ": ";
    if (route.type != ElementType::Int8 && route.type != ElementType::Int16)
      return Status::error(where + "carries events of an element type that is no activation's");
    if (!isBinary(route.code))
      return Status();
    const KnownValues &source = sources[r];
    if (!source.wasFired)
      return Status::error(where + "carries spikes that no neuron has fired");
    if (source.bits == 0 || source.bits > p.eventBits(route))
      return Status::error(where + "carries integers of " + number(source.bits) + " bits in windows of " +
                           number(p.eventBits(route)));
    return Status();
  }

  Status checkReceive(size_t c, const Instruction &in) const {
    const Core &core = p.cores[c];
    const std::optional<EventWindow> &to = axons[core.templateIndex][in.operands[0].value];
    for (const Link &link : linksOf(in, core)) {
      const uint32_t r = link.route;
      const Route &route = p.routes[r];
      // Made where it is needed: there may be millions of links.
      auto fail = [&](const std::string &text) {
        return Status::error(coreName(p, c) + ": route " + number(r) + " carries " + spikeCodeName(route.code) + text);
      };
      if (route.carriesEvents() && !copiesPackets(in))
        return fail(" events into a sum or maximum");
      if (!to) {
        if (isBinary(route.code))
          return fail(" spikes to a buffer that no neuron integrates");
        continue;
      }
      if (route.code != to->code)
        return fail(std::string(" to axons that integrate ") + spikeCodeName(to->code) + " events");
      if (isBinary(route.code) && static_cast<int>(p.eventBits(route)) != to->bits)
        return fail(" spikes of " + number(p.eventBits(route)) + " bits to a window of " + std::to_string(to->bits));
      if (!to->isSigned && !sources[r].isNotNegative)
        return fail(" events that may be negative to axons without a channel for the sign");
    }
    return Status();
  }

  const Program &p;
  const std::vector<std::vector<Instruction>> streams;
  std::vector<std::vector<std::optional<EventWindow>>> axons; ///< by template and buffer; those that integrate
  const std::vector<KnownValues> sources;
};

} // namespace

Status events(const Program &p) {
  bool integrates = false;
  for (const Template &t : p.templates)
    for (size_t i = 0; i < t.words.size() / instructionWords; ++i)
      integrates |= decodeInstruction(t.words, i).opcode == Opcode::Integrate;
  if (!integrates && !p.hasEvents())
    return Status();
  if (Positions(p).anyShared())
    return Status::error("blocks share cores in a program with events, whose windows would lie over each other");
  return EventCheck(p).run();
}

} // namespace wage::rt::verify
