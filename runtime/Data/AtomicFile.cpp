//===- AtomicFile.cpp - files that appear whole or not at all -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace wage::rt {

namespace {
/// Together two seconds: a check that the file can be written holds its lock for less.
constexpr int lockAttempts = 100;
constexpr std::chrono::milliseconds lockPause(20);

Status refuse(const std::string &path, const char *what) {
  return Status::error("'" + path + "': " + what + ": " + std::strerror(errno));
}
} // namespace

Status AtomicFile::failed(const char *what) const { return refuse(path, what); }

/// Empties `temporary`, which is open and locked, or removes it. Errors: the system refuses.
Status AtomicFile::clearTemporary() const {
  if (::ftruncate(descriptor, 0) == 0)
    return Status();
  const Status status = failed("cannot be written");
  ::unlink(temporary.c_str());
  return status;
}

/// Opens `temporary` and locks it: whoever holds the lock writes the file, and what stands in it otherwise was left by a
/// process that was killed. Errors: the system refuses; another process holds the lock.
Status AtomicFile::openTemporary() {
  for (int attempt = 0; attempt < lockAttempts; ++attempt) {
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (descriptor < 0)
      return failed("cannot be written");
    // A file system without locks is no reason to refuse: there two writers at once must not be.
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    struct stat opened, named;
    if (::fstat(descriptor, &opened) != 0)
      return failed("cannot be written");
    if (!S_ISREG(opened.st_mode))
      return Status::error("'" + path + "': cannot be written: '" + temporary + "' is in the way");
    // Between open and lock the one before may have renamed or removed what is open here.
    if (locked && ::lstat(temporary.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
        named.st_dev == opened.st_dev)
      return clearTemporary();
    ::close(descriptor);
    descriptor = -1;
    if (!locked)
      std::this_thread::sleep_for(lockPause);
  }
  return Status::error("'" + path + "': cannot be written: another process is writing it, one at a time is needed");
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
  file.temporary = path + temporarySuffix;
  if (Status status = file.openTemporary(); !status.ok()) {
    file.temporary.clear(); // not ours to remove
    return status;
  }
  return file;
}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : path(std::move(other.path)), temporary(std::move(other.temporary)), descriptor(other.descriptor) {
  other.temporary.clear();
  other.descriptor = -1;
}

AtomicFile::~AtomicFile() {
  // Removed while the lock is held: afterwards it may be another's.
  if (!temporary.empty())
    ::unlink(temporary.c_str());
  if (descriptor >= 0)
    ::close(descriptor);
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

Status AtomicFile::commit() {
  // A device or a pipe has nothing to sync and says EINVAL.
  if (!temporary.empty() && ::fsync(descriptor) != 0)
    return failed("cannot be written");
  // Renamed while the lock is held, so that nobody takes the temporary file for a dead process's.
  const bool isNamed = !temporary.empty();
  if (isNamed && std::rename(temporary.c_str(), path.c_str()) != 0)
    return failed("cannot be replaced");
  temporary.clear();
  const int closing = descriptor;
  descriptor = -1;
  if (::close(closing) != 0)
    return failed("cannot be written");
  return isNamed ? syncFolderOf(path) : Status();
}

Status syncFolderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A folder that may be written but not read cannot be synced, nor can those of some file systems (EINVAL).
  if (opened < 0)
    return errno == EACCES ? Status() : refuse(path, "its folder cannot be opened");
  const bool synced = ::fsync(opened) == 0 || errno == EINVAL;
  const Status status = synced ? Status() : refuse(path, "its folder cannot be written");
  ::close(opened);
  return status;
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
