//===- AtomicFile.h - files that appear whole or not at all -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_ATOMICFILE_H
#define WAGE_RUNTIME_DATA_ATOMICFILE_H

#include "runtime/Support/Status.h"

#include <cstddef>
#include <string>

namespace wage::rt {

/// A file under construction: written beside its final path, renamed over it by commit(), removed if commit() is never
/// reached. A reader therefore sees the old file, or the new one in full. A path that names something other than a
/// regular file (a terminal, /dev/null, a pipe) is written in place, since renaming would replace the device.
class AtomicFile {
public:
  /// Errors: the directory does not exist or cannot be written.
  static Expected<AtomicFile> create(const std::string &path);

  AtomicFile(AtomicFile &&other) noexcept;
  AtomicFile &operator=(AtomicFile &&) = delete;
  ~AtomicFile();

  /// Appends `bytes` bytes. Errors: the system refuses (disk full, quota).
  Status write(const void *data, size_t bytes);

  /// Flushes to the disk, gives the file its name, and flushes the name too. To be called once, last. Errors: as write.
  Status commit();

private:
  AtomicFile() = default;
  Status failed(const char *what) const;
  Status syncFolder() const;

  std::string path, temporary; ///< `temporary` is empty when writing in place, and after commit()
  int descriptor = -1;
};

/// Writes `bytes` bytes as the whole content of `path`, atomically. Errors: as AtomicFile.
Status writeFileAtomically(const std::string &path, const void *data, size_t bytes);

/// Succeeds if a file could be written at `path` now, so that a long run finds out before it starts. Leaves nothing.
Status checkWritable(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_ATOMICFILE_H
