//===- Program.cpp - a chip binary in memory ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Program.h"

#include <cassert>
#include <cstring>

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

namespace {

int16_t weightOf(uint32_t code, uint32_t bits) {
  if (bits == 1)
    return code ? -1 : 1;
  return static_cast<int16_t>(static_cast<int32_t>(code << (32 - bits)) >> (32 - bits));
}

/// Weights that fill bytes evenly, as most do: those of a byte at once. Returns how many were unpacked.
template <uint32_t bits> uint64_t unpackWholeBytes(const uint8_t *bytes, uint64_t count, int16_t *values) {
  constexpr uint32_t perByte = 8 / bits;
  int16_t weightsOf[256][perByte];
  for (uint32_t byte = 0; byte < 256; ++byte)
    for (uint32_t i = 0; i < perByte; ++i)
      weightsOf[byte][i] = weightOf(byte >> (i * bits) & ((1u << bits) - 1), bits);
  const uint64_t whole = count / perByte;
  for (uint64_t b = 0; b < whole; ++b)
    std::memcpy(values + b * perByte, weightsOf[bytes[b]], sizeof weightsOf[0]);
  return whole * perByte;
}

/// As above; 0 of other widths, and where making the table would take longer.
uint64_t unpackWholeBytes(const uint8_t *bytes, uint64_t count, uint32_t bits, int16_t *values) {
  constexpr uint64_t worthATable = 1024;
  if (count < worthATable)
    return 0;
  switch (bits) {
  case 1: return unpackWholeBytes<1>(bytes, count, values);
  case 2: return unpackWholeBytes<2>(bytes, count, values);
  case 4: return unpackWholeBytes<4>(bytes, count, values);
  case 8: return unpackWholeBytes<8>(bytes, count, values);
  default: return 0;
  }
}

} // namespace

void unpackWeights(const uint8_t *bytes, uint64_t count, uint32_t bits, int16_t *values) {
  const uint64_t done = unpackWholeBytes(bytes, count, bits, values);
  bytes += done * bits / 8;
  const uint32_t mask = (1u << bits) - 1;
  uint32_t pending = 0, pendingBits = 0;
  for (uint64_t i = done; i < count; ++i) {
    for (; pendingBits < bits; pendingBits += 8)
      pending |= uint32_t(*bytes++) << pendingBits;
    values[i] = weightOf(pending & mask, bits);
    pending >>= bits;
    pendingBits -= bits;
  }
}

} // namespace wage::rt
