//===- BytePlan.cpp - a lifted program as stages of bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/BytePlan.h"

#include "runtime/Api/Engine.h"
#include "runtime/FusedEngine/StepWrites.h"

#include <algorithm>
#include <tuple>

namespace wage::rt {

namespace {

/// Tensors of a stage, by which the backward pass is recognised.
struct StageTensors {
  int64_t input = -1, positive = -1, within = -1, positions = -1;
  uint32_t pool = 0;
  int64_t gradient = -1;
};

/// Reads the operations one after the other. Each `read` function either takes operations and returns true, or returns false,
/// and then there is no plan.
class Planner {
public:
  Planner(const Program &program, const FusedProgram &fused) : program(program), fused(fused) {}

  std::optional<BytePlan> plan() {
    plan_.phases.resize(fused.phases.size());
    if (!readForward() || (fused.phases.size() > program.inferPhases && !readTraining()) || !isOnce)
      return std::nullopt;
    return std::move(plan_);
  }

private:
  bool readForward();
  bool readImage();
  bool readLayer();
  bool readActivation(ByteStage &stage, StageTensors &its, int64_t sums);
  bool readTraining();
  bool readLoss();
  bool readBackward(uint32_t stage);
  bool readProducts(uint32_t stage, int64_t error);
  bool readErrorOf(uint32_t stage, int64_t product);
  bool readUpdates();
  bool readUpdate(uint32_t stage);

  /// The next operation of the phase that is no Clear; null at its end.
  const FusedOp *peek() {
    const std::vector<FusedOp> &ops = fused.phases[phase].ops;
    for (; next < ops.size() && ops[next].kind == FusedOp::Instruction && ops[next].opcode == Opcode::Clear; ++next)
      isOnce &= writes.add(ops[next]);
    return next < ops.size() ? &ops[next] : nullptr;
  }
  /// Takes the next operation if it is an instruction of this opcode.
  const FusedOp *take(Opcode opcode) { return takeIf(FusedOp::Instruction, opcode); }
  const FusedOp *take(FusedOp::Kind kind) { return takeIf(kind, Opcode::Clear); }
  const FusedOp *takeIf(FusedOp::Kind kind, Opcode opcode) {
    const FusedOp *op = peek();
    if (!op || op->kind != kind || (kind == FusedOp::Instruction && op->opcode != opcode))
      return nullptr;
    pass(*op);
    return op;
  }
  void pass(const FusedOp &op) {
    isOnce &= writes.add(op);
    ++next;
  }
  bool atEnd() { return !peek(); }
  bool nextPhase() {
    if (!atEnd() || phase + 1 >= fused.phases.size())
      return false;
    ++phase;
    next = 0;
    return true;
  }
  /// Whether neurons fire what has not been through a Relu yet, as round_shift and clip would round it.
  static bool isFire(const FusedOp &op, const ByteQuantizer &quantizer, const StageTensors &its) {
    return op.opcode == Opcode::Fire && !quantizer.hasRelu && its.within < 0 &&
           quantizer.rounding == Rounding::HalfAway;
  }
  void act(ByteAction::Kind kind, uint32_t stage = 0) { plan_.phases[phase].push_back({kind, stage}); }

