//===- ByteSource.h - bytes of a plain or gzip file, never trusted ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_BYTESOURCE_H
#define WAGE_RUNTIME_DATA_BYTESOURCE_H

#include "runtime/Support/Status.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// Reads a file from front to back, unpacking it if it starts with the gzip magic (1f 8b), whatever its name.
///
/// What a header declares is not believed: memory grows with the bytes that really arrive, and a declaration that the
/// file cannot hold is refused before any is taken. A gzip file that unpacks to more than 64 times its size and 32 MiB is
/// refused: it would take memory out of all proportion. Unpacked by the user, the same data is read.
class ByteSource {
public:
  /// Errors: the file does not exist, cannot be read, or is no regular file.
  static Expected<ByteSource> open(const std::string &path);

  ByteSource(ByteSource &&other) noexcept;
  ByteSource &operator=(ByteSource &&) = delete;
  ~ByteSource();

  const std::string &path() const { return name; }

  /// Up to `bytes` of the file's first bytes, without consuming them; less only in a shorter file. At most 16, and only
  /// before the first read. Errors: the file cannot be read.
  Expected<std::string> peek(size_t bytes);

  /// Reads exactly `bytes` bytes; `what` names them in the error. Errors: the file ends before, or is damaged.
  Status read(void *data, size_t bytes, const char *what);

  /// Reads exactly `bytes` bytes, a number declared by the file itself, onto the end of `data`. Errors: as read.
  Status readDeclared(std::vector<uint8_t> &data, uint64_t bytes, const char *what);

  /// Reads all that is left onto the end of `data`. Errors: it unpacks to too much; as read.
  Status readRest(std::vector<uint8_t> &data);

  /// Errors: bytes follow (`what` names what should have been the last), or the gzip checksum is wrong.
  Status expectEnd(const char *what);

  /// An error about this file: its name, then `text`.
  Status problem(const std::string &text) const { return Status::error("'" + name + "': " + text); }

private:
  ByteSource() = default;
  /// Reads up to `bytes` bytes; less only at the end of the file.
  Expected<size_t> readSome(void *data, size_t bytes);

  uint64_t unpackedLimit() const;
  std::string limitText() const;

  std::string name;
  void *stream = nullptr; ///< zlib's gzFile
  uint64_t fileBytes = 0; ///< as stored
  uint64_t offset = 0;    ///< unpacked bytes consumed
  std::string ahead;      ///< peeked, not yet consumed
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_BYTESOURCE_H
