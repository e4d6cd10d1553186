//===- VerifyHost.cpp - the model's own tensors ------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/VerifierParts.h"

#include <algorithm>
#include <cmath>

namespace wage::rt::verify {

namespace {

constexpr size_t mostDimensions = 8, mostFunctions = 16;
/// Real numbers whose products and quotients stay far inside the range of doubles.
constexpr double largestReal = 0x1p200;

bool isReal(double value) { return std::isfinite(value) && std::abs(value) <= largestReal; }
/// As a factor or divisor.
bool isFactor(double value) { return isReal(value) && std::abs(value) >= 1 / largestReal; }

std::string shapeText(const std::vector<uint32_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + number(shape[i]);
  return text + "]";
}

bool areExtents(const std::vector<uint32_t> &shape) {
  return shape.size() <= mostDimensions &&
         std::all_of(shape.begin(), shape.end(), [](uint32_t n) { return n >= 1 && n <= largestExtent; });
}

Status verifyShape(const std::string &where, const std::vector<uint32_t> &shape, uint64_t mostElements) {
  if (areExtents(shape) && elementsOf(shape) <= mostElements)
    return Status();
  return Status::error(where + "shape " + shapeText(shape) + ", needed at most " + number(mostDimensions) +
                       " extents of 1 to " + number(largestExtent) + " and at most " + number(mostElements) +
                       " elements");
}

/// The box's first and last element on one side lie inside `elements`. Errors: text without the place.
Status verifySide(const std::vector<uint32_t> &sizes, const std::vector<int64_t> &side, uint64_t elements) {
  int64_t low = side[0], high = side[0];
  bool fits = true;
  for (size_t d = 0; d < sizes.size(); ++d) {
    int64_t reach = 0;
    fits &= !__builtin_mul_overflow(side[1 + d], int64_t(sizes[d]) - 1, &reach);
    fits &= !__builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high);
  }
  if (fits && low >= 0 && high < static_cast<int64_t>(elements))
    return Status();
  return Status::error("runs past a tensor of " + number(elements) + " elements");
}

/// Whether no element is written twice: every stride is longer than all shorter ones together reach. (Also orders that do not
/// satisfy this may write no element twice; no layout needs them.)
bool writesOnce(const HostOrder &order) {
  std::vector<std::pair<uint64_t, uint64_t>> strides;
  for (size_t d = 0; d < order.sizes.size(); ++d)
    if (order.sizes[d] > 1)
      strides.push_back({std::abs(order.to[1 + d]), order.sizes[d] - 1});
  std::sort(strides.begin(), strides.end());
  uint64_t reach = 0; // at most the tensor, since verifySide has passed
  for (const auto &[stride, steps] : strides) {
    if (stride <= reach)
      return false;
    reach += stride * steps;
  }
  return true;
}

Status verifyOrder(const std::string &where, const HostOrder &order, uint64_t inputElements, uint64_t resultElements) {
  const auto wrong = [&](const std::string &text) { return Status::error(where + "its order of elements " + text); };
  if (order.isIdentity() && order.sizes.empty() && order.to.empty()) {
    if (inputElements == resultElements)
      return Status();
    return Status::error(where + number(inputElements) + " elements for " + number(resultElements));
  }
  if (order.from.size() != order.sizes.size() + 1 || order.to.size() != order.sizes.size() + 1)
    return wrong("has " + number(order.sizes.size()) + " sizes, " + number(order.from.size()) + " and " +
                 number(order.to.size()) + " entries, needed one more than sizes on each side");
  if (!areExtents(order.sizes) || elementsOf(order.sizes) > largestTensor)
    return wrong("has a box of " + shapeText(order.sizes));
  if (Status status = verifySide(order.sizes, order.from, inputElements); !status.ok())
    return wrong(status.text());
  if (Status status = verifySide(order.sizes, order.to, resultElements); !status.ok())
    return wrong(status.text());
  return writesOnce(order) ? Status() : wrong("may write an element twice");
}

Status verifyFactors(const std::string &where, const std::vector<double> &values, uint32_t channels, const char *name,
                     bool (*isGood)(double)) {
  if (values.size() > 1 && values.size() != channels)
    return Status::error(where + name + " has " + number(values.size()) + " entries for " + number(channels) +
                         " channels");
  for (double value : values)
    if (!isGood(value))
      return Status::error(where + name + " holds " + std::to_string(value) + ", needed a plain number");
  return Status();
}

/// What both ends have.
Status verifyTensor(const std::string &where, const std::vector<uint32_t> &shape, uint32_t batch, double step,
                    uint64_t mostElements) {
  if (Status status = verifyShape(where, shape, mostElements); !status.ok())
    return status;
  if (batch > largestExtent)
    return Status::error(where + "a batch of " + number(batch) + ", needed at most " + number(largestExtent));
  if (isFactor(step) && step > 0)
    return Status();
  return Status::error(where + "a step of " + std::to_string(step) + ", needed a plain number above 0");
}

Status verifyInput(const Program &p) {
  const HostInput &input = *p.input;
  const std::string where = "the model's input: ";
  if (Status status = verifyTensor(where, input.shape, input.batch, input.step, largestTensor); !status.ok())
    return status;
  if (Status status = verifyFactors(where, input.scale, p.inputChannels, "scale", isFactor); !status.ok())
    return status;
  if (Status status = verifyFactors(where, input.offset, p.inputChannels, "offset", isReal); !status.ok())
    return status;
  return verifyOrder(where, input.order, elementsOf(input.shape), p.inputElements());
}

Status verifyFunction(const std::string &where, const HostFunction &f, const std::vector<uint32_t> &shape,
                      bool isIndex) {
  if (static_cast<unsigned>(f.kind) >= hostFunctionKinds)
    return Status::error(where + "function " + number(static_cast<unsigned>(f.kind)) + " of " +
                         number(hostFunctionKinds));
  const std::string name = where + hostFunctionName(f.kind);
  if (isIndex && f.kind != HostFunctionKind::Reshape)
    return Status::error(name + " of indices, which an arg_max gave");
  const bool hasAxis = f.kind == HostFunctionKind::Softmax || f.kind == HostFunctionKind::LogSoftmax ||
                       f.kind == HostFunctionKind::ArgMax;
  if (hasAxis && (f.axis < 1 || f.axis > shape.size()))
    return Status::error(name + " along axis " + number(f.axis) + ", needed 1 to " + number(shape.size()));
  const bool isReshape = f.kind == HostFunctionKind::Reshape;
  if ((!hasAxis && f.axis != 0) || (f.kind != HostFunctionKind::ArgMax && (f.keepDims || f.last)) ||
      (!isReshape && !f.shape.empty()))
    return Status::error(name + " with an axis, a choice or a shape of another function");
  if (!isReshape)
    return Status();
  if (Status status = verifyShape(name + ": ", f.shape, largestExtent); !status.ok())
    return status;
  if (elementsOf(f.shape) == elementsOf(shape))
    return Status();
  return Status::error(name + " of " + shapeText(shape) + " to " + shapeText(f.shape));
}

Status verifyOutput(const Program &p) {
  const HostOutput &output = *p.output;
  const std::string where = "the model's output: ";
  if (Status status = verifyTensor(where, output.shape, output.batch, output.step, largestExtent); !status.ok())
    return status;
  if (Status status = verifyOrder(where, output.order, p.classes, elementsOf(output.shape)); !status.ok())
    return status;
  if (output.functions.size() > mostFunctions)
    return Status::error(where + number(output.functions.size()) + " functions, needed at most " +
                         number(mostFunctions));
  std::vector<uint32_t> shape = output.shape;
  bool isIndex = false;
  for (const HostFunction &function : output.functions) {
    if (Status status = verifyFunction(where, function, shape, isIndex); !status.ok())
      return status;
    shape = shapeAfter(function, std::move(shape));
    isIndex |= function.kind == HostFunctionKind::ArgMax;
  }
  return Status();
}

} // namespace

Status hostFormats(const Program &program) {
  if (program.input)
    if (Status status = verifyInput(program); !status.ok())
      return status;
  return program.output ? verifyOutput(program) : Status();
}

} // namespace wage::rt::verify
