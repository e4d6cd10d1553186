//===- PlanHost.cpp - plan what a host does before and behind the chip -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Conversion/OnnxToWage/Planner.h"
#include "compiler/Quantization/GridChoice.h"

#include <cmath>

using namespace mlir;

namespace wage {

namespace {

double numberOf(const ChannelNumbers &numbers, int64_t channel) {
  return numbers[numbers.size() == 1 ? 0 : static_cast<size_t>(channel)];
}

} // namespace

/// The operations folded into input and output are the host's.
void Planner::markHostOps() {
  for (Value value = plan.input.argument; value != plan.input.value;) {
    Operation *op = *value.user_begin();
    hostOps.insert(op);
    value = op->getResult(0);
  }
  SmallVector<Value> behind{plan.output.value};
  while (!behind.empty())
    for (Operation *user : behind.pop_back_val().getUsers())
      if (!user->hasTrait<OpTrait::IsTerminator>() && hostOps.insert(user).second)
        llvm::append_range(behind, user->getResults());
}

void Planner::planInput() {
  const InputFormat &format = plan.input;
  const ArrayRef<int64_t> shape = cast<ShapedType>(format.value.getType()).getShape();
  const PixelValues &pixels = options.pixels;
  checkUses(format.value, format.argument.getLoc(), "input '" + getNodeName(format.argument.getLoc()) + "'");
  GridType grid = gridOf(format.value);
  const bool isPlain = pixels.isDefault() && llvm::all_equal(format.scale) && format.scale.front() == 1 &&
                       llvm::all_equal(format.offset) && format.offset.front() == 0;
  const bool perChannel = format.scale.size() > 1 || pixels.scale.size() > 1 || pixels.offset.size() > 1;
  const int64_t channels = perChannel ? shape[1] : 1;
  if (!pixels.fits(shape[1])) {
    refuse(format.argument.getLoc()) << "pixel values are given for "
                                     << std::max(pixels.scale.size(), pixels.offset.size())
                                     << " channels, the input has " << shape[1];
    return;
  }
  const auto valueOf = [&](int64_t byte, int64_t channel) {
    const double real = static_cast<double>(byte) * pixels.getScale(channel) + pixels.getOffset(channel);
    return real * numberOf(format.scale, channel) + numberOf(format.offset, channel);
  };
  Operation *op = format.value.getDefiningOp();
  const bool isChosen = op ? op->hasAttr(WageDialect::gridAttr) : !!plan.main.getArgAttr(0, WageDialect::gridAttr);
  if (!isPlain && !isChosen) { // the bytes themselves say how large the input is
    Histogram histogram;
    for (int64_t i = 0; i < channels * 256; ++i) {
      const auto real = static_cast<float>(valueOf(i % 256, i / 256));
      histogram.add(&real, 1);
    }
    grid = GridType::get(grid.getContext(), Role::A, grid.getBits(),
                         std::clamp(chooseExponent(histogram, grid.getBits(), GridMethod::Max), -63, 63));
  }
  plan.encoding.grid = grid;
  states[format.value] = {false, {grid.getExponent(), 1}, nullptr, false};
  if (isPlain && grid.getExponent() == 1 - grid.getBits())
    return;
  const auto limit = static_cast<double>(grid.getLimit());
  for (int64_t i = 0; i < channels * 256; ++i) {
    const double steps = std::ldexp(valueOf(i % 256, i / 256), -grid.getExponent());
    plan.encoding.entries.push_back(static_cast<int16_t>(roundHalfEven(std::clamp(steps, -limit, limit))));
  }
}

void Planner::planOutput() {
  const Value output = plan.output.value;
  const std::optional<ValueState> state = require(output);
  if (!state) {
    // Reported where it should have been made, unless all there is is the host's, before the chip and behind it.
    if (!failed)
      refuse(plan.main.getLoc()) << "the network computes nothing";
    return;
  }
  plan.outputStep = state->worth.step() / plan.outputFactor;
  if (options.infers) {
    if (output == plan.input.value)
      refuse(plan.main.getLoc()) << "the network computes nothing";
    return;
  }
  if (Operation *relu = state->activated)
    refuse(relu) << "a Relu at the output is not supported: the output must be an accumulator";
  else if (!state->accumulator)
    refuse(plan.main.getLoc()) << "the network has no linear layer before its output";
  if (auto type = cast<ShapedType>(output.getType()); type.getRank() != 2)
    refuse(output.getLoc()) << getNodeName(output.getLoc()) << ": the output must have shape [batch, classes], got "
                            << type;
}

} // namespace wage
