//===- Checksum.h - the file's own CRC ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_CHECKSUM_H
#define WAGE_RUNTIME_FORMAT_CHECKSUM_H

#include <cstdint>
#include <vector>

namespace wage::rt {

/// Whether the bytes carry the identifier and pass FlatBuffers' verifier, so that the fields can be read at all.
bool hasSoundStructure(const std::vector<uint8_t> &bytes);

/// CRC-32 of a wage file with the bytes of its checksum field read as zero. The file has passed FlatBuffers' verifier.
uint32_t computeChecksum(const std::vector<uint8_t> &bytes);

/// Writes the file's checksum into its field.
void storeChecksum(std::vector<uint8_t> &bytes);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_CHECKSUM_H
