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

/// What is added to a file's name while it is written.
inline constexpr char temporarySuffix[] = ".wage-part";

/// A file under construction: written beside its final path under its name and `temporarySuffix`, renamed over it by
/// commit(), removed if commit() is never reached. A reader therefore sees the old file, or the new one in full.
///
/// A process that is killed leaves the temporary file, always of the same name and not locked: the next one that writes
/// the same path takes it over, so that no more than one can be left, and none after the next success. A path that names
/// something other than a regular file (a terminal, /dev/null, a pipe) is written in place, since renaming would replace
/// the device.
class AtomicFile {
public:
  /// Errors: the directory does not exist or cannot be written; another process is writing the same path.
  static Expected<AtomicFile> create(const std::string &path);

  /// The file's name while it is written; empty when writing in place, and after commit().
  const std::string &temporaryPath() const { return temporary; }

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
  Status clearTemporary() const;
  Status openTemporary();

  std::string path, temporary; ///< `temporary` is empty when writing in place, and after commit()
  int descriptor = -1;
};

/// Flushes the folder that holds `path` to the disk: only then does a new name in it outlast a power cut. Succeeds where the
/// system cannot do that. Errors: the folder is gone, or the disk fails.
Status syncFolderOf(const std::string &path);

/// Writes `bytes` bytes as the whole content of `path`, atomically. Errors: as AtomicFile.
Status writeFileAtomically(const std::string &path, const void *data, size_t bytes);

/// Succeeds if a file could be written at `path` now, so that a long run finds out before it starts. Leaves nothing.
Status checkWritable(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_ATOMICFILE_H
