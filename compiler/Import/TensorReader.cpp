//===- TensorReader.cpp - numbers of a tensor in an ONNX file ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/TensorReader.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include "mlir/IR/BuiltinTypes.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <optional>

using namespace llvm;
using onnx::TensorProto;

namespace wage {

std::string printable(StringRef text) {
  std::string result;
  raw_string_ostream stream(result);
  stream.write_escaped(text, /*UseHexEscapes=*/true);
  return result;
}

std::string printElementType(int32_t type) {
  // Source: ONNX 1.17, onnx.proto3; from opset 19 on.
  static const char *const newer[] = {"float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
                                      "uint4",        "int4",           "float4e2m1"};
  if (type >= 17 && type < 17 + static_cast<int32_t>(std::size(newer)))
    return newer[type - 17];
  if (!onnx::TensorProto_DataType_IsValid(type) || type == TensorProto::UNDEFINED)
    return "undefined (" + std::to_string(type) + ")";
  return StringRef(onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(type))).lower();
}

std::string printNumber(double number) {
  std::string text;
  raw_string_ostream(text) << format("%.9g", number);
  return text;
}

bool isFloatType(int32_t type) {
  return type == TensorProto::FLOAT || type == TensorProto::DOUBLE || type == TensorProto::FLOAT16;
}

bool isIntegerType(int32_t type) {
  if (type == uint4Type || type == int4Type)
    return true;
  return is_contained({TensorProto::INT64, TensorProto::INT32, TensorProto::INT16, TensorProto::INT8,
                       TensorProto::UINT64, TensorProto::UINT32, TensorProto::UINT16, TensorProto::UINT8,
                       TensorProto::BOOL},
                      type);
}

