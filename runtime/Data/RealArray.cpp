//===- RealArray.cpp - real-valued samples of an .npy file --------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/RealArray.h"

#include "runtime/Data/ByteSource.h"
#include "runtime/Data/Npy.h"

#include <cmath>
#include <cstring>

namespace wage::rt {

namespace {

/// "[n, 1, 28, 28]": the shape of any number of samples of `shape`.
std::string samplesText(const std::vector<uint32_t> &shape) {
  std::string text = "[n";
  for (uint32_t extent : shape)
    text += ", " + std::to_string(extent);
  return text + "]";
}

/// Errors: the header's shape is not [n, shape...] with n >= 1.
Status checkShape(const ByteSource &source, const NpyHeader &header, const std::vector<uint32_t> &shape) {
  const std::vector<uint64_t> &found = header.shape;
  bool fits = found.size() == shape.size() + 1;
  for (size_t d = 0; fits && d < shape.size(); ++d)
    fits = found[d + 1] == shape[d];
  if (!fits)
    return source.problem("shape is " + shapeText(found) + ", the model's input needs " + samplesText(shape));
  return found[0] == 0 ? source.problem("shape " + shapeText(found) + " holds no sample") : Status();
}

/// The index of an element in an array of this shape, "[0, 3, 7]".
std::string indexText(uint64_t element, const std::vector<uint64_t> &shape) {
  std::vector<uint64_t> index(shape.size());
  for (size_t d = shape.size(); d > 0; --d) {
    index[d - 1] = element % shape[d - 1];
    element /= shape[d - 1];
  }
  return shapeText(index);
}

} // namespace

double RealArray::at(uint64_t element) const {
  const uint64_t bits = littleEndianWord(&bytes[element * width], width);
  if (width == 8) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  const auto word = static_cast<uint32_t>(bits);
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

Expected<RealArray> RealArray::read(const std::string &path, const std::vector<uint32_t> &shape) {
  Expected<ByteSource> source = ByteSource::open(path);
  if (!source)
    return source.status();
  Expected<std::string> first = source->peek(6);
  if (!first)
    return first.status();
  if (*first != npyMagic)
    return source->problem("is no .npy file, real-valued input needs one of float32 or float64");
  Expected<NpyHeader> header = readNpyHeader(*source);
  if (!header)
    return header.status();
  if (header->type != "<f4" && header->type != "<f8")
    return source->problem("element type is '" + header->type + "', real-valued input needs '<f4' or '<f8'");
  if (Status status = checkCOrder(*source, *header); !status.ok())
    return status;
  if (Status status = checkShape(*source, *header, shape); !status.ok())
    return status;
  RealArray array;
  array.width = header->type == "<f8" ? 8 : 4;
  Expected<std::vector<uint8_t>> bytes = readNpyElements(*source, *header, array.width, "its declared shape");
  if (!bytes)
    return bytes.status();
  array.bytes = std::move(*bytes);
  const uint64_t elements = array.bytes.size() / array.width;
  array.samples = header->shape[0];
  array.sampleElements = elements / array.samples;
  for (uint64_t i = 0; i < elements; ++i)
    if (std::isnan(array.at(i)))
      return source->problem("element " + indexText(i, header->shape) + " is NaN, a number is needed");
  return array;
}

void RealArray::copy(uint64_t first, uint64_t number, double *values) const {
  for (uint64_t i = 0; i < number * sampleElements; ++i)
    values[i] = at(first * sampleElements + i);
}

} // namespace wage::rt