  bool takes(const LinearBlock &layer) const {
    return program.config.mode == Mode::Train ? takesByteProducts(layer) : takesByteForward(layer);
  }
  const FusedTensor &tensor(int64_t i) const { return fused.tensors[i]; }
  bool fitsWord(int64_t i) const { return tensor(i).type != ElementType::Int64 && tensor(i).type != ElementType::Mask; }
  /// Of maxima and exponents, which may stand next to those of other cores, the first element counts.
  bool isNumber(int64_t i) const { return tensor(i).elements > 0 && tensor(i).lifetime == Lifetime::Step; }
  /// Forward and backward pools stand apart in the table.
  bool isSamePool(int64_t left, int64_t right) const {
    const Pool &a = program.pools[left], &b = program.pools[right];
    const auto all = [](const Pool &p) {
      return std::tie(p.height, p.width, p.kernelHeight, p.kernelWidth, p.strideY, p.strideX, p.padTop, p.padLeft,
                      p.outHeight, p.outWidth);
    };
    return all(a) == all(b);
  }
  /// Whether an instruction of a layer takes all its rows and neurons.
  bool isWhole(const FusedOp &op, size_t layerAt) const {
    const LinearBlock &geometry = program.layers[op.operands[layerAt]].geometry;
    return op.operands[layerAt + 1] == 0 && op.operands[layerAt + 2] == geometry.rowEnd &&
           op.operands[layerAt + 3] == 0 && op.operands[layerAt + 4] == geometry.neurons;
  }

