//===- Npy.cpp - NumPy's array files ------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Npy.h"

#include "runtime/Data/AtomicFile.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

namespace wage::rt {

namespace {

/// NumPy pads headers to 64 bytes; an honest one of a plain array stays far below this.
constexpr uint32_t largestHeaderBytes = 1 << 16;

/// A structured type as NumPy writes it, so that an error can name it.
std::string typeText(const std::vector<NpyField> &fields) {
  std::string text;
  for (const NpyField &field : fields)
    text += (text.empty() ? "('" : ", ('") + field.name + "', '" + field.type + "')";
  return "[" + text + "]";
}

/// Reads the Python dictionary literal of an .npy header: quoted strings, True or False, tuples of integers, and lists of pairs
/// of strings.
class HeaderParser {
public:
  explicit HeaderParser(const std::string &text) : text(text) {}

  bool parse(NpyHeader &header) {
    if (!take('{'))
      return false;
    bool haveType = false, haveOrder = false, haveShape = false;
    while (!take('}')) {
      std::string key;
      if (!string(key) || !take(':'))
        return false;
      bool &seen = key == "descr" ? haveType : key == "fortran_order" ? haveOrder : haveShape;
      const bool valid = key == "descr"           ? type(header)
                         : key == "fortran_order" ? boolean(header.fortranOrder)
                                                  : key == "shape" && tuple(header.shape);
      if (!valid || seen)
        return false;
      seen = true;
      if (!take(',') && peek() != '}')
        return false;
    }
    return peek() == '\0' && haveType && haveOrder && haveShape;
  }

private:
  char peek() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n'))
      ++at;
    return at < text.size() ? text[at] : '\0';
  }

  bool take(char c) {
    if (peek() != c)
      return false;
    ++at;
    return true;
  }

  bool string(std::string &value) {
    const char quote = peek();
    if (quote != '\'' && quote != '"')
      return false;
    const size_t end = text.find(quote, at + 1);
    if (end == std::string::npos)
      return false;
    value = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return true;
  }

  bool type(NpyHeader &header) {
    if (!take('['))
      return string(header.type);
    while (!take(']')) {
      NpyField field;
      if (!take('(') || !string(field.name) || !take(',') || !string(field.type) || !take(')'))
        return false;
      header.fields.push_back(std::move(field));
      if (!take(',') && peek() != ']')
        return false;
    }
    header.type = typeText(header.fields);
    return !header.fields.empty();
  }

  bool boolean(bool &value) {
    peek();
    value = text.compare(at, 4, "True") == 0;
    if (!value && text.compare(at, 5, "False") != 0)
      return false;
    at += value ? 4 : 5;
    return true;
  }

  bool tuple(std::vector<uint64_t> &values) {
    if (!take('('))
      return false;
    while (!take(')')) {
      uint64_t value = 0;
      if (!number(value))
        return false;
      values.push_back(value);
      if (!take(',') && peek() != ')')
        return false;
    }
    return true;
  }

  bool number(uint64_t &value) {
    const char first = peek();
    if (first < '0' || first > '9')
      return false;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      if (__builtin_mul_overflow(value, uint64_t(10), &value) ||
          __builtin_add_overflow(value, uint64_t(text[at] - '0'), &value))
        return false;
    return true;
  }

