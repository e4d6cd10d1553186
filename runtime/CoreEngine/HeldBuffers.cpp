//===- HeldBuffers.cpp - how long packets keep a block's buffers -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/HeldBuffers.h"

#include "runtime/Format/Streams.h"

#include <algorithm>

namespace wage::rt {

HeldBuffers::HeldBuffers(const Template &t) : t(t) {
  std::vector<uint32_t> indexOf(t.buffers.size(), noIndex);
  const size_t count = t.words.size() / instructionWords;
  for (size_t i = 0; i < count; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    if (!copiesPackets(in))
      continue;
    const auto buffer = static_cast<uint32_t>(in.operands[0].value);
    if (t.buffers[buffer].lifetime == Lifetime::Sample && indexOf[buffer] == noIndex) {
      indexOf[buffer] = static_cast<uint32_t>(held.size());
      held.push_back({buffer});
    }
  }
  uses.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer() && indexOf[in.operands[k].value] != noIndex)
        uses[i].push_back(indexOf[in.operands[k].value]);
  }
}

void HeldBuffers::beginPhase() {
  for (Held &one : held)
    one.begin = never, one.end = 0;
  done = 0;
}

void HeldBuffers::arrive(size_t index, uint64_t cycle) {
  for (uint32_t i : uses[index])
    held[i].begin = std::min(held[i].begin, cycle);
}

void HeldBuffers::finish(size_t index, uint64_t cycle) {
  for (uint32_t i : uses[index])
    held[i].end = cycle;
  done = std::max(done, cycle);
}

uint64_t HeldBuffers::interval() const {
  uint64_t interval = 0;
  for (const Held &one : held) {
    if (one.begin == never)
      continue;
    const uint64_t slots = t.buffers[one.buffer].slots, end = slots > 1 ? one.end : done;
    interval = std::max(interval, (end - std::min(one.begin, end) + slots - 1) / slots);
  }
  return interval;
}

} // namespace wage::rt
