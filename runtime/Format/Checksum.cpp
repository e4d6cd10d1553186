//===- Checksum.cpp - the file's own CRC -----------------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Checksum.h"

#include "runtime/Format/Wage_generated.h"
#include "runtime/Support/ReadFile.h"

#include <zlib.h>

namespace wage::rt {

/// Position of the checksum field in the file.
static size_t checksumOffset(const std::vector<uint8_t> &bytes) {
  const auto *root = flatbuffers::GetRoot<flatbuffers::Table>(bytes.data());
  const auto *field = root->GetAddressOf(fb::Program::VT_CHECKSUM);
  return field ? static_cast<size_t>(field - bytes.data()) : 0;
}

bool hasSoundStructure(const std::vector<uint8_t> &bytes) {
  if (bytes.size() < 8 || bytes.size() > largestFileBytes) // which FlatBuffers' verifier asserts
    return false;
  // Depth and table counts are bounded so that a hostile file cannot make the verifier itself run away.
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 16, 1000000);
  return fb::VerifyProgramBuffer(verifier);
}

uint32_t computeChecksum(const std::vector<uint8_t> &bytes) {
  const uint8_t zero[4] = {0, 0, 0, 0};
  const size_t at = checksumOffset(bytes);
  uLong crc = crc32(0, nullptr, 0);
  crc = crc32_z(crc, bytes.data(), at);
  if (!at)
    return static_cast<uint32_t>(crc32_z(crc, bytes.data(), bytes.size()));
  crc = crc32_z(crc, zero, sizeof zero);
  return static_cast<uint32_t>(crc32_z(crc, bytes.data() + at + 4, bytes.size() - at - 4));
}

void storeChecksum(std::vector<uint8_t> &bytes) {
  const uint32_t crc = computeChecksum(bytes);
  fb::GetMutableProgram(bytes.data())->mutate_checksum(crc);
}

} // namespace wage::rt
