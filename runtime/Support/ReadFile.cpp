//===- ReadFile.cpp - whole files, never devices or pipes --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/ReadFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wage::rt {

namespace {

Status cannotBeRead() { return Status::error(std::string("cannot be read: ") + std::strerror(errno)); }

Status checkType(const struct stat &found) {
  if (S_ISREG(found.st_mode))
    return Status();
  return Status::error(S_ISDIR(found.st_mode) ? "is a directory, a file is needed"
                                              : "is a device or a pipe, a file is needed");
}

Expected<std::vector<uint8_t>> readAll(int descriptor) {
  struct stat found;
  if (::fstat(descriptor, &found) != 0)
    return cannotBeRead();
  if (Status status = checkType(found); !status.ok())
    return status;
  // A file with holes may claim more than any memory.
  if (static_cast<uint64_t>(found.st_size) > largestFileBytes)
    return Status::error("has " + std::to_string(found.st_size) + " bytes, at most " +
                         std::to_string(largestFileBytes) + " can be read");
  std::vector<uint8_t> bytes(static_cast<size_t>(found.st_size));
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::read(descriptor, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return cannotBeRead();
    if (got == 0)
      return Status::error("ended after " + std::to_string(done) + " of its " + std::to_string(bytes.size()) +
                           " bytes while it was read");
    done += static_cast<size_t>(got);
  }
  return bytes;
}

} // namespace

Expected<std::vector<uint8_t>> readFile(const std::string &path) {
  // Not to wait for a pipe's writer; of no effect on a file.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return cannotBeRead();
  Expected<std::vector<uint8_t>> bytes = readAll(descriptor);
  ::close(descriptor);
  return bytes;
}

Status checkRegularFile(const std::string &path) {
  struct stat found;
  return ::stat(path.c_str(), &found) == 0 ? checkType(found) : cannotBeRead();
}

} // namespace wage::rt
