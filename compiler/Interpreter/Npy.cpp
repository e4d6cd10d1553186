//===- Npy.cpp - arrays in and out of the interpreter ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/Npy.h"

#include "runtime/Data/AtomicFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace wage::interpreter {
namespace {

constexpr char magicBytes[] = "\x93NUMPY";
constexpr StringLiteral magic(magicBytes);

/// What no memory holds; products of it and bytes per element fit 64 bits.
constexpr uint64_t mostElements = uint64_t(1) << 40;

Error refuse(StringRef path, const Twine &what) {
  return createStringError(std::make_error_code(std::errc::invalid_argument), path + ": " + what);
}

/// What follows `'key':` in the header's dictionary literal, up to the next comma outside parentheses.
StringRef entryOf(StringRef header, StringRef key) {
  const size_t at = header.find(("'" + key + "':").str());
  if (at == StringRef::npos)
    return {};
  StringRef rest = header.drop_front(at + key.size() + 3).ltrim();
  return rest.starts_with("(") ? rest.take_front(rest.find(')') + 1)
                               : rest.take_until([](char c) { return c == ',' || c == '}'; });
}

/// The header text of versions 1.0 (16-bit length) and 2.0, 3.0 (32-bit length); `bytes` then starts at the elements.
Expected<StringRef> takeHeader(StringRef path, StringRef &bytes) {
  if (!bytes.consume_front(magic) || bytes.size() < 6)
    return refuse(path, "not an .npy file, its first bytes must be \\x93NUMPY and a version");
  const unsigned lengthBytes = bytes[0] == 1 ? 2 : 4;
  const char *length = bytes.data() + 2;
  const uint64_t headerBytes = lengthBytes == 2 ? support::endian::read16le(length) : support::endian::read32le(length);
  bytes = bytes.drop_front(2 + lengthBytes);
  if (headerBytes > bytes.size())
    return refuse(path, "header of " + Twine(headerBytes) + " bytes runs past the end of the file");
  const StringRef header = bytes.take_front(headerBytes);
  bytes = bytes.drop_front(headerBytes);
  return header;
}

Expected<std::vector<int64_t>> parseShape(StringRef path, StringRef tuple) {
  std::vector<int64_t> shape;
  SmallVector<StringRef, 4> extents;
  tuple.trim("() ").split(extents, ',', -1, /*KeepEmpty=*/false);
  uint64_t elements = 1;
  for (StringRef extent : extents) {
    int64_t parsed = 0;
    if (extent.trim().getAsInteger(10, parsed) || parsed < 0)
      return refuse(path, "bad shape '" + tuple + "'");
    shape.push_back(parsed);
    elements = SaturatingMultiply<uint64_t>(elements, parsed);
    // Looked at each time: a 0 behind would hide that the product before it is beyond 64 bits.
    if (elements > mostElements)
      return refuse(path, "shape '" + tuple + "' has more elements than can be read");
  }
  return shape;
}

template <typename Element> void decode(StringRef bytes, std::vector<int64_t> &elements) {
  for (size_t i = 0; i < elements.size(); ++i)
    elements[i] = static_cast<int64_t>(
        support::endian::read<Element, llvm::endianness::little>(bytes.data() + i * sizeof(Element)));
}

template <typename Element> void encode(const std::vector<int64_t> &elements, char *bytes) {
  for (size_t i = 0; i < elements.size(); ++i)
    support::endian::write<Element, llvm::endianness::little>(bytes + i * sizeof(Element),
                                                              static_cast<Element>(elements[i]));
}

/// Bytes of the narrowest signed type that holds every element.
unsigned narrowestBytes(const std::vector<int64_t> &elements) {
  unsigned bits = 8;
  for (int64_t element : elements)
    while (!isIntN(bits, element))
      bits *= 2;
  return bits / 8;
}

std::string encodeHeader(ArrayRef<int64_t> shape, StringRef type) {
  std::string tuple;
  for (int64_t extent : shape)
    tuple += std::to_string(extent) + ", ";
  std::string header = "{'descr': '" + type.str() + "', 'fortran_order': False, 'shape': (" + tuple + "), }";
  // The elements start at a multiple of 64 bytes: 6 of magic, 2 of version, 2 of length, the header and its newline.
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  return header;
}

/// Bytes of an element: the digits behind order and kind.
unsigned bytesOf(StringRef type) {
  unsigned bytes = 0;
  return type.size() == 3 && !type.drop_front(2).getAsInteger(10, bytes) ? bytes : 0;
}

} // namespace

