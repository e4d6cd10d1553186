//===- ReadFile.h - whole files, never devices or pipes ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_READFILE_H
#define WAGE_RUNTIME_SUPPORT_READFILE_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// The most bytes of a file that is read whole: the largest are FlatBuffers, which end below 2 GiB.
inline constexpr uint64_t largestFileBytes = (uint64_t(1) << 31) - 2;

/// The bytes of a regular file. Anything else may have no end, and a pipe that nobody writes to no beginning.
/// Units:  memory is the file's size.
/// Errors: no such file, not a regular one, larger than largestFileBytes, not readable, or it shrank while it was read; without
///         the path.
Expected<std::vector<uint8_t>> readFile(const std::string &path);

/// Errors: as readFile, without reading.
Status checkRegularFile(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_READFILE_H
