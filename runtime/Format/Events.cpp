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
  bits = !isWritten ? o.bits : bits && o.bits ? std::max(bits, o.bits) : 0;
  isNotNegative &= o.isNotNegative;
  wasFired &= o.wasFired;
  isWritten = true;
}

std::vector<KnownValues> knownValues(const Template &t, const std::vector<Instruction> &stream) {
  std::vector<KnownValues> values(t.buffers.size());
  const KnownValues unknown{true, 0, false, false};
  for (const Instruction &in : stream) {
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    auto of = [&](const char *field) -> const KnownValues & {
      return values[in.operands[info.fieldIndex(field)].value];
    };
    auto number = [&](const char *field) { return in.operands[info.fieldIndex(field)].value; };
    KnownValues left = unknown;
    switch (in.opcode) {
    case Opcode::Fire: left = {true, static_cast<uint32_t>(number("bits")), number("is_signed") == 0, true}; break;
    case Opcode::ShiftClip:
      left = {true, static_cast<uint32_t>(number("bits")), of("input").isNotNegative, false};
      break;
    case Opcode::Relu: left = {true, of("input").bits, true, false}; break;
    case Opcode::MaxPool:
    case Opcode::ApplyMask:
    case Opcode::Rearrange: left = of("input"); break;
    default: break;
    }
    // What is written as a whole is what this instruction leaves; packets and sums join what others have left.
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].kind == FieldKind::BufOut)
        values[in.operands[k].value] = info.fields[k].name == "output" ? left : unknown;
      else if (info.fields[k].kind == FieldKind::BufInOut)
        values[in.operands[k].value].join(unknown);
  }
  return values;
}

std::vector<KnownValues> knownValuesOfRoutes(const Program &program) {
  const bool isNotNegative =
      std::all_of(program.encoderTable.begin(), program.encoderTable.end(), [](int32_t entry) { return entry >= 0; });
  std::vector<KnownValues> routes(program.routes.size(), {true, program.inputBits(), isNotNegative, true});
  const std::vector<std::vector<Instruction>> streams = decodeStreams(program);
  std::vector<std::vector<KnownValues>> values;
  for (size_t i = 0; i < program.templates.size(); ++i)
    values.push_back(knownValues(program.templates[i], streams[i]));
  for (const Core &core : program.cores)
    for (const Instruction &in : streams[core.templateIndex])
      if (in.opcode == Opcode::Send) {
        const int64_t first = operandValue(in.operands[1], core), last = first + operandValue(in.operands[2], core);
        for (int64_t i = first; i < last; ++i)
          routes[core.links[i].route] = values[core.templateIndex][in.operands[0].value];
      }
  return routes;
}

bool takesNegativeInput(const Program &program) {
  // Dense axons take every integer.
  const bool hasEvents = std::any_of(program.hostPorts.begin(), program.hostPorts.end(), [&](const HostPort &port) {
    return port.data == HostData::Image && program.routes[port.route].carriesEvents();
  });
  return !hasEvents ||
         std::any_of(program.encoderTable.begin(), program.encoderTable.end(), [](int32_t entry) { return entry < 0; });
}

} // namespace wage::rt
