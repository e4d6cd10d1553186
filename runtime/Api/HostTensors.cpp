//===- HostTensors.cpp - real values in front of the chip and behind it --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/HostTensors.h"

#include <algorithm>
#include <cmath>

namespace wage::rt {

namespace {

/// Calls `visit(from, to)` for every element that an order, which has been verified, brings to a result of `elements`.
template <typename Visit> void forEachElement(const Rearrangement &order, uint64_t elements, Visit visit) {
  const Rearrangement move =
      isIdentity(order) ? Rearrangement{{static_cast<int64_t>(elements)}, {0, 1}, {0, 1}} : normalized(order);
  forEachRun(move, 0, static_cast<int64_t>(elements), [&](int64_t target, int64_t source, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      visit(source + i * move.from.back(), target + i * move.to.back());
  });
}

/// The factor of a channel: one for all, one each, or none given.
double factorOf(const std::vector<double> &factors, uint64_t channel, double fallback) {
  return factors.empty() ? fallback : factors[factors.size() == 1 ? 0 : channel];
}

/// One sample's numbers on their way through the functions. They stay integers as long as that loses nothing.
class OutputValues {
public:
  OutputValues(const HostOutput &format, const int64_t *logits)
      : shape(format.shape), step(format.step), integers(elementsOf(format.shape), 0) {
    forEachElement(format.order, integers.size(), [&](uint64_t from, uint64_t to) { integers[to] = logits[from]; });
  }

  void apply(const HostFunction &function) {
    if (function.kind == HostFunctionKind::ArgMax)
      integers.empty() ? takeLargest(reals, function) : takeLargest(integers, function);
    else if (function.kind != HostFunctionKind::Reshape)
      compute(function);
    shape = shapeAfter(function, std::move(shape));
  }

  std::vector<double> take() {
    makeReal();
    return std::move(reals);
  }

private:
  void makeReal() {
    for (int64_t integer : integers)
      reals.push_back(double(integer) * step);
    integers.clear();
  }

  void compute(const HostFunction &function);
  template <typename T> void takeLargest(std::vector<T> &values, const HostFunction &function);

  /// Calls `visit(first, extent, stride)` for every row of elements along an axis.
  template <typename Visit> void forEachRow(uint32_t axis, Visit visit) const {
    const auto middle = shape.begin() + (axis - 1);
    const uint64_t outer = elementsOf({shape.begin(), middle}), extent = *middle;
    const uint64_t inner = elementsOf({middle + 1, shape.end()});
    for (uint64_t o = 0; o < outer; ++o)
      for (uint64_t i = 0; i < inner; ++i)
        visit(o * extent * inner + i, extent, inner);
  }

