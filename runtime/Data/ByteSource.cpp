//===- ByteSource.cpp - bytes of a plain or gzip file, never trusted ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/ByteSource.h"

#include "runtime/Support/ReadFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <zlib.h>

namespace wage::rt {

namespace {
constexpr size_t firstBytes = size_t(1) << 16, chunkBytes = size_t(1) << 20;
/// Deflate packs zeros 1032-fold; photographs and digits stay below 10-fold, drawn shapes below 50. What unpacks to more
/// than this takes memory out of all proportion to the file.
constexpr uint64_t expansionAllowed = 64, unpackedBytesAllowed = uint64_t(32) << 20;

gzFile handle(void *stream) { return static_cast<gzFile>(stream); }
} // namespace

Expected<ByteSource> ByteSource::open(const std::string &path) {
  ByteSource source;
  source.name = path;
  if (Status status = checkRegularFile(path); !status.ok())
    return source.problem(status.text());
  struct stat status;
  if (::stat(path.c_str(), &status) != 0)
    return source.problem(std::string("cannot be read: ") + std::strerror(errno));
  source.fileBytes = static_cast<uint64_t>(status.st_size);
  source.stream = gzopen(path.c_str(), "rb");
  if (!source.stream)
    return source.problem(std::string("cannot be read: ") + std::strerror(errno));
  gzbuffer(handle(source.stream), 1 << 17);
  return source;
}

ByteSource::ByteSource(ByteSource &&other) noexcept
    : name(std::move(other.name)), stream(other.stream), fileBytes(other.fileBytes), offset(other.offset),
      ahead(std::move(other.ahead)) {
  other.stream = nullptr;
}

ByteSource::~ByteSource() {
  if (stream)
    gzclose(handle(stream));
}

Expected<size_t> ByteSource::readSome(void *data, size_t bytes) {
  size_t done = std::min(bytes, ahead.size());
  std::memcpy(data, ahead.data(), done);
  ahead.erase(0, done);
  while (done < bytes) {
    const auto wanted = static_cast<unsigned>(std::min(bytes - done, chunkBytes));
    const int got = gzread(handle(stream), static_cast<char *>(data) + done, wanted);
    int code = Z_OK;
    const char *text = gzerror(handle(stream), &code);
    if (got < 0 || code == Z_BUF_ERROR)
      return problem("damaged after " + std::to_string(offset + done + (got > 0 ? got : 0)) + " unpacked bytes: " +
                     (code == Z_ERRNO       ? std::strerror(errno)
                      : code == Z_BUF_ERROR ? "the gzip stream is cut short"
                                            : text));
    if (got == 0)
      break;
    done += static_cast<size_t>(got);
  }
  offset += done;
  return done;
}

Expected<std::string> ByteSource::peek(size_t bytes) {
  char first[16];
  if (ahead.empty()) {
    Expected<size_t> got = readSome(first, sizeof first);
    if (!got)
      return got.status();
    ahead.assign(first, *got);
    offset = 0;
  }
  return ahead.substr(0, bytes);
}

Status ByteSource::read(void *data, size_t bytes, const char *what) {
  const uint64_t begin = offset;
  Expected<size_t> got = readSome(data, bytes);
  if (!got)
    return got.status();
  if (*got < bytes)
    return problem("ends after " + std::to_string(begin + *got) + " bytes, " + what + " needs " +
                   std::to_string(begin + bytes));
  return Status();
}

Status ByteSource::readDeclared(std::vector<uint8_t> &data, uint64_t bytes, const char *what) {
  const bool packed = !gzdirect(handle(stream));
  if (!packed && (offset > fileBytes || bytes > fileBytes - offset))
    return problem("ends after " + std::to_string(fileBytes) + " bytes, " + what + " needs " +
                   std::to_string(offset + bytes));
  if (packed && bytes > unpackedLimit())
    return problem(std::string(what) + " needs " + std::to_string(bytes) + " bytes, " + limitText());
  const uint64_t begin = data.size();
  while (data.size() - begin < bytes) {
    const uint64_t left = bytes - (data.size() - begin);
    // Doubling keeps the copies few and the memory within twice of what has arrived.
    const auto next = static_cast<size_t>(std::min<uint64_t>(left, std::max<uint64_t>(chunkBytes, data.size())));
    const size_t at = data.size();
    data.resize(at + next);
    Expected<size_t> got = readSome(data.data() + at, next);
    if (!got)
      return got.status();
    if (*got < next)
      return problem("ends after " + std::to_string(offset) + " bytes, " + what + " needs " +
                     std::to_string(offset - *got + left));
  }
  return Status();
}

uint64_t ByteSource::unpackedLimit() const { return expansionAllowed * fileBytes + unpackedBytesAllowed; }

std::string ByteSource::limitText() const {
  return "of a gzip file of " + std::to_string(fileBytes) + " bytes at most " + std::to_string(unpackedLimit()) +
         " are unpacked: give it unpacked";
}

Status ByteSource::readRest(std::vector<uint8_t> &data) {
  for (const size_t begin = data.size();;) {
    // A quarter more each time: a bomb is noticed before it has taken much more than its limit.
    const size_t at = data.size(), read = at - begin, next = std::max(read == 0 ? firstBytes : chunkBytes, read / 4);
    data.resize(at + next);
    Expected<size_t> got = readSome(data.data() + at, next);
    if (!got)
      return got.status();
    data.resize(at + *got);
    if (data.size() - begin > std::max(unpackedLimit(), fileBytes))
      return problem("goes on after " + std::to_string(data.size() - begin) + " bytes, " + limitText());
    if (*got < next)
      return Status();
  }
}

Status ByteSource::expectEnd(const char *what) {
  char extra;
  const uint64_t end = offset;
  Expected<size_t> got = readSome(&extra, 1);
  if (!got)
    return got.status();
  if (*got != 0)
    return problem("runs on after byte " + std::to_string(end) + ", where " + what + " must end");
  return Status();
}

} // namespace wage::rt
