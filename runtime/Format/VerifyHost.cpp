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

Status verifyOrder(const std::string &where, const Rearrangement &order, uint64_t inputElements,
                   uint64_t resultElements) {
  if (isIdentity(order) && order.from.empty() && order.to.empty()) {
    if (inputElements == resultElements)
      return Status();
    return Status::error(where + number(inputElements) + " elements for " + number(resultElements));
  }
  const std::string problem =
      checkRearrangement(order, static_cast<int64_t>(inputElements), static_cast<int64_t>(resultElements));
  if (!problem.empty())
    return Status::error(where + "its order of elements: " + problem);
  for (int64_t size : order.sizes)
    if (size > static_cast<int64_t>(largestExtent))
      return Status::error(where + "its order of elements: a size is " + number(size) + ", needed at most " +
                           number(largestExtent));
  return Status();
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
