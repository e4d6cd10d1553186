//===- FuzzData.cpp - images, labels and real numbers --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Built once for each form, with the end of the file's name, which tells CIFAR-10, in WAGE_FUZZ_SUFFIX. The bytes are read
// as each of images, labels and real numbers.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Dataset.h"
#include "runtime/Data/FileFormats.h"
#include "runtime/Data/RealArray.h"
#include "test/fuzz/FuzzTarget.h"

#include <numeric>
#include <zlib.h>

using namespace wage;
using namespace wage::fuzz;

namespace {

/// Keeps the sums of what was read from being optimised away.
volatile double touched;

void readImages(const std::string &path) {
  const rt::Expected<rt::Dataset> data = rt::readDataset(path, "");
  if (!accepted(data))
    return;
  for (uint64_t i = 0; i < data->count; ++i)
    touched = std::accumulate(data->image(i), data->image(i) + data->imageBytes(), 0.0);
  touched = std::accumulate(data->labels.begin(), data->labels.end(), 0.0);
  (void)accepted(rt::checkDataset(*data, 1, 8, 8, 10));
}

void readReals(const std::string &path, const std::vector<uint32_t> &shape) {
  const rt::Expected<rt::RealArray> reals = rt::RealArray::read(path, shape);
  if (!accepted(reals))
    return;
  std::vector<double> sample(std::accumulate(shape.begin(), shape.end(), size_t(1), std::multiplies<>()));
  for (uint64_t i = 0; i < reals->count(); ++i) {
    reals->copy(i, 1, sample.data());
    touched = std::accumulate(sample.begin(), sample.end(), 0.0);
  }
}

} // namespace

#ifdef WAGE_FUZZ_PACKS
namespace {

/// gzip's own form: a window of 2^15 bytes, and 16 for its header and checksum.
constexpr int gzipWindow = 15 + 16;

/// Unpacks up to `limit` bytes; nothing if the file is damaged.
Bytes unpack(uint8_t *data, size_t size, size_t limit) {
  Bytes bytes(limit);
  z_stream stream = {};
  stream.next_in = data, stream.avail_in = static_cast<unsigned>(size);
  stream.next_out = bytes.data(), stream.avail_out = static_cast<unsigned>(limit);
  if (inflateInit2(&stream, gzipWindow) != Z_OK)
    return {};
  const int end = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  bytes.resize(end == Z_STREAM_END ? stream.total_out : 0);
  return bytes;
}

Bytes pack(Bytes &bytes) {
  Bytes packed(bytes.size() + 1024);
  z_stream stream = {};
  if (deflateInit2(&stream, 1, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  stream.next_in = bytes.data(), stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = packed.data(), stream.avail_out = static_cast<unsigned>(packed.size());
  const int end = deflate(&stream, Z_FINISH);
  deflateEnd(&stream);
  packed.resize(end == Z_STREAM_END ? stream.total_out : 0);
  return packed;
}

} // namespace

/// In three of four cases what is packed is changed, and packed again with its checksum.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  constexpr size_t limit = 1 << 16;
  Bytes bytes = seed % 4 ? unpack(data, size, limit) : Bytes();
  if (!bytes.empty()) {
    const size_t unpacked = bytes.size();
    bytes.resize(limit);
    bytes.resize(mutateInPlace(bytes.data(), unpacked, limit, seed / 4));
    if (const size_t packed = storeInput(pack(bytes), data, maxSize))
      return packed;
  }
  return LLVMFuzzerMutate(data, size, maxSize);
}
#else
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateInPlace(data, size, maxSize, seed);
}
#endif

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const InputFile file(WAGE_FUZZ_SUFFIX);
  const std::string &path = file.write(data, size);
  readImages(path);
  if (const rt::Expected<std::vector<uint32_t>> labels = rt::readLabelFile(path); accepted(labels))
    touched = std::accumulate(labels->begin(), labels->end(), 0.0);
  readReals(path, {1, 8, 8});
  readReals(path, {4});
  return 0;
}
