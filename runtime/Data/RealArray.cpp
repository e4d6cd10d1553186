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
#include <limits>

namespace wage::rt {

namespace {

/// "[n, 1, 28, 28]": `first` and the extents behind it.
template <typename T> std::string shapeText(const std::string &first, const std::vector<T> &rest) {
  std::string text = "[" + first;
  for (T extent : rest)
    text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + "]";
}

/// Errors: the header's shape is not [n, shape...] with n >= 1, or no file could hold it.
Status checkShape(const ByteSource &source, const NpyHeader &header, const std::vector<uint32_t> &shape) {
  const std::vector<uint64_t> &found = header.shape;
  bool fits = found.size() == shape.size() + 1;
  for (size_t d = 0; fits && d < shape.size(); ++d)
    fits = found[d + 1] == shape[d];
  if (!fits)
    return source.problem("shape is " + shapeText("", found) + ", the model's input needs " + shapeText("n", shape));
  if (found[0] == 0)
    return source.problem("shape " + shapeText("", found) + " holds no sample");
  uint64_t bytes = header.type == "<f8" ? 8 : 4;
  for (uint64_t extent : found)
    if (__builtin_mul_overflow(bytes, extent, &bytes) || bytes > uint64_t(std::numeric_limits<int64_t>::max()))
      return source.problem("shape " + shapeText("", found) + " is larger than any file");
  return Status();
}

/// The index of an element in an array of this shape, "[0, 3, 7]".
std::string indexText(uint64_t element, const std::vector<uint64_t> &shape) {
  std::vector<uint64_t> index(shape.size());
  for (size_t d = shape.size(); d > 0; --d) {
    index[d - 1] = element % shape[d - 1];
    element /= shape[d - 1];
  }
  return shapeText("", index);
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
  if (header->fortranOrder)
    return source->problem("is in Fortran order, C order is needed (numpy.ascontiguousarray)");
  if (Status status = checkShape(*source, *header, shape); !status.ok())
    return status;
  RealArray array;
  array.width = header->type == "<f8" ? 8 : 4;
  array.samples = header->shape[0];
  array.sampleElements = 1;
  for (uint32_t extent : shape)
    array.sampleElements *= extent;
  const uint64_t elements = array.samples * array.sampleElements;
  if (Status status = source->readDeclared(array.bytes, elements * array.width, "its declared shape"); !status.ok())
    return status;
  if (Status status = source->expectEnd("its declared shape"); !status.ok())
    return status;
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