Expected<NpyFile> readNpyFile(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return refuse(path, buffer.getError().message());
  NpyFile file;
  file.buffer = std::move(*buffer);
  file.elements = file.buffer->getBuffer();
  Expected<StringRef> header = takeHeader(path, file.elements);
  if (!header)
    return header.takeError();
  file.type = entryOf(*header, "descr").trim(" '");
  if (!bytesOf(file.type) || !StringRef("|<").contains(file.type[0]))
    return refuse(path, "elements of type '" + file.type + "', needs little-endian numbers");
  if (entryOf(*header, "fortran_order").trim() != "False")
    return refuse(path, "elements in Fortran order, needs C order");
  Expected<std::vector<int64_t>> shape = parseShape(path, entryOf(*header, "shape"));
  if (!shape)
    return shape.takeError();
  file.shape = std::move(*shape);
  uint64_t needed = bytesOf(file.type);
  for (int64_t extent : file.shape)
    needed = SaturatingMultiply<uint64_t>(needed, extent);
  if (file.elements.size() != needed)
    return refuse(path, Twine(file.elements.size()) + " bytes of elements, its header needs " + Twine(needed));
  return file;
}

Error writeNpyFile(StringRef path, ArrayRef<int64_t> shape, StringRef type, StringRef elements) {
  const std::string header = encodeHeader(shape, type);
  char length[2];
  support::endian::write16le(length, static_cast<uint16_t>(header.size()));
  std::string bytes;
  bytes.reserve(magic.size() + 4 + header.size() + elements.size());
  bytes += magic;
  bytes += StringRef("\1\0", 2); // version 1.0
  bytes.append(length, sizeof length);
  bytes += header;
  bytes += elements;
  rt::Status status = rt::writeFileAtomically(path.str(), bytes.data(), bytes.size());
  return status.ok() ? Error::success() : createStringError(inconvertibleErrorCode(), status.text());
}

Expected<Tensor> readNpy(StringRef path) {
  Expected<NpyFile> file = readNpyFile(path);
  if (!file)
    return file.takeError();
  const StringRef type = file->type, bytes = file->elements;
  const unsigned elementBytes = bytesOf(type);
  if (!StringRef("iu").contains(type[1]) || elementBytes > 8 || !isPowerOf2_32(elementBytes))
    return refuse(path, "elements of type '" + type + "', needs little-endian integers");
  Tensor tensor(file->shape);
  const bool isSigned = type[1] == 'i';
  if (elementBytes == 1)
    isSigned ? decode<int8_t>(bytes, tensor.elements) : decode<uint8_t>(bytes, tensor.elements);
  else if (elementBytes == 2)
    isSigned ? decode<int16_t>(bytes, tensor.elements) : decode<uint16_t>(bytes, tensor.elements);
  else if (elementBytes == 4)
    isSigned ? decode<int32_t>(bytes, tensor.elements) : decode<uint32_t>(bytes, tensor.elements);
  else
    decode<int64_t>(bytes, tensor.elements);
  if (type == "<u8")
    for (int64_t element : tensor.elements)
      if (element < 0) // what it would have become
        return refuse(path, "holds " + Twine(static_cast<uint64_t>(element)) + ", needs integers below 2^63");
  return tensor;
}

Error writeNpy(StringRef path, const Tensor &tensor) {
  const unsigned elementBytes = narrowestBytes(tensor.elements);
  std::string bytes(tensor.elements.size() * elementBytes, 0);
  if (elementBytes == 1)
    encode<int8_t>(tensor.elements, bytes.data());
  else if (elementBytes == 2)
    encode<int16_t>(tensor.elements, bytes.data());
  else if (elementBytes == 4)
    encode<int32_t>(tensor.elements, bytes.data());
  else
    encode<int64_t>(tensor.elements, bytes.data());
  const std::string type = (elementBytes == 1 ? "|i" : "<i") + std::to_string(elementBytes);
  return writeNpyFile(path, tensor.shape, type, bytes);
}

} // namespace wage::interpreter
