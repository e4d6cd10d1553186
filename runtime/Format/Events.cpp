//===- Events.cpp - what is known of values that cross as events --------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Events.h"

#include "runtime/Format/Streams.h"

#include <algorithm>

namespace wage::rt {

void KnownValues::join(const KnownValues &o) {
  if (!o.isWritten)
    return;
  if (!isWritten) {
    *this = o;
    return;
  }
  bits = bits && o.bits ? std::max(bits, o.bits) : 0;
  isNotNegative &= o.isNotNegative;
  wasFired &= o.wasFired;
}

namespace {

bool encodesNegatives(const Program &program) {
  return std::any_of(program.encoderTable.begin(), program.encoderTable.end(), [](int32_t entry) { return entry < 0; });
}

/// Follows values through streams and routes. Of routes nothing is known at first, so that what a round finds is true whatever
/// the rounds behind it find; a further one learns from what this one knows of routes.
class ValueFlow {
public:
  explicit ValueFlow(const Program &program)
      : program(program), streams(decodeStreams(program)), coresOf(coresOfTemplates(program)),
        routes(program.routes.size(), unknown) {
    for (const HostPort &port : program.hostPorts)
      if (port.data == HostData::Image && program.routes[port.route].source == hostNode)
        routes[port.route] = {true, program.inputBits(), !encodesNegatives(program), true};
  }

  std::vector<KnownValues> run() {
    // Templates come in the order of the network, so that one round and its confirmation are the rule. Only a hostile file
    // needs very many; what is then not found is not known, which is as true.
    constexpr int mostRounds = 100;
    for (int round = 0; round < mostRounds && improve(); ++round) {
    }
    return std::move(routes);
  }

private:
  static constexpr KnownValues unknown{true, 0, false, false};

  bool improve() {
    bool learns = false;
    for (size_t t = 0; t < streams.size(); ++t) {
      std::vector<KnownValues> values(program.templates[t].buffers.size());
      for (const Instruction &in : streams[t])
        if (in.opcode == Opcode::Send)
          learns |= send(t, in, values[in.operands[0].value]);
        else
          execute(t, in, values);
    }
    return learns;
  }

  /// Whether more is known of some route than before.
  bool send(size_t t, const Instruction &in, const KnownValues &sent) {
    const KnownValues &known = sent.isWritten ? sent : unknown;
    bool learns = false;
    for (const uint32_t c : coresOf[t])
      for (const Link &link : linksOf(in, program.cores[c])) {
        learns |= !(routes[link.route] == known);
        routes[link.route] = known;
      }
    return learns;
  }

  void execute(size_t t, const Instruction &in, std::vector<KnownValues> &values) const {
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    const KnownValues left = resultOf(t, in, info, values);
    // What is written as a whole is what this instruction leaves; packets and sums join what others have left.
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].kind == FieldKind::BufOut)
        values[in.operands[k].value] = info.fields[k].name == "output" ? left : unknown;
      else if (info.fields[k].kind == FieldKind::BufInOut)
        values[in.operands[k].value].join(left);
  }

  KnownValues resultOf(size_t t, const Instruction &in, const OpcodeInfo &info,
                       const std::vector<KnownValues> &values) const {
    auto number = [&](const char *field) { return in.operands[info.fieldIndex(field)].value; };
    auto of = [&](const char *field) {
      const KnownValues &input = values[number(field)];
      return input.isWritten ? input : unknown;
    };
    switch (in.opcode) {
    case Opcode::Fire:
      return {true, static_cast<uint32_t>(number("bits")), number("is_signed") == 0 || of("input").isNotNegative, true};
    case Opcode::ShiftClip: return {true, static_cast<uint32_t>(number("bits")), of("input").isNotNegative, false};
    case Opcode::Relu: return {true, of("input").bits, true, false};
    case Opcode::MaxPool:
    case Opcode::ApplyMask:
    case Opcode::Rearrange: return of("input");
    case Opcode::SumPool: return {true, 0, of("input").isNotNegative, false};
    case Opcode::Add:
    case Opcode::Multiply: return {true, 0, of("input").isNotNegative && of("other").isNotNegative, false};
    case Opcode::Lookup: return lookedUp(program.templates[t].buffers[number("tables")]);
    case Opcode::Receive: return received(t, in);
    default: return unknown;
    }
  }

  KnownValues lookedUp(const BufferDecl &buffer) const {
    const std::vector<int16_t> &entries = program.tables[buffer.tables].entries;
    return {true, 0, std::all_of(entries.begin(), entries.end(), [](int16_t entry) { return entry >= 0; }), false};
  }

  /// Of packets that are copied, whichever core of the template receives them. What another neuron has fired is no event of this
  /// core's.
  KnownValues received(size_t t, const Instruction &in) const {
    if (!copiesPackets(in))
      return unknown;
    KnownValues all;
    for (const uint32_t c : coresOf[t])
      for (const Link &link : linksOf(in, program.cores[c]))
        all.join(routes[link.route]);
    all.wasFired = false;
    return all.isWritten ? all : unknown;
  }

  const Program &program;
  const std::vector<std::vector<Instruction>> streams;
  const std::vector<std::vector<uint32_t>> coresOf;
  std::vector<KnownValues> routes;
};

} // namespace

std::vector<KnownValues> knownValuesOfRoutes(const Program &program) { return ValueFlow(program).run(); }

bool takesNegativeInput(const Program &program) {
  // Dense axons take every integer.
  const bool hasEvents = std::any_of(program.hostPorts.begin(), program.hostPorts.end(), [&](const HostPort &port) {
    return port.data == HostData::Image && program.routes[port.route].carriesEvents();
  });
  return !hasEvents || encodesNegatives(program);
}

} // namespace wage::rt
