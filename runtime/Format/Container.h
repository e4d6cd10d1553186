//===- Container.h - programs to files and back ------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_CONTAINER_H
#define WAGE_RUNTIME_FORMAT_CONTAINER_H

#include "runtime/Format/Program.h"
#include "runtime/Support/Status.h"

namespace wage::rt {

/// The FlatBuffers file of a program, checksum included. The same program always gives the same bytes.
std::vector<uint8_t> writeProgram(const Program &program);

/// FlatBuffers files end at 2 GiB. Errors: the program would need more; it has to be cut into shards, which no tool does yet.
Status checkFileSize(const Program &program);

/// Reads a file's bytes and proves everything that the engines rely on (see Verifier.h).
/// Errors: not a wage binary, another version, wrong checksum, or the first rule the verifier finds broken.
Expected<Program> readProgram(const std::vector<uint8_t> &bytes);

/// The bytes of a file. Errors: it cannot be read; the text names it.
Expected<std::vector<uint8_t>> readProgramFile(const std::string &path);

/// readProgramFile, then readProgram; errors name the file.
Expected<Program> loadProgram(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_CONTAINER_H
