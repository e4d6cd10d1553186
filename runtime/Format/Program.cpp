//===- Program.cpp - a chip binary in memory ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Program.h"

#include <cassert>

namespace wage::rt {

Instruction decodeInstruction(const std::vector<uint32_t> &words, size_t index) {
  const uint32_t *word = &words[index * instructionWords];
  const OpcodeInfo *info = findOpcode(static_cast<uint16_t>(word[0]));
  assert(info && "the verifier has proved every opcode");
  Instruction instruction{info->opcode, {}};
  instruction.operands.reserve(info->fields.size());
  for (size_t i = 0; i < info->fields.size(); ++i)
    instruction.operands.push_back({static_cast<int32_t>(word[1 + i]), ((word[0] >> (16 + i)) & 1) != 0});
  return instruction;
}

void encodeInstruction(const Instruction &instruction, std::vector<uint32_t> &words) {
  assert(instruction.operands.size() <= maxOperands);
  const size_t first = words.size();
  words.resize(first + instructionWords, 0);
  words[first] = static_cast<uint16_t>(instruction.opcode);
  for (size_t i = 0; i < instruction.operands.size(); ++i) {
    words[first] |= uint32_t(instruction.operands[i].isParameter) << (16 + i);
    words[first + 1 + i] = static_cast<uint32_t>(instruction.operands[i].value);
  }
}

void packWeights(const int16_t *values, uint64_t count, uint32_t bits, uint8_t *bytes) {
  const uint32_t mask = (1u << bits) - 1;
  uint32_t pending = 0, pendingBits = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t code = bits == 1 ? (values[i] < 0 ? 1u : 0u) : static_cast<uint32_t>(values[i]) & mask;
    pending |= code << pendingBits;
    for (pendingBits += bits; pendingBits >= 8; pendingBits -= 8, pending >>= 8)
      *bytes++ = static_cast<uint8_t>(pending);
  }
  if (pendingBits)
    *bytes = static_cast<uint8_t>(pending);
}

void unpackWeights(const uint8_t *bytes, uint64_t count, uint32_t bits, int16_t *values) {
  const uint32_t mask = (1u << bits) - 1;
  uint32_t pending = 0, pendingBits = 0;
  for (uint64_t i = 0; i < count; ++i) {
    for (; pendingBits < bits; pendingBits += 8)
      pending |= uint32_t(*bytes++) << pendingBits;
    const uint32_t code = pending & mask;
    pending >>= bits;
    pendingBits -= bits;
    if (bits == 1)
      values[i] = code ? -1 : 1;
    else
      values[i] = static_cast<int16_t>(static_cast<int32_t>(code << (32 - bits)) >> (32 - bits));
  }
}

} // namespace wage::rt
