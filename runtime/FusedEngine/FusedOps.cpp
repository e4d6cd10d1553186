//===- FusedOps.cpp - operations on whole tensors ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/FusedEngine.h"

#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/MovementKernels.h"
#include "runtime/Kernels/SumKernels.h"
#include "runtime/Kernels/WeightKernels.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

namespace {

/// The same samples from element `first` on.
BufferView from(BufferView view, int64_t first) {
  view.data = static_cast<uint8_t *>(view.data) + first * static_cast<int64_t>(hostBytes(view.type));
  return view;
}

} // namespace

void FusedEngine::execute(const FusedOp &op, const Range &range, const StepInput &input, StepOutput *output) {
  const std::vector<int64_t> &o = op.operands;
  switch (op.kind) {
  case FusedOp::Instruction:
    executeInstruction(op, range);
    if (input.activity)
      countActivity(op, range, *input.activity);
    return;
  case FusedOp::HostImage:
    return encodeInput(program, input, static_cast<uint32_t>(range.first), static_cast<uint32_t>(range.samples), o[2],
                       o[3], from(view(o[0], range), o[1]));
  case FusedOp::HostLabels:
    std::copy_n(input.labels + range.first, range.samples, static_cast<uint32_t *>(view(op.operands[0], range).data));
    return;
  case FusedOp::HostControl: {
    const int64_t control[3] = {input.learningRateLog2, static_cast<int64_t>(input.step),
                                static_cast<int64_t>(input.seed)};
    std::copy_n(control, 3, static_cast<int64_t *>(view(op.operands[0], range).data));
    return;
  }
  case FusedOp::HostLogits: {
    const BufferView logits{&output->logits[range.first * program.classes], ElementType::Int64, program.classes};
    return convert(from(view(o[0], range), o[1]), from(logits, o[2]), o[3], range.samples);
  }
  case FusedOp::AddInto:
    return addInto(from(view(o[0], range), o[2]), from(view(o[1], range), o[3]), o[4], range.samples);
  case FusedOp::Copy: return convert(from(view(o[1], range), o[3]), from(view(o[0], range), o[2]), o[4], range.samples);
  }
}

void FusedEngine::executeInstruction(const FusedOp &op, const Range &range) {
  const std::vector<int64_t> &o = op.operands;
  auto at = [&](int i) { return view(o[i], range); };
  auto elements = [&](int i) { return fused.tensors[o[i]].elements; };
  const int64_t samples = range.samples;
  const Rounding rounding = program.config.rounding;
  switch (op.opcode) {
  case Opcode::Forward:
  case Opcode::Transposed:
  case Opcode::Outer: return executeProduct(op, range);
  case Opcode::MaxPool:
  case Opcode::MaxPoolScatter:
  case Opcode::SumPool:
  case Opcode::SumPoolSpread: return executePool(op, range);
  case Opcode::Clear: {
    const FusedTensor &tensor = fused.tensors[o[0]];
    const int64_t slots = tensor.lifetime == Lifetime::Step ? 1 : samples;
    std::memset(at(0).data, 0, slots * tensor.elements * hostBytes(tensor.type));
    return;
  }
  case Opcode::AddBias: {
    const Layer &layer = program.layers[o[2]];
    if (o[0] != o[1])
      convert(at(0), at(1), elements(1), samples);
    return addBias(at(1), layer.geometry.neurons, elements(1) / layer.geometry.neurons, layer.bias.data(), samples);
  }
  case Opcode::Add:
    return add(at(0), at(1), at(2), elements(2), samples, static_cast<int>(o[3]), static_cast<int>(o[4]));
  case Opcode::Lookup: {
    const auto bits = static_cast<int>(program.tables[fused.tensors[o[1]].tables].bits);
    return lookUpTables(at(0), at(1), at(2), {bits, o[3], o[4]}, elements(2), samples);
  }
  case Opcode::Multiply: return multiply(at(0), at(1), at(2), elements(2), samples);
  case Opcode::Rearrange:
    return rearrange(program.moves[o[2]].rearrangement, at(0), o[3], at(1), o[4], elements(1), samples);
  case Opcode::AlignChannels: {
    const Layer &layer = program.layers[o[2]];
    return alignChannels(at(0), at(1), layer.geometry.neurons, elements(1) / layer.geometry.neurons,
                         layer.scaleLog2.data(), layer.finestScale(), samples);
  }
  case Opcode::Relu: return relu(at(0), at(1), elements(1), samples);
  case Opcode::ShiftClip:
    return shiftClip(at(0), at(1), elements(1), samples, static_cast<int>(o[2]), static_cast<int>(o[3]), rounding);
  case Opcode::ShiftClipBy: {
    const int exponent = *static_cast<const int32_t *>(at(1).data);
    return shiftClip(at(0), at(2), elements(2), samples, exponent + static_cast<int>(o[3]), static_cast<int>(o[4]),
                     rounding);
  }
  case Opcode::Within: return within(at(0), at(1), elements(1), samples, (o[3] << 32) | static_cast<uint32_t>(o[2]));
  case Opcode::Positive: return positive(at(0), at(1), elements(1), samples);
  case Opcode::ApplyMask: return applyMask(at(0), at(1), at(2), elements(2), samples);
  case Opcode::SubtractOneHot:
    return subtractOneHot(at(0), static_cast<const uint32_t *>(at(1).data), o[3], static_cast<int>(o[4]), at(2),
                          elements(2), samples);
  case Opcode::MaxAbs: {
    auto &maximum = *static_cast<int64_t *>(at(1).data);
    maximum = std::max(maximum, static_cast<int64_t>(maxAbs(at(0), elements(0), samples)));
    return;
  }
  case Opcode::ShiftExponent:
    *static_cast<int32_t *>(at(1).data) = shiftExponent(*static_cast<const uint64_t *>(at(0).data));
    return;
  case Opcode::Receive:
  case Opcode::Send:
  case Opcode::Update: return; // lifted into host transfers and joined tensors; updates are run by runOnce
  }
}

