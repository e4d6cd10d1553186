//===- RequantizedLayer.cpp - what one QLinearConv can say -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A runtime converts the int32 sum to float32, multiplies it by the quotient of the scales, here a power of two, rounds half
// to even and saturates to int8. The product is exact wherever the conversion is: up to 2^24. A larger sum is rounded to 24
// bits; with a shift of at most 17 it is at least 2^24 * 2^-17 = 128 before and after, and saturates either way.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/RequantizedLayer.h"

using namespace mlir;

namespace wage {

namespace {

constexpr uint64_t largestExactFloat = uint64_t(1) << 24;
constexpr int32_t largestSaturatingShift = 17;

/// Walks up from the rounding to the layer, as long as each op is there for the next one alone.
class Matcher {
public:
  Matcher(const BoundAnalysis &bounds, const KnownIntegers &known) : bounds(bounds), known(known) {}

  std::optional<RequantizedLayer> match(integer::ShiftClipOp op) {
    plan.shiftClip = op;
    if (op.getHalfAway() || op.getBits() > 8 || !climb(op.getInput()) || !findExponents() || !divideBias())
      return std::nullopt;
    std::reverse(plan.movements.begin(), plan.movements.end());
    return std::move(plan);
  }

private:
  bool climb(Value value) {
    while (Operation *op = value.getDefiningOp()) {
      if (!value.hasOneUse())
        return false;
      plan.absorbed.push_back(op);
      if (isa<integer::Conv2DOp, integer::MatmulOp>(op))
        return takeLayer(op);
      if (!takeBetween(op))
        return false;
      value = op->getOperand(0);
    }
    return false;
  }

  /// In front of the bias all is one sum; behind it anything that is monotone commutes with the rounding.
  bool takeBetween(Operation *op) {
    if (auto add = dyn_cast<integer::AddBiasOp>(op)) {
      const std::vector<int64_t> *elements = align || !plan.bias.empty() ? nullptr : known.find(add.getBias());
      plan.bias = elements ? *elements : std::vector<int64_t>();
      return elements;
    }
    if (auto shifts = dyn_cast<integer::AlignChannelsOp>(op))
      return std::exchange(align, shifts) == nullptr;
    if (align || !plan.bias.empty())
      return false;
    if (isa<integer::ReluOp>(op))
      return plan.hasRelu = true;
    plan.movements.push_back(op);
    return isa<integer::MaxPoolOp, integer::ReshapeOp>(op);
  }

  /// The sum itself must be bytes times bytes in 32 bits; QLinearMatMul takes no bias.
  bool takeLayer(Operation *op) {
    plan.layer = op;
    return bounds.getBound(op->getOperand(0)).magnitude <= largestByte && known.find(op->getOperand(1)) &&
           bounds.getBound(op->getOperand(1)).magnitude <= largestByte &&
           (isa<integer::Conv2DOp>(op) || plan.bias.empty());
  }

  int32_t alignment(size_t channel) { return align ? align.getShifts()[channel] : 0; }

  /// Of the whole sum, aligned and with its bias, in channel `channel`.
  uint64_t sumBound(size_t channel) {
    Value sum = plan.layer->getResult(0);
    if (Operation *last = biasOp() ? biasOp() : align.getOperation())
      sum = last->getResult(0);
    const integer::Bound &bound = bounds.getBound(sum);
    return bound.channels.empty() ? bound.magnitude : bound.channels[channel];
  }

  Operation *biasOp() {
    const auto found = llvm::find_if(plan.absorbed, [](Operation *op) { return isa<integer::AddBiasOp>(op); });
    return found == plan.absorbed.end() ? nullptr : *found;
  }

  /// Whether float32 rounds every channel as the shift does.
  bool findExponents() {
    const int64_t channels = cast<ShapedType>(plan.layer->getResult(0).getType()).getDimSize(1);
    for (int64_t channel = 0; channel < channels; ++channel) {
      const int32_t shift = static_cast<int32_t>(plan.shiftClip.getShift()) - alignment(channel);
      const uint64_t largest = sumBound(channel) >> alignment(channel);
      if (largest > INT32_MAX || (largest > largestExactFloat && shift > largestSaturatingShift))
        return false;
      plan.exponents.push_back(-shift);
    }
    if (llvm::all_equal(plan.exponents))
      plan.exponents.resize(1);
    return true;
  }

  /// The bias stands on the grid that the channels are aligned to, QLinearConv adds it before: it must be a multiple.
  bool divideBias() {
    for (auto [channel, element] : llvm::enumerate(plan.bias)) {
      const int64_t step = int64_t(1) << alignment(channel);
      if (element % step != 0 || std::abs(element / step) > INT32_MAX)
        return false;
      element /= step;
    }
    return true;
  }

  const BoundAnalysis &bounds;
  const KnownIntegers &known;
  RequantizedLayer plan;
  integer::AlignChannelsOp align;
};

} // namespace

std::optional<RequantizedLayer> matchRequantizedLayer(integer::ShiftClipOp op, const BoundAnalysis &bounds,
                                                      const KnownIntegers &known) {
  return Matcher(bounds, known).match(op);
}

} // namespace wage
