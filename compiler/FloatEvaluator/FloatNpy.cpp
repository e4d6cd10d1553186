//===- FloatNpy.cpp - arrays in and out of the float evaluator ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatEvaluator/FloatNpy.h"

#include "compiler/Interpreter/Npy.h"

#include "mlir/IR/BuiltinTypes.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace wage::floats {

namespace {

/// Converts little-endian elements; whether float32 held all of them.
template <typename Element> bool decode(StringRef bytes, FloatTensor &tensor) {
  bool exact = true;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const auto element = support::endian::read<Element, llvm::endianness::little>(bytes.data() + i * sizeof(Element));
    const float number = static_cast<float>(element);
    tensor.mutableData()[i] = number;
    // Fractions may be rounded, whole numbers not.
    if constexpr (std::is_integral_v<Element>)
      exact &= static_cast<double>(number) == static_cast<double>(element);
  }
  return exact;
}

bool decodeHalf(StringRef bytes, FloatTensor &tensor) {
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.mutableData()[i] =
        APFloat(APFloat::IEEEhalf(), APInt(16, support::endian::read16le(bytes.data() + 2 * i))).convertToFloat();
  return true;
}

template <typename Element> std::string encode(const FloatTensor &tensor) {
  std::string bytes(tensor.size() * sizeof(Element), 0);
  for (int64_t i = 0; i < tensor.size(); ++i)
    support::endian::write<Element, llvm::endianness::little>(bytes.data() + i * sizeof(Element),
                                                              static_cast<Element>(tensor.data()[i]));
  return bytes;
}

} // namespace

Expected<FloatTensor> readFloatNpy(StringRef path) {
  Expected<interpreter::NpyFile> file = interpreter::readNpyFile(path);
  if (!file)
    return file.takeError();
  FloatTensor tensor(file->shape);
  using Decoder = bool (*)(StringRef, FloatTensor &);
  static const std::pair<StringLiteral, Decoder> decoders[] = {
      {"f4", decode<float>},   {"f8", decode<double>},   {"f2", decodeHalf},       {"b1", decode<uint8_t>},
      {"i1", decode<int8_t>},  {"i2", decode<int16_t>},  {"i4", decode<int32_t>},  {"i8", decode<int64_t>},
      {"u1", decode<uint8_t>}, {"u2", decode<uint16_t>}, {"u4", decode<uint32_t>}, {"u8", decode<uint64_t>}};
  for (const auto &[type, decoder] : decoders) {
    if (file->type.drop_front() != type)
      continue;
    if (decoder(file->elements, tensor))
      return tensor;
    return createStringError(inconvertibleErrorCode(), path + ": holds integers that float32 does not");
  }
  return createStringError(inconvertibleErrorCode(),
                           path + ": elements of type '" + file->type + "', needs floats, integers or truth values");
}

Error writeFloatNpy(StringRef path, const FloatTensor &tensor, mlir::Type elementType) {
  auto integer = dyn_cast<mlir::IntegerType>(elementType);
  const auto write = [&](StringRef type, const std::string &bytes) {
    return interpreter::writeNpyFile(path, tensor.shape, type, bytes);
  };
  if (!integer)
    return write("<f4", encode<float>(tensor));
  switch (integer.getWidth() * 2 + integer.isUnsigned()) {
  case 2: return write("|b1", encode<uint8_t>(tensor));
  case 16: return write("|i1", encode<int8_t>(tensor));
  case 17: return write("|u1", encode<uint8_t>(tensor));
  case 32: return write("<i2", encode<int16_t>(tensor));
  case 33: return write("<u2", encode<uint16_t>(tensor));
  case 64: return write("<i4", encode<int32_t>(tensor));
  case 65: return write("<u4", encode<uint32_t>(tensor));
  case 129: return write("<u8", encode<uint64_t>(tensor));
  default: return write("<i8", encode<int64_t>(tensor));
  }
}

} // namespace wage::floats