void FusedEngine::countActivity(const FusedOp &op, const Range &range, ActivityCounter &activity) {
  if (op.opcode != Opcode::ShiftClip && op.opcode != Opcode::ShiftClipBy)
    return;
  const int64_t output = op.operands[op.opcode == Opcode::ShiftClip ? 1 : 2];
  const auto bits = static_cast<int>(op.operands[op.opcode == Opcode::ShiftClip ? 3 : 4]);
  activity.add(op.opcode, op.layer, view(output, range), fused.tensors[output].elements, range.samples, bits);
}

void FusedEngine::executeProduct(const FusedOp &op, const Range &range) {
  const std::vector<int64_t> &o = op.operands;
  std::vector<uint8_t> &memory = memories[range.thread].scratch;
  void *scratch = reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  if (op.opcode == Opcode::Outer)
    return outerProduct(program.layers[o[3]].geometry, view(o[0], range), view(o[1], range), view(o[2], range).data,
                        fused.tensors[o[2]].type, range.samples, scratch);
  const LinearBlock &block = program.layers[o[2]].geometry;
  const int8_t *weights = layers[o[2]].inUse.data();
  if (op.opcode == Opcode::Forward)
    forwardProduct(block, view(o[0], range), weights, view(o[1], range), range.samples, scratch);
  else
    transposedProduct(block, view(o[0], range), weights, view(o[1], range), range.samples, scratch);
}

void FusedEngine::executePool(const FusedOp &op, const Range &range) {
  const std::vector<int64_t> &o = op.operands;
  const bool sums = op.opcode == Opcode::SumPool || op.opcode == Opcode::SumPoolSpread;
  const PoolWindow window = poolWindow(program.pools[o[sums ? 2 : 3]], o[sums ? 3 : 4]);
  const BufferView a = view(o[0], range), b = view(o[1], range);
  if (op.opcode == Opcode::MaxPool)
    maxPool(window, a, b, view(o[2], range), range.samples);
  else if (op.opcode == Opcode::MaxPoolScatter)
    maxPoolScatter(window, a, b, view(o[2], range), range.samples);
  else if (op.opcode == Opcode::SumPool)
    sumPool(window, a, b, range.samples);
  else
    sumPoolSpread(window, a, b, range.samples);
}

void FusedEngine::update(const FusedOp &op, bool keepSteps) {
  const std::vector<int64_t> &o = op.operands;
  const auto layerIndex = static_cast<uint32_t>(o[3]);
  const Layer &layer = program.layers[layerIndex];
  LayerWeights &w = layers[layerIndex];
  const auto *control = reinterpret_cast<const int64_t *>(shared[o[2]].data());
  const int exponent = *reinterpret_cast<const int32_t *>(shared[o[1]].data());
  const ElementType type = fused.tensors[o[0]].type;
  pool.run([&](unsigned part) {
    const int64_t begin = layer.geometry.neurons * part / pool.size();
    const int64_t end = layer.geometry.neurons * (part + 1) / pool.size();
    const int64_t at = begin * layer.geometry.rowEnd;
    WeightUpdate u = weightUpdate(program, layer, control, exponent);
    u.neurons = end - begin;
    u.rows = layer.geometry.rowEnd;
    u.firstIndex = begin * layer.neuronStride();
    updateMasters(u, shared[o[0]].data() + at * int64_t(hostBytes(type)), type, w.masters.data() + at,
                  keepSteps ? w.steps.data() + at : nullptr);
  });
  refreshWeights(layerIndex);
}

} // namespace wage::rt