  std::vector<uint32_t> shape;
  double step;
  std::vector<int64_t> integers; ///< steps; empty once the values are real
  std::vector<double> reals;
};

template <typename T> void OutputValues::takeLargest(std::vector<T> &values, const HostFunction &function) {
  std::vector<double> indices;
  forEachRow(function.axis, [&](uint64_t first, uint64_t extent, uint64_t stride) {
    uint64_t best = 0;
    for (uint64_t i = 1; i < extent; ++i) {
      const T &value = values[first + i * stride], &largest = values[first + best * stride];
      if (value > largest || (function.last && value == largest))
        best = i;
    }
    indices.push_back(double(best));
  });
  integers.clear();
  reals = std::move(indices);
}

/// Softmax of a row, or its logarithm. The largest element is taken off first, so that no exp overflows.
void softmax(double *row, uint64_t extent, uint64_t stride, bool logarithm) {
  double largest = row[0], sum = 0;
  for (uint64_t i = 1; i < extent; ++i)
    largest = std::max(largest, row[i * stride]);
  for (uint64_t i = 0; i < extent; ++i)
    sum += std::exp(row[i * stride] - largest);
  const double logSum = std::log(sum);
  for (uint64_t i = 0; i < extent; ++i) {
    const double exponent = row[i * stride] - largest;
    row[i * stride] = logarithm ? exponent - logSum : std::exp(exponent) / sum;
  }
}

double evaluate(HostFunctionKind kind, double x) {
  switch (kind) {
  case HostFunctionKind::Sigmoid: return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
  case HostFunctionKind::Tanh: return std::tanh(x);
  case HostFunctionKind::Relu: return std::max(x, 0.0);
  case HostFunctionKind::Softplus: return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  case HostFunctionKind::Exp: return std::exp(x);
  default: return x;
  }
}

void OutputValues::compute(const HostFunction &function) {
  makeReal();
  const bool logarithm = function.kind == HostFunctionKind::LogSoftmax;
  if (logarithm || function.kind == HostFunctionKind::Softmax)
    return forEachRow(function.axis, [&](uint64_t first, uint64_t extent, uint64_t stride) {
      softmax(&reals[first], extent, stride, logarithm);
    });
  for (double &value : reals)
    value = evaluate(function.kind, value);
}

/// Whether the largest along an axis stands at the same index before a function as behind it.
bool keepsOrder(HostFunctionKind kind, bool sameAxis) {
  switch (kind) {
  case HostFunctionKind::Softmax:
  case HostFunctionKind::LogSoftmax: return sameAxis;
  case HostFunctionKind::Sigmoid:
  case HostFunctionKind::Tanh:
  case HostFunctionKind::Softplus:
  case HostFunctionKind::Exp: return true;
  default: return false;
  }
}

/// The functions without those whose rounding alone could change an arg_max: it is taken in front of them.
std::vector<HostFunction> neededFunctions(const std::vector<HostFunction> &functions) {
  std::vector<HostFunction> needed;
  for (const HostFunction &function : functions) {
    if (function.kind == HostFunctionKind::ArgMax)
      while (!needed.empty() && keepsOrder(needed.back().kind, needed.back().axis == function.axis))
        needed.pop_back();
    needed.push_back(function);
  }
  return needed;
}

} // namespace

HostInput inputFormat(const Program &program) {
  if (program.input)
    return *program.input;
  HostInput format;
  format.shape = {program.inputChannels, program.inputHeight, program.inputWidth};
  format.bits = program.inputBits();
  format.step = std::ldexp(1.0, 1 - int(format.bits));
  return format;
}

bool hasClassAxis(const Program &program) {
  if (!program.output)
    return true;
  const std::vector<uint32_t> &shape = program.output->shape;
  return isIdentity(program.output->order) &&
         std::count_if(shape.begin(), shape.end(), [](uint32_t extent) { return extent > 1; }) <= 1;
}

double inputInteger(const HostInput &format, uint64_t channel, double value) {
  const double scaled = value * factorOf(format.scale, channel, 1);
  // Ties go to even, as nothing changes the rounding mode.
  return std::nearbyint((scaled + factorOf(format.offset, channel, 0)) / format.step);
}

void quantizeInput(const Program &program, const HostInput &format, const double *values, uint32_t count,
                   int16_t *activations) {
  const uint64_t elements = elementsOf(format.shape), plane = program.inputElements() / program.inputChannels;
  const double limit = double(largestInteger(int(format.bits)));
  std::fill_n(activations, count * program.inputElements(), int16_t(0));
  for (uint32_t s = 0; s < count; ++s)
    forEachElement(format.order, program.inputElements(), [&](uint64_t from, uint64_t to) {
      const double steps = inputInteger(format, to / plane, values[s * elements + from]);
      activations[s * program.inputElements() + to] = int16_t(std::min(std::max(steps, -limit), limit));
    });
}

std::vector<double> realOutput(const HostOutput &format, const int64_t *logits) {
  OutputValues values(format, logits);
  for (const HostFunction &function : neededFunctions(format.functions))
    values.apply(function);
  return values.take();
}

} // namespace wage::rt