  const Program &program;
  const FusedProgram &fused;
  BytePlan plan_;
  std::vector<StageTensors> tensors;
  uint32_t phase = 0;
  size_t next = 0;
  StepWrites writes;
  bool isOnce = true;   ///< each tensor is what the operation that wrote it says
  int64_t current = -1; ///< the activations, or the error, that the operations so far have come to
  int64_t channels = 0, height = 0, width = 0; ///< of the activations
  bool isSigned = true;
  bool endsInSums = false; ///< the layer that was read has no activation
};

} // namespace

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

/// `prepare` only clears; the forward phase ends with the logits.
bool Planner::readForward() {
  while (atEnd())
    if (!nextPhase())
      return false;
  if (!fused.phases[phase].perSample || !readImage())
    return false;
  act(ByteAction::Forward);
  do {
    if (!readLayer())
      return false;
  } while (peek() && peek()->kind == FusedOp::Instruction);
  const ByteStage &last = plan_.stages.back();
  const FusedOp *logits = take(FusedOp::HostLogits);
  return logits && endsInSums && last.outHeight == 1 && last.outWidth == 1 && logits->operands[0] == current &&
         logits->operands[1] == 0 && logits->operands[2] == 0 && logits->operands[3] == int64_t(program.classes) &&
         tensor(current).elements == int64_t(program.classes) && atEnd() && phase + 1 == program.inferPhases;
}

bool Planner::readImage() {
  const FusedOp *image = take(FusedOp::HostImage);
  if (!image || image->operands[1] != 0 || image->operands[2] != 0 ||
      image->operands[3] != int64_t(program.inputElements()))
    return false;
  current = image->operands[0];
  channels = program.inputChannels, height = program.inputHeight, width = program.inputWidth;
  return tensor(current).type == ElementType::Int8 && tensor(current).elements == channels * height * width;
}

/// A linear layer and, unless it is the last, its activations.
bool Planner::readLayer() {
  const FusedOp *forward = take(Opcode::Forward);
  if (!forward || forward->operands[0] != current || !isWhole(*forward, 2) || !fitsWord(forward->operands[1]))
    return false;
  ByteStage stage;
  stage.layer = static_cast<uint32_t>(forward->operands[2]);
  stage.isSigned = isSigned;
  stage.geometry = program.layers[stage.layer].geometry;
  if (program.layers[stage.layer].isCopy())
    return false;
  if (stage.geometry.height == 1 && stage.geometry.width == 1 && stage.geometry.groups == 1 &&
      isMatrixProduct(stage.geometry) && stage.geometry.rows() == channels * height * width)
    stage.geometry = overPlane(stage.geometry, channels, height, width);
  if (stage.geometry.height != height || stage.geometry.width != width ||
      stage.geometry.rows() != channels * stage.geometry.window() || !takes(stage.geometry))
    return false;
  StageTensors its;
  its.input = current;
  current = forward->operands[1];
  if (const FusedOp *bias = take(Opcode::AddBias)) {
    if (bias->operands[0] != current || bias->operands[2] != int64_t(stage.layer) || !fitsWord(bias->operands[1]))
      return false;
    current = bias->operands[1];
  } else if (!program.layers[stage.layer].bias.empty()) {
    return false;
  }
  channels = stage.geometry.neurons, height = stage.geometry.outHeight, width = stage.geometry.outWidth;
  if (tensor(current).elements != channels * height * width)
    return false;
  endsInSums = peek() && peek()->kind == FusedOp::HostLogits;
  if (!endsInSums && !readActivation(stage, its, current))
    return false;
  stage.outHeight = height, stage.outWidth = width;
  isSigned = endsInSums || !stage.quantizer.hasRelu;
  plan_.stages.push_back(stage);
  tensors.push_back(its);
  return true;
}

/// Pool, masks, Relu and shift_clip, in an order that means what a ByteQuantizer does.
bool Planner::readActivation(ByteStage &stage, StageTensors &its, int64_t sums) {
  ByteQuantizer &quantizer = stage.quantizer;
  quantizer.hasRelu = false;
  quantizer.rounding = program.config.rounding;
  quantizer.pool.height = quantizer.pool.outHeight = static_cast<int32_t>(height);
  quantizer.pool.width = quantizer.pool.outWidth = static_cast<int32_t>(width);
  quantizer.withinLimit = INT64_MAX;
  current = sums;
  bool isRounded = false, hasPool = false;
  while (const FusedOp *op = peek()) {
    if (op->kind != FusedOp::Instruction || op->opcode == Opcode::Forward || op->operands[0] != current)
      break;
    const std::vector<int64_t> &o = op->operands;
    if (op->opcode == Opcode::MaxPool && !hasPool && (isRounded || (!quantizer.hasRelu && its.within < 0))) {
      quantizer.pool = poolWindow(program.pools[o[3]], channels);
      // A matrix product's samples stand side by side as pixels do: no window may look at its neighbours.
      if (quantizer.pool.height != height || quantizer.pool.width != width || height * width == 1 || o[4] != channels)
        return false;
      quantizer.poolsSums = !isRounded;
      its.positions = o[2];
      its.pool = static_cast<uint32_t>(o[3]);
      hasPool = true;
      height = quantizer.pool.outHeight, width = quantizer.pool.outWidth;
      current = o[1];
    } else if (op->opcode == Opcode::Positive && !isRounded && !quantizer.hasRelu && its.positive < 0) {
      its.positive = o[1];
    } else if (op->opcode == Opcode::Relu && !isRounded && !quantizer.hasRelu && its.within < 0) {
      quantizer.hasRelu = true;
      current = o[1];
    } else if (op->opcode == Opcode::Within && !isRounded && its.within < 0) {
      its.within = o[1];
      quantizer.withinLimit = (o[3] << 32) | static_cast<uint32_t>(o[2]);
    } else if (!isRounded && (op->opcode == Opcode::ShiftClip || isFire(*op, quantizer, its))) {
      if (op->opcode == Opcode::Fire)
        quantizer.hasRelu = o[4] == 0;
      quantizer.shift = static_cast<int>(o[2]);
      quantizer.bits = static_cast<int>(o[3]);
      isRounded = true;
      current = o[1];
    } else {
      return false;
    }
    if (tensor(current).elements != channels * height * width || !fitsWord(current))
      return false;
    pass(*op);
  }
  const PoolWindow &pool = quantizer.pool;
  return isRounded && tensor(current).type == ElementType::Int8 && quantizer.bits <= 8 && quantizer.shift < 31 &&
         quantizer.withinLimit >= 0 && fitsGate(pool);
}

//===----------------------------------------------------------------------===//
// Backward
//===----------------------------------------------------------------------===//

bool Planner::readTraining() {
  if (!nextPhase() || !readLoss())
    return false;
  for (uint32_t stage = static_cast<uint32_t>(plan_.stages.size()); stage-- > 0;) {
    if (!readBackward(stage))
      return false;
    if (!plan_.stages[stage].handsErrorOn)
      break;
  }
  return readUpdates();
}

bool Planner::readLoss() {
  const FusedOp *labels = take(FusedOp::HostLabels);
  const FusedOp *subtract = labels ? take(Opcode::SubtractOneHot) : nullptr;
  const FusedOp *maximum = subtract ? take(Opcode::MaxAbs) : nullptr;
  if (!maximum || subtract->operands[0] != current || subtract->operands[1] != labels->operands[0] ||
      subtract->operands[3] != 0 || !fitsWord(subtract->operands[2]) || maximum->operands[0] != subtract->operands[2] ||
      !isNumber(maximum->operands[1]))
    return false;
  current = subtract->operands[2];
  plan_.targetShift = static_cast<int>(subtract->operands[4]);
  ByteStage &last = plan_.stages.back();
  last.errorMaximum = static_cast<uint32_t>(maximum->operands[1]);
  act(ByteAction::Loss);
  return plan_.targetShift < 31;
}

/// A phase that turns the maximum of the stage's error into an exponent, then one that rounds the error and uses it.
bool Planner::readBackward(uint32_t index) {
  ByteStage &stage = plan_.stages[index];
  const StageTensors &its = tensors[index];
  if (!nextPhase())
    return false;
  const FusedOp *exponent = take(Opcode::ShiftExponent);
  if (!exponent || exponent->operands[0] != int64_t(stage.errorMaximum) || !isNumber(exponent->operands[1]))
    return false;
  stage.errorExponent = static_cast<uint32_t>(exponent->operands[1]);
  act(ByteAction::ErrorExponent, index);
  if (!nextPhase() || !fused.phases[phase].perSample)
    return false;
  const FusedOp *round = take(Opcode::ShiftClipBy);
  if (!round || round->operands[0] != current || round->operands[1] != int64_t(stage.errorExponent) ||
      round->operands[3] >= 0 || round->operands[4] > 8)
    return false; // an exponent is at most 31, that of 2^31, and the shift below that
  stage.hasError = true;
  stage.errorShift = static_cast<int>(round->operands[3]);
  stage.errorBits = static_cast<int>(round->operands[4]);
  int64_t error = round->operands[2];
  const bool isLast = index + 1 == plan_.stages.size();
  if (!isLast && stage.quantizer.hasRelu) {
    const FusedOp *mask = take(Opcode::ApplyMask);
    if (!mask || mask->operands[0] != error || mask->operands[1] != its.positive)
      return false;
    error = mask->operands[2];
  }
  if (!isLast && stage.quantizer.poolsSums) {
    const FusedOp *scatter = take(Opcode::MaxPoolScatter);
    if (!scatter || scatter->operands[0] != error || scatter->operands[1] != its.positions ||
        !isSamePool(scatter->operands[3], its.pool))
      return false;
    error = scatter->operands[2];
  }
  act(ByteAction::Backward, index);
  return (isLast || isPartition(stage.quantizer.pool)) && readProducts(index, error);
}

/// The outer product of a layer that learns, the transposed one of a layer with an error in front of it.
bool Planner::readProducts(uint32_t index, int64_t error) {
  ByteStage &stage = plan_.stages[index];
  if (const FusedOp *outer = take(Opcode::Outer)) {
    const std::vector<int64_t> &o = outer->operands;
    if (o[0] != error || o[1] != tensors[index].input || o[3] != int64_t(stage.layer) || !isWhole(*outer, 3) ||
        tensor(o[2]).type != ElementType::Int32)
      return false;
    stage.learns = true;
    tensors[index].gradient = o[2];
  }
  if (const FusedOp *transposed = take(Opcode::Transposed)) {
    const std::vector<int64_t> &o = transposed->operands;
    if (index == 0 || o[0] != error || o[2] != int64_t(stage.layer) || !isWhole(*transposed, 2) || !fitsWord(o[1]))
      return false;
    stage.handsErrorOn = true;
    if (!readErrorOf(index - 1, o[1]))
      return false;
  }
  return atEnd() && (stage.learns || stage.handsErrorOn);
}

/// From a product to the unrounded error of the stage in front: behind its pool and its clip's mask.
bool Planner::readErrorOf(uint32_t index, int64_t product) {
  ByteStage &stage = plan_.stages[index];
  int64_t error = product;
  if (const FusedOp *add = take(FusedOp::AddInto)) {
    const std::vector<int64_t> &o = add->operands;
    if (o[1] != product || o[2] != 0 || o[3] != 0 || o[4] != tensor(product).elements ||
        tensor(o[0]).elements != o[4] || !fitsWord(o[0]))
      return false;
    error = o[0];
  }
  if (stage.quantizer.pool.kernelHeight * stage.quantizer.pool.kernelWidth > 1 && !stage.quantizer.poolsSums) {
    const FusedOp *scatter = take(Opcode::MaxPoolScatter);
    if (!scatter || scatter->operands[0] != error || scatter->operands[1] != tensors[index].positions ||
        !isSamePool(scatter->operands[3], tensors[index].pool) || !fitsWord(scatter->operands[2]))
      return false;
    error = scatter->operands[2];
  }
  const FusedOp *mask = take(Opcode::ApplyMask);
  const FusedOp *maximum = mask ? take(Opcode::MaxAbs) : nullptr;
  if (!maximum || mask->operands[0] != error || mask->operands[1] != tensors[index].within ||
      maximum->operands[0] != mask->operands[2] || !isNumber(maximum->operands[1]))
    return false;
  current = mask->operands[2];
  stage.errorMaximum = static_cast<uint32_t>(maximum->operands[1]);
  return true;
}

/// One phase, in which all layers that learn are updated.
bool Planner::readUpdates() {
  if (!nextPhase())
    return false;
  while (!atEnd()) {
    const FusedOp *op = peek();
    const auto stage = std::find_if(tensors.begin(), tensors.end(), [&](const StageTensors &its) {
      return op->kind == FusedOp::Instruction && its.gradient == op->operands[0];
    });
    if (stage == tensors.end() || !readUpdate(static_cast<uint32_t>(stage - tensors.begin())))
      return false;
  }
  const bool allUpdated = std::all_of(plan_.stages.begin(), plan_.stages.end(), [&](const ByteStage &stage) {
    return stage.learns == (stage.gradientExponent != noTensor) &&
           stage.learns == program.learns(program.layers[stage.layer]);
  });
  return allUpdated && phase + 1 == fused.phases.size();
}

bool Planner::readUpdate(uint32_t index) {
  ByteStage &stage = plan_.stages[index];
  const FusedOp *maximum = take(Opcode::MaxAbs);
  const FusedOp *exponent = maximum ? take(Opcode::ShiftExponent) : nullptr;
  const FusedOp *control = exponent ? take(FusedOp::HostControl) : nullptr;
  const FusedOp *update = control ? take(Opcode::Update) : nullptr;
  if (!update || stage.gradientExponent != noTensor || !isNumber(maximum->operands[1]) ||
      !isNumber(exponent->operands[1]) || exponent->operands[0] != maximum->operands[1] ||
      update->operands[0] != tensors[index].gradient || update->operands[1] != exponent->operands[1] ||
      update->operands[2] != control->operands[0] || update->operands[3] != int64_t(stage.layer) ||
      !isWhole(*update, 3))
    return false;
  stage.gradientMaximum = static_cast<uint32_t>(maximum->operands[1]);
  stage.gradientExponent = static_cast<uint32_t>(exponent->operands[1]);
  act(ByteAction::GradientMaximum, index);
  act(ByteAction::GradientExponent, index);
  act(ByteAction::Update, index);
  return true;
}

std::optional<BytePlan> planBytes(const Program &program, const FusedProgram &fused) {
  return Planner(program, fused).plan();
}

} // namespace wage::rt
