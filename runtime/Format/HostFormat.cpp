//===- HostFormat.cpp - shapes of the model's own tensors ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/HostFormat.h"

#include <algorithm>

namespace wage::rt {

bool HostOutput::givesIndices() const {
  return std::any_of(functions.begin(), functions.end(),
                     [](const HostFunction &f) { return f.kind == HostFunctionKind::ArgMax; });
}

std::vector<uint32_t> HostOutput::finalShape() const {
  std::vector<uint32_t> result = shape;
  for (const HostFunction &function : functions)
    result = shapeAfter(function, std::move(result));
  return result;
}

std::vector<uint32_t> shapeAfter(const HostFunction &function, std::vector<uint32_t> shape) {
  if (function.kind == HostFunctionKind::Reshape)
    return function.shape;
  if (function.kind != HostFunctionKind::ArgMax)
    return shape;
  if (function.keepDims)
    shape[function.axis - 1] = 1;
  else
    shape.erase(shape.begin() + (function.axis - 1));
  return shape;
}

uint64_t elementsOf(const std::vector<uint32_t> &shape) {
  uint64_t elements = 1;
  for (uint32_t extent : shape)
    if (__builtin_mul_overflow(elements, uint64_t(extent), &elements) || elements >> 63)
      elements = uint64_t(1) << 63;
  return elements;
}

const char *hostFunctionName(HostFunctionKind kind) {
  static const char *const names[hostFunctionKinds] = {"softmax", "log_softmax", "arg_max", "sigmoid", "tanh",
                                                       "relu",    "softplus",    "exp",     "reshape"};
  return names[static_cast<size_t>(kind)];
}

} // namespace wage::rt
