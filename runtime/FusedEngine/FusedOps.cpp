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
    std::copy_n(input.labels + range.first, range.samples, static_cast<uint32_t *>(view(o[0], range).data));
    return;
  case FusedOp::HostControl: {
    const std::array<int64_t, 3> control = input.control();
    std::copy(control.begin(), control.end(), static_cast<int64_t *>(view(o[0], range).data));
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
  case Opcode::Fire:
    return fireNeurons(at(0), at(1), elements(1), samples, static_cast<int>(o[2]), static_cast<int>(o[3]), o[4] != 0);
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
  case Opcode::Integrate: // lifted into a forward product
  case Opcode::Update:
  case Opcode::OuterMax:
  case Opcode::OuterUpdate: return; // lifted into host transfers and joined tensors; the others are run by runOnce
  }
}

void FusedEngine::countActivity(const FusedOp &op, const Range &range, ActivityCounter &activity) {
  const std::optional<RoundedResult> result = roundedResult(op.opcode);
  if (!result)
    return;
  const int64_t output = op.operands[result->output];
  activity.add(op.opcode, op.layer, view(output, range), fused.tensors[output].elements, range.samples,
               static_cast<int>(op.operands[result->bits]));
}

/// A thread's scratch memory, where kernels may assume 64-byte alignment.
void *FusedEngine::scratchOf(unsigned thread) {
  return reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(memories[thread].scratch.data()) + 63) / 64 * 64);
}

void FusedEngine::executeProduct(const FusedOp &op, const Range &range) {
  const std::vector<int64_t> &o = op.operands;
  void *scratch = scratchOf(range.thread);
  if (op.opcode == Opcode::Outer)
    products[o[3]].outer(view(o[0], range), view(o[1], range), view(o[2], range).data, fused.tensors[o[2]].type,
                         range.samples, scratch);
  else if (op.opcode == Opcode::Forward)
    products[o[2]].forward(view(o[0], range), view(o[1], range), range.samples, scratch);
  else
    products[o[2]].transposed(view(o[0], range), view(o[1], range), range.samples, scratch);
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

/// The batch's gradient of a layer, neurons shared out to the threads, into the tensor of its sums; and its maximum raised.
void FusedEngine::formGradient(const FusedOp &op, int64_t samples) {
  const std::vector<int64_t> &o = op.operands;
  const LinearBlock &whole = program.layers[op.layer].geometry;
  const FusedTensor &sums = fused.tensors[o[2]];
  std::vector<uint64_t> largest(pool.size(), 0);
  pool.run([&](unsigned part) {
    const int64_t begin = whole.neurons * part / pool.size(), end = whole.neurons * (part + 1) / pool.size();
    if (begin == end)
      return;
    const LinearBlock block = whole.part(0, whole.rowEnd, begin, end);
    const auto bytes = static_cast<int64_t>(hostBytes(sums.type));
    BufferView gradient{shared[o[2]].data() + begin * whole.rowEnd * bytes, sums.type, 0};
    std::memset(gradient.data, 0, block.weights() * bytes);
    void *scratch = scratchOf(part);
    for (Range range{part, 0, 0, false}; range.first < samples; range.first += chunk) {
      range.samples = std::min(chunk, samples - range.first);
      BufferView error = view(o[0], range);
      error.data = static_cast<uint8_t *>(error.data) + begin * whole.positions() * int64_t(hostBytes(error.type));
      outerProduct(block, error, view(o[1], range), gradient.data, sums.type, range.samples, scratch);
    }
    largest[part] = maxAbs(gradient, block.weights(), 1);
  });
  if (op.opcode == Opcode::OuterMax) {
    auto &maximum = *reinterpret_cast<int64_t *>(shared[o[3]].data());
    maximum = std::max(maximum, static_cast<int64_t>(*std::max_element(largest.begin(), largest.end())));
  }
}

/// The numbers say which of the instruction's operands these are.
void FusedEngine::update(const FusedOp &op, int gradientAt, int exponentAt, int controlAt, bool keepSteps) {
  const int64_t gradient = op.operands[gradientAt];
  const uint32_t layerIndex = op.layer;
  const Layer &layer = program.layers[layerIndex];
  LayerWeights &w = layers[layerIndex];
  const auto *control = reinterpret_cast<const int64_t *>(shared[op.operands[controlAt]].data());
  const int exponent = *reinterpret_cast<const int32_t *>(shared[op.operands[exponentAt]].data());
  const ElementType type = fused.tensors[gradient].type;
  pool.run([&](unsigned part) {
    const int64_t begin = layer.geometry.neurons * part / pool.size();
    const int64_t end = layer.geometry.neurons * (part + 1) / pool.size();
    const int64_t at = begin * layer.geometry.rowEnd;
    WeightUpdate u = weightUpdate(program, layer, control, exponent);
    u.neurons = end - begin;
    u.rows = layer.geometry.rowEnd;
    u.firstIndex = begin * layer.neuronStride();
    updateMasters(u, shared[gradient].data() + at * int64_t(hostBytes(type)), type, w.masters.data() + at,
                  keepSteps ? w.steps.data() + at : nullptr);
  });
  refreshWeights(layerIndex);
}

} // namespace wage::rt
