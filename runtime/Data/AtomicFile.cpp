//===- AtomicFile.cpp - files that appear whole or not at all -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wage::rt {

Status AtomicFile::failed(const char *what) const {
  return Status::error("'" + path + "': " + what + ": " + std::strerror(errno));
}

Expected<AtomicFile> AtomicFile::create(const std::string &path) {
  AtomicFile file;
  file.path = path;
  struct stat existing;
  if (::stat(path.c_str(), &existing) == 0 && !S_ISREG(existing.st_mode)) {
    file.descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file.descriptor < 0)
      return file.failed("cannot be written");
    return file;
  }
  std::string name = path + ".XXXXXX";
  file.descriptor = ::mkstemp(name.data());
  if (file.descriptor < 0)
    return file.failed("cannot be written");
  file.temporary = name;
  // mkstemp makes private files; the result should have the mode that open() would have given.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(file.descriptor, 0666 & ~mask) != 0)
    return file.failed("cannot set the file's mode");
  return file;
}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : path(std::move(other.path)), temporary(std::move(other.temporary)), descriptor(other.descriptor) {
  other.temporary.clear();
  other.descriptor = -1;
}

AtomicFile::~AtomicFile() {
  if (descriptor >= 0)
    ::close(descriptor);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

Status AtomicFile::write(const void *data, size_t bytes) {
  const char *next = static_cast<const char *>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor, next, bytes);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return failed("cannot be written");
    next += written;
    bytes -= static_cast<size_t>(written);
  }
  return Status();
}

/// The new name outlasts a power cut only when the folder that holds it is on the disk too.
Status AtomicFile::syncFolder() const {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A folder that may be written but not read cannot be synced, nor can those of some file systems (EINVAL).
  if (opened < 0)
    return errno == EACCES ? Status() : failed("its folder cannot be opened");
  const bool synced = ::fsync(opened) == 0 || errno == EINVAL;
  const Status status = synced ? Status() : failed("its folder cannot be written");
  ::close(opened);
  return status;
}

Status AtomicFile::commit() {
  // A device or a pipe has nothing to sync and says EINVAL.
  if (!temporary.empty() && ::fsync(descriptor) != 0)
    return failed("cannot be written");
  const int closing = descriptor;
  descriptor = -1;
  if (::close(closing) != 0)
    return failed("cannot be written");
  if (!temporary.empty() && std::rename(temporary.c_str(), path.c_str()) != 0)
    return failed("cannot be replaced");
  if (temporary.empty())
    return Status();
  temporary.clear();
  return syncFolder();
}

Status writeFileAtomically(const std::string &path, const void *data, size_t bytes) {
  Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.status();
  if (Status status = file->write(data, bytes); !status.ok())
    return status;
  return file->commit();
}

Status checkWritable(const std::string &path) { return AtomicFile::create(path).status(); }

} // namespace wage::rt