namespace {

Error makeError(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

bool isPacked(int32_t type) { return type == uint4Type || type == int4Type; }

/// Bytes per element as stored; 0 for a type that is not read, or that has two elements in a byte.
unsigned storedBytes(int32_t type) {
  switch (type) {
  case TensorProto::DOUBLE:
  case TensorProto::UINT64:
  case TensorProto::INT64: return 8;
  case TensorProto::FLOAT:
  case TensorProto::UINT32:
  case TensorProto::INT32: return 4;
  case TensorProto::FLOAT16:
  case TensorProto::UINT16:
  case TensorProto::INT16: return 2;
  case TensorProto::UINT8:
  case TensorProto::INT8:
  case TensorProto::BOOL: return 1;
  default: return 0;
  }
}

/// Bytes that `count` elements take.
uint64_t storedBytes(int32_t type, int64_t count) {
  return isPacked(type) ? (static_cast<uint64_t>(count) + 1) / 2 : static_cast<uint64_t>(count) * storedBytes(type);
}

bool hasTypedData(const TensorProto &tensor) {
  return tensor.float_data_size() || tensor.double_data_size() || tensor.int32_data_size() ||
         tensor.int64_data_size() || tensor.uint64_data_size();
}

Error checkCount(size_t found, int64_t needed) {
  if (found == static_cast<uint64_t>(needed))
    return Error::success();
  return makeError("holds " + Twine(found) + " elements, its shape needs " + Twine(needed));
}

double halfToDouble(uint16_t bits) { return APFloat(APFloat::IEEEhalf(), APInt(16, bits)).convertToFloat(); }

/// Element `i` of little-endian `bytes`, in the type that stands in the file.
double readFloat(StringRef bytes, int32_t type, size_t i) {
  using namespace support;
  switch (type) {
  case TensorProto::DOUBLE: return bit_cast<double>(endian::read64le(bytes.data() + 8 * i));
  case TensorProto::FLOAT: return bit_cast<float>(endian::read32le(bytes.data() + 4 * i));
  default: return halfToDouble(endian::read16le(bytes.data() + 2 * i));
  }
}

/// The least integer stands for the open batch in shapes. In a file it means "as far as it goes", as the next one does.
int64_t notOpen(int64_t number) { return std::max(number, INT64_MIN + 1); }

/// Element `i` of two in each byte, the first in its lower half.
int64_t readPacked(StringRef bytes, int32_t type, size_t i) {
  const unsigned half = static_cast<unsigned char>(bytes[i / 2]) >> (i % 2 * 4) & 15U;
  return type == int4Type && half > 7 ? static_cast<int64_t>(half) - 16 : half;
}

/// Element `i` of little-endian `bytes`. What exceeds int64 wraps: no index or shape is that large.
int64_t readInteger(StringRef bytes, int32_t type, size_t i) {
  using namespace support;
  if (isPacked(type))
    return readPacked(bytes, type, i);
  const char *at = bytes.data() + storedBytes(type) * i;
  switch (type) {
  case TensorProto::INT64:
  case TensorProto::UINT64: return notOpen(static_cast<int64_t>(endian::read64le(at)));
  case TensorProto::INT32: return static_cast<int32_t>(endian::read32le(at));
  case TensorProto::UINT32: return endian::read32le(at);
  case TensorProto::INT16: return static_cast<int16_t>(endian::read16le(at));
  case TensorProto::UINT16: return endian::read16le(at);
  case TensorProto::INT8: return static_cast<int8_t>(*at);
  case TensorProto::UINT8: return static_cast<uint8_t>(*at);
  default: return *at != 0;
  }
}

/// Calls `get` for each element, and with `finite` refuses what float32 cannot hold.
Expected<std::vector<float>> convertFloats(int64_t count, double scale, bool finite, function_ref<double(size_t)> get) {
  std::vector<float> result(count);
  for (size_t i = 0; i < result.size(); ++i) {
    // The product of two float32 numbers is exact in double: one rounding in all.
    double wide = get(i) * scale;
    result[i] = static_cast<float>(wide);
    if (finite && !std::isfinite(result[i]))
      return makeError("element " + Twine(i) + " is " + printNumber(wide) + ", needed a finite float32 number");
  }
  return result;
}

std::optional<StringRef> findExternal(const TensorProto &tensor, StringRef key) {
  for (const onnx::StringStringEntryProto &entry : tensor.external_data())
    if (entry.key() == key)
      return StringRef(entry.value());
  return std::nullopt;
}

} // namespace

Expected<SmallVector<int64_t>> TensorReader::readShape(const TensorProto &tensor) {
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  if (onnxir::countElements(shape))
    return shape;
  return makeError("has the shape " + printShape(shape) + ", needed at most " + Twine(onnxir::maxElements) +
                   " elements");
}

Expected<MemoryBuffer *> TensorReader::openExternal(StringRef location) {
  std::unique_ptr<MemoryBuffer> &file = externalFiles[location];
  if (file)
    return file.get();
  StringRef shown = location;
  if (location.empty() || location.contains('\0') || sys::path::is_absolute(location) ||
      is_contained(make_range(sys::path::begin(location), sys::path::end(location)), ".."))
    return makeError("external data '" + printable(shown) + "' must lie in the folder of the model or below");
  SmallString<128> path(directory), root(directory);
  sys::path::append(path, location);
  if (root.empty())
    root = ".";
  // Links are followed before the place is compared: a link must not lead out of the folder either.
  SmallString<128> realPath, realRoot;
  if (std::error_code problem = sys::fs::real_path(path, realPath))
    return makeError("external data '" + printable(shown) + "' cannot be read: " + problem.message());
  if (sys::fs::real_path(root, realRoot) || !StringRef(realPath).starts_with((realRoot + "/").str()))
    return makeError("external data '" + printable(shown) + "' must lie in the folder of the model or below");
  if (!sys::fs::is_regular_file(realPath))
    return makeError("external data '" + printable(shown) + "' is not a file");
  auto opened = MemoryBuffer::getFile(realPath, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!opened)
    return makeError("external data '" + printable(shown) + "' cannot be read: " + opened.getError().message());
  file = std::move(*opened);
  return file.get();
}

Expected<StringRef> TensorReader::readExternal(const TensorProto &tensor, uint64_t needed) {
  std::optional<StringRef> location = findExternal(tensor, "location");
  if (!location)
    return makeError("is stored outside the model but names no location");
  uint64_t offset = 0, length = needed;
  std::optional<StringRef> offsetText = findExternal(tensor, "offset"), lengthText = findExternal(tensor, "length");
  if (offsetText && offsetText->getAsInteger(10, offset))
    return makeError("has the external offset '" + printable(*offsetText) + "', needed a number of bytes");
  if (lengthText && lengthText->getAsInteger(10, length))
    return makeError("has the external length '" + printable(*lengthText) + "', needed a number of bytes");
  if (length != needed)
    return makeError("has the external length " + Twine(length) + ", its shape needs " + Twine(needed) + " bytes");
  Expected<MemoryBuffer *> file = openExternal(*location);
  if (!file)
    return file.takeError();
  uint64_t size = (*file)->getBufferSize();
  if (offset > size || needed > size - offset)
    return makeError("offset " + Twine(offset) + " + length " + Twine(needed) +
                     " runs past the end of external data '" + printable(*location) + "' (" + Twine(size) + " bytes)");
  return (*file)->getBuffer().substr(offset, needed);
}

Expected<StringRef> TensorReader::readBytes(const TensorProto &tensor, uint64_t needed) {
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return readExternal(tensor, needed);
  const std::string &raw = tensor.raw_data();
  if (raw.size() != needed)
    return makeError("holds " + Twine(raw.size()) + " bytes, its shape and element type need " + Twine(needed));
  return StringRef(raw);
}

Expected<std::vector<float>> TensorReader::readFloats(const TensorProto &tensor, double scale, bool finite) {
  Expected<SmallVector<int64_t>> shape = readShape(tensor);
  if (!shape)
    return shape.takeError();
  int64_t count = *onnxir::countElements(*shape);
  int32_t type = tensor.data_type();
  if (!isFloatType(type))
    return makeError("has element type " + printElementType(type) + ", needed float, double or float16");
  if (tensor.data_location() == TensorProto::EXTERNAL || tensor.has_raw_data() || !hasTypedData(tensor)) {
    Expected<StringRef> bytes = readBytes(tensor, storedBytes(type, count));
    if (!bytes)
      return bytes.takeError();
    return convertFloats(count, scale, finite, [&](size_t i) { return readFloat(*bytes, type, i); });
  }
  if (type == TensorProto::FLOAT) {
    if (Error problem = checkCount(tensor.float_data_size(), count))
      return problem;
    return convertFloats(count, scale, finite, [&](size_t i) -> double { return tensor.float_data(i); });
  }
  if (type == TensorProto::DOUBLE) {
    if (Error problem = checkCount(tensor.double_data_size(), count))
      return problem;
    return convertFloats(count, scale, finite, [&](size_t i) { return tensor.double_data(i); });
  }
  if (Error problem = checkCount(tensor.int32_data_size(), count))
    return problem;
  return convertFloats(count, scale, finite, [&](size_t i) { return halfToDouble(tensor.int32_data(i)); });
}

Expected<std::vector<int64_t>> TensorReader::readIntegers(const TensorProto &tensor) {
  Expected<SmallVector<int64_t>> shape = readShape(tensor);
  if (!shape)
    return shape.takeError();
  int64_t count = *onnxir::countElements(*shape);
  int32_t type = tensor.data_type();
  if (!isIntegerType(type))
    return makeError("has element type " + printElementType(type) + ", needed integers or bool");
  if (tensor.data_location() == TensorProto::EXTERNAL || tensor.has_raw_data() || !hasTypedData(tensor)) {
    Expected<StringRef> bytes = readBytes(tensor, storedBytes(type, count));
    if (!bytes)
      return bytes.takeError();
    std::vector<int64_t> result(count);
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = readInteger(*bytes, type, i);
    return result;
  }
  const auto copy = [&](const auto &numbers) -> Expected<std::vector<int64_t>> {
    if (Error problem = checkCount(numbers.size(), count))
      return problem;
    std::vector<int64_t> result(numbers.begin(), numbers.end());
    for (int64_t &number : result)
      number = notOpen(number);
    return result;
  };
  if (isPacked(type)) {
    if (Error problem = checkCount(tensor.int32_data_size(), (count + 1) / 2))
      return problem;
    std::vector<int64_t> result(count);
    const std::string bytes(tensor.int32_data().begin(), tensor.int32_data().end());
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = readPacked(bytes, type, i);
    return result;
  }
  if (type == TensorProto::INT64)
    return copy(tensor.int64_data());
  if (type == TensorProto::UINT64 || type == TensorProto::UINT32)
    return copy(tensor.uint64_data());
  return copy(tensor.int32_data());
}

} // namespace wage
