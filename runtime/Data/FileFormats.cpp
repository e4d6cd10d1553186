//===- FileFormats.cpp - readers of idx, .npy and CIFAR-10 files --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// idx: Y. LeCun, "The MNIST database", "THE IDX FILE FORMAT". CIFAR-10: A. Krizhevsky, "The CIFAR-10 dataset", "Binary
// version". Both are big-endian or single bytes; .npy is read little-endian only, as NumPy writes it on every host we
// run on.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/FileFormats.h"

#include "runtime/Data/ByteSource.h"
#include "runtime/Data/Npy.h"

#include <limits>

namespace wage::rt {

namespace {

enum class Format { Idx, Npy, Cifar };

constexpr uint64_t cifarSide = 32, cifarChannels = 3;
constexpr uint64_t cifarPixels = cifarChannels * cifarSide * cifarSide;

bool endsWith(const std::string &text, const std::string &suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

Expected<Format> detectFormat(ByteSource &source) {
  Expected<std::string> first = source.peek(6);
  if (!first)
    return first.status();
  if (*first == npyMagic)
    return Format::Npy;
  if (hasCifarName(source.path()))
    return Format::Cifar;
  if (first->size() >= 2 && (*first)[0] == 0 && (*first)[1] == 0)
    return Format::Idx;
  return source.problem("is neither .npy, idx, nor CIFAR-10 (whose name ends in .bin or .bin.gz)");
}

/// Reads an idx header of unsigned bytes with `lowest` to `highest` dimensions.
Expected<std::vector<uint64_t>> readIdxShape(ByteSource &source, unsigned lowest, unsigned highest) {
  uint8_t magic[4];
  if (Status status = source.read(magic, sizeof magic, "the idx header"); !status.ok())
    return status;
  const std::string needed = lowest == highest
                                 ? std::to_string(lowest) + " dimension"
                                 : std::to_string(lowest) + " or " + std::to_string(highest) + " dimensions";
  if (magic[2] != 0x08)
    return source.problem("idx element type is " + std::to_string(magic[2]) + ", type 8 (unsigned byte) is needed");
  if (magic[3] < lowest || magic[3] > highest)
    return source.problem("idx file has " + std::to_string(magic[3]) + " dimension" + (magic[3] == 1 ? "" : "s") +
                          ", " + needed + " needed");
  std::vector<uint64_t> shape;
  for (unsigned i = 0; i < magic[3]; ++i) {
    uint8_t word[4];
    if (Status status = source.read(word, sizeof word, "the idx header"); !status.ok())
      return status;
    shape.push_back(uint32_t(word[0]) << 24 | word[1] << 16 | word[2] << 8 | word[3]);
  }
  return shape;
}

/// Turns [n,h,w] or [n,c,h,w] into `file`'s fields and reads the pixels.
Status readPixels(ByteSource &source, const std::vector<uint64_t> &shape, ImageFile &file) {
  uint64_t bytes = 1;
  for (uint64_t extent : shape) {
    if (extent == 0)
      return source.problem("shape " + shapeText(shape) + " holds no image");
    if (extent > std::numeric_limits<uint32_t>::max() || __builtin_mul_overflow(bytes, extent, &bytes) ||
        bytes > uint64_t(std::numeric_limits<int64_t>::max()))
      return source.problem("shape " + shapeText(shape) + " is larger than any file");
  }
  file.count = shape[0];
  file.channels = shape.size() == 4 ? static_cast<uint32_t>(shape[1]) : 1;
  file.height = static_cast<uint32_t>(shape[shape.size() - 2]);
  file.width = static_cast<uint32_t>(shape.back());
  if (Status status = source.readDeclared(file.pixels, bytes, "its declared shape"); !status.ok())
    return status;
  return source.expectEnd("its declared shape");
}

Expected<ImageFile> readIdxImages(ByteSource &source) {
  Expected<std::vector<uint64_t>> shape = readIdxShape(source, 3, 4);
  if (!shape)
    return shape.status();
  ImageFile file;
  if (Status status = readPixels(source, *shape, file); !status.ok())
    return status;
  return file;
}

Expected<ImageFile> readNpyImages(ByteSource &source) {
  Expected<NpyHeader> header = readNpyHeader(source);
  if (!header)
    return header.status();
  if (header->type != "|u1" && header->type != "u1")
    return source.problem(
        "element type is '" + header->type + "', images need '|u1' (uint8)" +
        (header->type == "<f4" || header->type == "<f8" ? "; real values are for wage-run infer --input" : ""));
  if (header->shape.size() != 3 && header->shape.size() != 4)
    return source.problem("shape is " + shapeText(header->shape) + ", images need [n,c,h,w] or [n,h,w]");
  if (Status status = checkCOrder(source, *header); !status.ok())
    return status;
  ImageFile file;
  if (Status status = readPixels(source, header->shape, file); !status.ok())
    return status;
  return file;
}

/// Splits the records, one label byte and 3072 pixels, moving the pixels together in place.
Expected<ImageFile> readCifar(ByteSource &source) {
  constexpr uint64_t recordBytes = 1 + cifarPixels;
  ImageFile file;
  if (Status status = source.readRest(file.pixels); !status.ok())
    return status;
  if (file.pixels.empty() || file.pixels.size() % recordBytes != 0)
    return source.problem("holds " + std::to_string(file.pixels.size()) +
                          " bytes, CIFAR-10 needs a positive multiple of " + std::to_string(recordBytes));
  file.count = file.pixels.size() / recordBytes;
  file.channels = cifarChannels;
  file.height = file.width = cifarSide;
  for (uint64_t i = 0; i < file.count; ++i) {
    const auto record = file.pixels.begin() + i * recordBytes;
    file.labels.push_back(*record);
    std::copy(record + 1, record + recordBytes, file.pixels.begin() + i * cifarPixels);
  }
  file.pixels.resize(file.count * cifarPixels);
  return file;
}

Expected<std::vector<uint32_t>> readIdxLabels(ByteSource &source) {
  Expected<std::vector<uint64_t>> shape = readIdxShape(source, 1, 1);
  if (!shape)
    return shape.status();
  std::vector<uint8_t> bytes;
  if (Status status = source.readDeclared(bytes, (*shape)[0], "its declared number of labels"); !status.ok())
    return status;
  if (Status status = source.expectEnd("its declared number of labels"); !status.ok())
    return status;
  return std::vector<uint32_t>(bytes.begin(), bytes.end());
}

Expected<std::vector<uint32_t>> readNpyLabels(ByteSource &source) {
  Expected<NpyHeader> header = readNpyHeader(source);
  if (!header)
    return header.status();
  const std::optional<NpyInteger> integer = npyInteger(header->type);
  if (!integer)
    return source.problem("element type is '" + header->type + "', labels need little-endian integers");
  if (header->shape.size() != 1)
    return source.problem("shape is " + shapeText(header->shape) + ", labels need [n]");
  const unsigned width = integer->bytes;
  Expected<std::vector<uint8_t>> bytes = readNpyElements(source, *header, width, "its declared number of labels");
  if (!bytes)
    return bytes.status();
  std::vector<uint32_t> labels;
  for (size_t at = 0; at < bytes->size(); at += width) {
    const uint64_t value = littleEndianWord(&(*bytes)[at], width);
    if (integer->isSigned && (*bytes)[at + width - 1] >= 128)
      return source.problem("label[" + std::to_string(labels.size()) + "] is negative, a class from 0 on is needed");
    if (value > std::numeric_limits<uint32_t>::max())
      return source.problem("label[" + std::to_string(labels.size()) + "] is " + std::to_string(value) +
                            ", a class below 4294967296 is needed");
    labels.push_back(static_cast<uint32_t>(value));
  }
  return labels;
}

} // namespace

bool hasCifarName(const std::string &path) { return endsWith(path, ".bin") || endsWith(path, ".bin.gz"); }

Expected<ImageFile> readImageFile(const std::string &path) {
  Expected<ByteSource> source = ByteSource::open(path);
  if (!source)
    return source.status();
  Expected<Format> format = detectFormat(*source);
  if (!format)
    return format.status();
  switch (*format) {
  case Format::Idx: return readIdxImages(*source);
  case Format::Npy: return readNpyImages(*source);
  case Format::Cifar: return readCifar(*source);
  }
  __builtin_unreachable();
}

Expected<std::vector<uint32_t>> readLabelFile(const std::string &path) {
  Expected<ByteSource> source = ByteSource::open(path);
  if (!source)
    return source.status();
  Expected<Format> format = detectFormat(*source);
  if (!format)
    return format.status();
  if (*format == Format::Idx)
    return readIdxLabels(*source);
  if (*format == Format::Npy)
    return readNpyLabels(*source);
  Expected<ImageFile> file = readCifar(*source);
  if (!file)
    return file.status();
  return std::move(file->labels);
}

} // namespace wage::rt
