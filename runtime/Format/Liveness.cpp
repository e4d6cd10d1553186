//===- Liveness.cpp - when a core's buffers hold something that is needed --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Liveness.h"

#include "runtime/Format/Streams.h"

#include <algorithm>

namespace wage::rt {

Liveness::Liveness(const Program &program, const Template &t) : program(program), t(t), uses(t.buffers.size()) {
  for (uint32_t phase = 0; phase + 1 < t.phaseBegin.size(); ++phase)
    for (uint32_t index = t.phaseBegin[phase]; index < t.phaseBegin[phase + 1]; ++index)
      add(phase, index);
}

void Liveness::add(uint32_t phase, uint32_t index) {
  const Instruction instruction = decodeInstruction(t.words, index);
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(instruction.opcode));
  for (size_t field = 0; field < info.fields.size(); ++field) {
    if (!info.fields[field].isBuffer())
      continue;
    Use &use = uses[instruction.operands[field].value];
    if (!use.isUsed) {
      use.isUsed = true;
      use.range.first = index, use.firstPhase = phase;
      use.isWhole = info.fields[field].kind == FieldKind::BufOut;
      if (instruction.opcode == Opcode::Receive) {
        use.isReceived = copiesPackets(instruction);
        use.links = instruction.operands[info.fieldIndex("links")];
        use.count = instruction.operands[info.fieldIndex("link_count")];
      }
    } else if (use.range.first == index && info.fields[field].kind != FieldKind::BufOut) {
      use.isWhole = false; // read by what writes it
    }
    use.range.last = index, use.lastPhase = phase;
  }
}

/// Whether the packets of the first receive leave no element of the buffer as it was.
bool Liveness::isFilled(size_t index, const Core &core) const {
  const Use &use = uses[index];
  const int64_t first = operandValue(use.links, core), count = operandValue(use.count, core);
  if (first < 0 || count < 0 || first + count > static_cast<int64_t>(core.links.size()))
    return false;
  std::vector<std::pair<uint64_t, uint64_t>> parts;
  for (int64_t i = first; i < first + count; ++i) {
    const Link &link = core.links[i];
    if (link.route >= program.routes.size())
      return false;
    parts.push_back({link.offset, uint64_t(link.offset) + program.routes[link.route].elements});
  }
  std::sort(parts.begin(), parts.end());
  uint64_t filled = 0;
  for (const auto &[begin, end] : parts) {
    if (begin > filled)
      return false;
    filled = std::max(filled, end);
  }
  return static_cast<int64_t>(filled) >= operandValue(t.buffers[index].elements, core);
}

LiveRange Liveness::rangeOf(size_t index, const Core &core) const {
  const Use &use = uses[index];
  const BufferDecl &buffer = t.buffers[index];
  const bool isWritten = use.isWhole || (use.isReceived && isFilled(index, core));
  if (use.isUsed && isWritten && buffer.tables == noIndex) {
    if (buffer.lifetime == Lifetime::Sample && use.firstPhase == use.lastPhase && buffer.slots == 1)
      return use.range;
    if (buffer.lifetime == Lifetime::Batch || buffer.slots > 1)
      return {t.phaseBegin[use.firstPhase], t.phaseBegin[use.lastPhase + 1] - 1};
  }
  return {0, noIndex};
}

} // namespace wage::rt
