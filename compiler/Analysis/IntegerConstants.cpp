//===- IntegerConstants.cpp - integers out of attributes ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/IntegerConstants.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;

namespace wage {
namespace {

bool isUnsigned(IntegerType type) { return type.isUnsigned() || type.getWidth() == 1; }

template <typename Element> std::vector<int64_t> widen(ArrayRef<char> bytes) {
  std::vector<int64_t> integers(bytes.size() / sizeof(Element));
  for (size_t i = 0; i < integers.size(); ++i) {
    Element element; // copied: a blob parsed from bytecode need not be aligned
    std::memcpy(&element, bytes.data() + i * sizeof(Element), sizeof(Element));
    integers[i] = static_cast<int64_t>(element);
  }
  return integers;
}

std::optional<std::vector<int64_t>> readBlob(DenseResourceElementsAttr attribute, IntegerType type) {
  const AsmResourceBlob *blob = attribute.getRawHandle().getBlob();
  const int64_t bytesNeeded = attribute.getNumElements() * (type.getWidth() / 8);
  if (!blob || static_cast<int64_t>(blob->getData().size()) != bytesNeeded)
    return std::nullopt;
  switch (type.getWidth()) {
  case 8: return type.isUnsigned() ? widen<uint8_t>(blob->getData()) : widen<int8_t>(blob->getData());
  case 16: return type.isUnsigned() ? widen<uint16_t>(blob->getData()) : widen<int16_t>(blob->getData());
  case 32: return type.isUnsigned() ? widen<uint32_t>(blob->getData()) : widen<int32_t>(blob->getData());
  case 64: return widen<int64_t>(blob->getData());
  default: return std::nullopt;
  }
}

} // namespace

std::optional<std::vector<int64_t>> readIntegers(Attribute attribute) {
  const auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  const auto type = elements ? dyn_cast<IntegerType>(elements.getElementType()) : IntegerType();
  if (!type || type.getWidth() > 64)
    return std::nullopt;
  if (const auto resource = dyn_cast<DenseResourceElementsAttr>(attribute))
    return readBlob(resource, type);
  const auto dense = dyn_cast<DenseIntElementsAttr>(attribute);
  if (!dense)
    return std::nullopt;
  std::vector<int64_t> integers;
  integers.reserve(dense.getNumElements());
  for (const APInt &element : dense.getValues<APInt>())
    integers.push_back(isUnsigned(type) ? static_cast<int64_t>(element.getZExtValue()) : element.getSExtValue());
  return integers;
}

} // namespace wage