  const std::string &text;
  size_t at = 0;
};

/// Bytes of the narrowest signed type that holds every value.
int narrowestBytes(const std::vector<int64_t> &values) {
  int64_t low = 0, high = 0;
  for (int64_t value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  for (int bytes : {1, 2, 4}) {
    const int64_t limit = int64_t(1) << (8 * bytes - 1);
    if (-limit <= low && high < limit)
      return bytes;
  }
  return 8;
}

/// All in front of the elements. `type` is NumPy's descr.
std::string encodeHeader(const std::vector<int64_t> &shape, const std::string &type) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    header += std::to_string(shape[i]) + (shape.size() == 1 ? "," : i + 1 < shape.size() ? ", " : "");
  header += "), }";
  // Magic, version and length are 10 bytes; the elements start at a multiple of 64.
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  assert(header.size() < 65536 && "version 1.0 holds no longer header");
  std::string file(npyMagic);
  file += {'\1', '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  return file + header;
}

void appendLittleEndian(std::string &file, uint64_t value, int bytes) {
  for (int byte = 0; byte < bytes; ++byte)
    file += static_cast<char>(value >> (8 * byte));
}

std::string encodeIntegers(const std::vector<int64_t> &shape, const std::vector<int64_t> &values, int bytes) {
  std::string file = encodeHeader(shape, (bytes == 1 ? "|i" : "<i") + std::to_string(bytes));
  file.reserve(file.size() + values.size() * bytes);
  for (int64_t value : values)
    appendLittleEndian(file, static_cast<uint64_t>(value), bytes);
  return file;
}

} // namespace

Expected<NpyHeader> readNpyHeader(ByteSource &source) {
  uint8_t start[8], length[4] = {0, 0, 0, 0};
  if (Status status = source.read(start, sizeof start, "the .npy header"); !status.ok())
    return status;
  const unsigned major = start[6];
  if (std::string(reinterpret_cast<char *>(start), 6) != npyMagic)
    return source.problem("does not start with the .npy magic");
  if (major < 1 || major > 3)
    return source.problem("is .npy version " + std::to_string(major) + ", versions 1 to 3 can be read");
  if (Status status = source.read(length, major == 1 ? 2 : 4, "the .npy header"); !status.ok())
    return status;
  const uint32_t bytes = length[0] | length[1] << 8 | length[2] << 16 | uint32_t(length[3]) << 24;
  if (bytes > largestHeaderBytes)
    return source.problem("the .npy header declares " + std::to_string(bytes) + " bytes, at most " +
                          std::to_string(largestHeaderBytes) + " can be read");
  std::string text(bytes, '\0');
  if (Status status = source.read(text.data(), bytes, "the .npy header"); !status.ok())
    return status;
  NpyHeader header;
  if (!HeaderParser(text).parse(header))
    return source.problem("the .npy header is not a dictionary of descr, fortran_order and shape");
  return header;
}

std::string encodeNpy(const std::vector<int64_t> &shape, const std::vector<int64_t> &values) {
  return encodeIntegers(shape, values, narrowestBytes(values));
}

std::string encodeNpyInt64(const std::vector<int64_t> &shape, const std::vector<int64_t> &values) {
  return encodeIntegers(shape, values, 8);
}

std::string encodeNpyFloat32(const std::vector<int64_t> &shape, const std::vector<float> &values) {
  std::string file = encodeHeader(shape, "<f4");
  for (float value : values) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    appendLittleEndian(file, bits, 4);
  }
  return file;
}

Status writeNpy(const std::string &path, const std::vector<int64_t> &shape, const std::vector<int64_t> &values) {
  const std::string file = encodeNpy(shape, values);
  return writeFileAtomically(path, file.data(), file.size());
}

std::optional<NpyInteger> npyInteger(const std::string &type) {
  const bool isSigned = type == "|i1" || type == "<i2" || type == "<i4" || type == "<i8";
  if (!isSigned && type != "|u1" && type != "<u2" && type != "<u4" && type != "<u8")
    return std::nullopt;
  return NpyInteger{isSigned, static_cast<unsigned>(type[2] - '0')};
}

std::string shapeText(const std::vector<uint64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

Status checkCOrder(const ByteSource &source, const NpyHeader &header) {
  return header.fortranOrder ? source.problem("is in Fortran order, C order is needed (numpy.ascontiguousarray)")
                             : Status();
}

Expected<std::vector<uint8_t>> readNpyElements(ByteSource &source, const NpyHeader &header, unsigned width,
                                               const char *what) {
  uint64_t total = width;
  for (const uint64_t extent : header.shape)
    if (__builtin_mul_overflow(total, extent, &total) || total > uint64_t(std::numeric_limits<int64_t>::max()))
      return source.problem("shape " + shapeText(header.shape) + " is larger than any file");
  std::vector<uint8_t> bytes;
  if (Status status = source.readDeclared(bytes, total, what); !status.ok())
    return status;
  if (Status status = source.expectEnd(what); !status.ok())
    return status;
  return bytes;
}

Expected<IntegerArray> readNpyIntegers(const std::string &path) {
  Expected<ByteSource> source = ByteSource::open(path);
  if (!source)
    return source.status();
  Expected<NpyHeader> header = readNpyHeader(*source);
  if (!header)
    return header.status();
  const std::optional<NpyInteger> integer = npyInteger(header->type);
  if (!integer)
    return source->problem("element type is '" + header->type + "', little-endian integers are needed");
  if (Status status = checkCOrder(*source, *header); !status.ok())
    return status;
  Expected<std::vector<uint8_t>> bytes = readNpyElements(*source, *header, integer->bytes, "its declared shape");
  if (!bytes)
    return bytes.status();
  IntegerArray array;
  array.shape.assign(header->shape.begin(), header->shape.end());
  const unsigned unused = 64 - 8 * integer->bytes;
  for (size_t at = 0; at < bytes->size(); at += integer->bytes) {
    const uint64_t word = littleEndianWord(&(*bytes)[at], integer->bytes);
    if (!integer->isSigned && word > uint64_t(std::numeric_limits<int64_t>::max()))
      return source->problem("element " + std::to_string(array.values.size()) + " is " + std::to_string(word) +
                             ", needed less than 2^63");
    array.values.push_back(integer->isSigned ? static_cast<int64_t>(word << unused) >> unused
                                             : static_cast<int64_t>(word));
  }
  return array;
}

} // namespace wage::rt
