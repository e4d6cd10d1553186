//===- FusedEngine.cpp - whole layers at the host's speed ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/FusedEngine.h"

#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/WeightKernels.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

namespace {

/// Host memory that a thread's samples under way may take: what stays in the cache is handed on there.
constexpr int64_t sampleBudgetBytes = int64_t(24) << 20;

/// Where the first weight that a core holds of a neuron stands among the whole layer's [neuron][row].
int64_t firstWeight(const LinearBlock &layer, const Core &core, int64_t neuron) {
  return neuron * layer.rowsPerNeuron() + std::max<int64_t>(0, core.rowBegin - layer.firstRowOf(neuron));
}

/// Host memory of the tensors that plain steps need, at least.
uint64_t plainMemory(const Program &program, const FusedProgram &fused) {
  uint64_t bytes = 0;
  for (const FusedTensor &tensor : fused.tensors)
    bytes += static_cast<uint64_t>(tensor.elements) * hostBytes(tensor.type) *
             (tensor.lifetime == Lifetime::Batch ? program.config.maxBatch : 1);
  return bytes;
}

} // namespace

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Expected<std::unique_ptr<FusedEngine>> FusedEngine::create(const Program &program, unsigned threads) {
  Expected<FusedProgram> fused = liftProgram(program);
  if (!fused)
    return Status::error("fused engine: " + fused.status().text());
  std::optional<BytePlan> plan = planBytes(program, *fused);
  const uint64_t bytes =
      plan ? ByteEngine::leastHostMemory(*plan, program.config.maxBatch) : plainMemory(program, *fused);
  if (Status status = checkHostMemory(bytes); !status.ok())
    return status;
  return std::unique_ptr<FusedEngine>(new FusedEngine(program, std::move(*fused), std::move(plan), threads));
}

FusedEngine::FusedEngine(const Program &program, FusedProgram fusedProgram, std::optional<BytePlan> plan,
                         unsigned threads)
    : program(program), fused(std::move(fusedProgram)), pool(threads), accumulated(fused.tensors.size(), false),
      shared(fused.tensors.size()), memories(threads) {
  for (const FusedPhase &phase : fused.phases)
    for (const FusedOp &op : phase.ops)
      if (phase.perSample && op.kind == FusedOp::Instruction) {
        if (op.opcode == Opcode::Outer)
          accumulated[op.operands[2]] = true;
        if (op.opcode == Opcode::MaxAbs)
          accumulated[op.operands[1]] = true;
      }
  sizeNumbers();
  loadWeights();
  if (plan) {
    bytes.reset(new ByteEngine(program, std::move(*plan), layers, *this, pool));
    totals.peakBytes += bytes->bytes();
  } else {
    sizeMemory();
  }
}

/// Numbers that traces read, whatever computes them.
void FusedEngine::sizeNumbers() {
  for (const FusedPhase &phase : fused.phases)
    for (const FusedOp &op : phase.ops)
      if (op.kind == FusedOp::Instruction && (op.opcode == Opcode::MaxAbs || op.opcode == Opcode::ShiftExponent)) {
        const FusedTensor &number = fused.tensors[op.operands[1]];
        shared[op.operands[1]].resize(number.elements * hostBytes(number.type), 0);
      }
}

void FusedEngine::set(uint32_t tensor, int64_t value) {
  // An exponent has 32 bits, a maximum 64: whatever it is, its low bytes come first.
  std::memcpy(shared[tensor].data(), &value, hostBytes(fused.tensors[tensor].type));
}

int64_t FusedEngine::get(uint32_t tensor) const {
  return elementAt(shared[tensor].data(), fused.tensors[tensor].type, 0);
}

void FusedEngine::sizeMemory() {
  hasMemory = true;
  int64_t perSample = 1;
  for (const FusedTensor &tensor : fused.tensors)
    if (tensor.lifetime == Lifetime::Sample)
      perSample += tensor.elements * int64_t(hostBytes(tensor.type));
  const int64_t share = (int64_t(program.config.maxBatch) + pool.size() - 1) / pool.size();
  chunk = std::clamp<int64_t>(sampleBudgetBytes / perSample, 1, std::max<int64_t>(share, 1));
  size_t scratchBytes = 64;
  const int largestWeight = largestWeightInUse(int(program.config.weightBits));
  for (uint32_t i = 0; i < layers.size(); ++i) {
    const LinearBlock &geometry = program.layers[i].geometry;
    const auto shape = std::make_shared<BlockShape>(geometry, largestWeight, chunk);
    scratchBytes = std::max({scratchBytes, shape->scratchBytes(), linearScratchBytes(geometry, chunk)});
    products.emplace_back(shape);
    packWeights(i);
    totals.peakBytes += products.back().bytes();
    layers[i].steps.resize(layers[i].masters.size());
    totals.peakBytes += layers[i].steps.size() * 2;
  }
  for (size_t i = 0; i < fused.tensors.size(); ++i) {
    const FusedTensor &tensor = fused.tensors[i];
    const size_t bytes = tensor.elements * hostBytes(tensor.type);
    if (tensor.lifetime != Lifetime::Sample)
      shared[i].resize(tensor.lifetime == Lifetime::Batch ? bytes * program.config.maxBatch : bytes, 0);
    if (tensor.tables != noIndex)
      fillTables(program.tables[tensor.tables], 0, tensor.elements, shared[i].data());
    totals.peakBytes += shared[i].size();
  }
  for (unsigned t = 0; t < pool.size(); ++t) {
    ThreadMemory &memory = memories[t];
    memory.tensors.resize(fused.tensors.size());
    memory.scratch.resize(scratchBytes + 64);
    totals.peakBytes += memory.scratch.size();
    for (size_t i = 0; i < fused.tensors.size(); ++i) {
      const FusedTensor &tensor = fused.tensors[i];
      const size_t bytes = tensor.elements * hostBytes(tensor.type);
      if (tensor.lifetime == Lifetime::Sample)
        memory.tensors[i].resize(bytes * chunk, 0);
      else if (accumulated[i] && t > 0)
        memory.tensors[i].resize(bytes, 0);
      totals.peakBytes += memory.tensors[i].size();
    }
  }
}

void FusedEngine::loadWeights() {
  layers.resize(program.layers.size());
  for (size_t i = 0; i < program.layers.size(); ++i) {
    const LinearBlock &g = program.layers[i].geometry;
    layers[i].masters.resize(program.learns(program.layers[i]) ? g.weights() : 0);
    layers[i].inUse.resize(g.weights());
    totals.peakBytes += layers[i].masters.size() * 2 + layers[i].inUse.size();
  }
  std::vector<int16_t> block;
  for (const Core &core : program.cores) {
    if (core.layer == noIndex)
      continue;
    const int64_t rows = blockOf(program, core).rowsPerNeuron();
    block.resize(blockOf(program, core).weights());
    unpackWeights(&program.images[core.imageOffset], block.size(), program.storedWeightBits(program.layers[core.layer]),
                  block.data());
    LayerWeights &w = layers[core.layer];
    for (int64_t n = core.neuronBegin; n < core.neuronEnd; ++n) {
      const int64_t at = firstWeight(program.layers[core.layer].geometry, core, n);
      const int16_t *neuron = &block[(n - core.neuronBegin) * rows];
      if (w.masters.empty())
        std::copy_n(neuron, rows, &w.inUse[at]);
      else
        std::copy_n(neuron, rows, &w.masters[at]);
    }
  }
  for (uint32_t i = 0; i < layers.size(); ++i)
    refreshWeights(i);
}

void FusedEngine::refreshWeights(uint32_t layer) {
  LayerWeights &w = layers[layer];
  const Config &c = program.config;
  if (w.masters.empty())
    return;
  quantizeWeights(w.masters.data(), w.inUse.data(), static_cast<int64_t>(w.masters.size()), c.weightBits,
                  c.gradientBits, c.rounding);
  if (hasMemory)
    packWeights(layer);
}

/// For plain operations.
void FusedEngine::packWeights(uint32_t layer) {
  products[layer].setWeights(layers[layer].inUse.data(), program.config.mode == Mode::Train);
}

void FusedEngine::readBlock(uint32_t core, int16_t *values) const {
  const Core &c = program.cores[core];
  const int64_t rows = blockOf(program, c).rowsPerNeuron();
  const LayerWeights &w = layers[c.layer];
  for (int64_t n = c.neuronBegin; n < c.neuronEnd; ++n, values += rows) {
    const int64_t at = firstWeight(program.layers[c.layer].geometry, c, n);
    if (w.masters.empty())
      std::copy_n(&w.inUse[at], rows, values);
    else
      std::copy_n(&w.masters[at], rows, values);
  }
}

BufferView FusedEngine::view(int64_t i, const Range &range) {
  const FusedTensor &tensor = fused.tensors[i];
  const bool own = tensor.lifetime == Lifetime::Sample || (range.perSample && accumulated[i] && range.thread > 0);
  uint8_t *data = own ? memories[range.thread].tensors[i].data() : shared[i].data();
  if (tensor.lifetime == Lifetime::Batch)
    data += range.first * tensor.elements * int64_t(hostBytes(tensor.type));
  return {data, tensor.type, tensor.lifetime == Lifetime::Step ? 0 : tensor.elements};
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

Status FusedEngine::run(const StepInput &input, StepOutput &output) {
  output.logits.assign(size_t(input.count) * program.classes, 0);
  const uint32_t phases = input.isTraining() ? static_cast<uint32_t>(program.phases.size()) : program.inferPhases;
  const bool isPlain = !bytes || input.trace;
  if (isPlain && !hasMemory) { // a traced step of a program that else runs in bytes
    if (Status status = checkHostMemory(plainMemory(program, fused)); !status.ok())
      return status;
    sizeMemory();
  } else if (isPlain && bytes) { // whose steps have changed the weights
    for (uint32_t i = 0; i < layers.size(); ++i)
      packWeights(i);
  }
  for (uint32_t i = 0; i < phases; ++i) {
    input.tellPhase(program.phases[i], true);
    if (isPlain)
      runPlain(i, input, output);
    else
      bytes->run(i, input, output);
    readExponents(i, output);
    if (input.trace)
      traceWeights(i, output);
    input.tellPhase(program.phases[i], false);
  }
  if (isPlain && bytes && input.isTraining())
    bytes->repack();
  return Status();
}

void FusedEngine::runPlain(uint32_t phase, const StepInput &input, StepOutput &output) {
  if (fused.phases[phase].perSample)
    runPerSample(fused.phases[phase], phase, input, output);
  else
    runOnce(fused.phases[phase], input);
}

void FusedEngine::runPerSample(const FusedPhase &phase, uint32_t index, const StepInput &input, StepOutput &output) {
  const int64_t threads = pool.size();
  pool.run([&](unsigned thread) {
    for (size_t i = 0; i < accumulated.size(); ++i)
      if (accumulated[i] && thread > 0)
        std::fill(memories[thread].tensors[i].begin(), memories[thread].tensors[i].end(), 0);
    const int64_t begin = input.count * int64_t(thread) / threads, end = input.count * (int64_t(thread) + 1) / threads;
    for (int64_t first = begin; first < end; first += chunk) {
      const Range range{thread, first, std::min(chunk, end - first), true};
      for (const FusedOp &op : phase.ops)
        execute(op, range, input, &output);
      if (input.trace)
        trace(index, range, output);
    }
  });
  combine(phase);
}

/// Adds the other threads' gradients to the first one's, and raises its maxima by theirs.
void FusedEngine::combine(const FusedPhase &phase) {
  if (pool.size() == 1)
    return;
  std::vector<bool> combined(fused.tensors.size(), false); // several instructions may add to one tensor
  for (const FusedOp &op : phase.ops) {
    if (op.kind != FusedOp::Instruction || (op.opcode != Opcode::Outer && op.opcode != Opcode::MaxAbs))
      continue;
    const bool isMaximum = op.opcode == Opcode::MaxAbs;
    const int64_t i = op.operands[isMaximum ? 1 : 2];
    if (combined[i])
      continue;
    combined[i] = true;
    const FusedTensor &tensor = fused.tensors[i];
    pool.run([&](unsigned part) {
      const int64_t begin = tensor.elements * part / pool.size(), end = tensor.elements * (part + 1) / pool.size();
      const int64_t bytes = static_cast<int64_t>(hostBytes(tensor.type));
      for (unsigned t = 1; t < pool.size(); ++t) {
        const BufferView to{shared[i].data() + begin * bytes, tensor.type, 0};
        const BufferView from{memories[t].tensors[i].data() + begin * bytes, tensor.type, 0};
        if (!isMaximum)
          addInto(to, from, end - begin, 1);
        else
          for (int64_t e = 0; e < end - begin; ++e) {
            int64_t &kept = static_cast<int64_t *>(to.data)[e];
            kept = std::max(kept, static_cast<const int64_t *>(from.data)[e]);
          }
      }
    });
  }
}

void FusedEngine::runOnce(const FusedPhase &phase, const StepInput &input) {
  for (const FusedOp &op : phase.ops) {
    const bool isInstruction = op.kind == FusedOp::Instruction;
    if (isInstruction && isOfBatch(op.opcode))
      formGradient(op, input.count);
    if (isInstruction && op.opcode == Opcode::Update)
      update(op, 0, 1, 2, input.trace);
    else if (isInstruction && op.opcode == Opcode::OuterUpdate)
      update(op, 2, 3, 4, input.trace);
    else
      execute(op, Range{}, input, nullptr);
  }
}

//===----------------------------------------------------------------------===//
// Traces and reports
//===----------------------------------------------------------------------===//

void FusedEngine::trace(uint32_t phase, const Range &range, StepOutput &output) {
  const std::lock_guard<std::mutex> lock(traceMutex);
  for (const FusedTrace &t : fused.traces) {
    const TracePoint &point = program.tracePoints[t.point];
    if (point.phase == phase && point.kind == TraceKind::Slice)
      output.trace->addSlice(point, view(t.tensor, range), static_cast<uint32_t>(range.first),
                             static_cast<uint32_t>(range.samples), 0, fused.tensors[t.tensor].elements);
  }
}

void FusedEngine::traceWeights(uint32_t phase, StepOutput &output) {
  for (const FusedTrace &t : fused.traces) {
    const TracePoint &point = program.tracePoints[t.point];
    if (point.phase != phase || point.kind == TraceKind::Slice || point.kind == TraceKind::ErrorExponent ||
        point.kind == TraceKind::GradientExponent)
      continue;
    uint32_t layer = 0;
    for (const Core &core : program.cores)
      if (core.templateIndex == point.templateIndex)
        layer = core.layer;
    const bool isGradient = point.kind == TraceKind::Weights;
    const void *values = isGradient                      ? static_cast<const void *>(shared[t.tensor].data())
                         : point.kind == TraceKind::Step ? layers[layer].steps.data()
                                                         : layers[layer].masters.data();
    const LinearBlock &g = program.layers[layer].geometry;
    output.trace->addBlock(point.name, program.layers[layer], values,
                           isGradient ? fused.tensors[t.tensor].type : ElementType::Int16, 0, g.rowEnd, 0, g.neurons);
  }
}

void FusedEngine::readExponents(uint32_t phase, StepOutput &output) {
  for (const FusedTrace &t : fused.traces) {
    const TracePoint &point = program.tracePoints[t.point];
    if (point.phase == phase && (point.kind == TraceKind::ErrorExponent || point.kind == TraceKind::GradientExponent))
      output.exponents[point.name] =
          static_cast<int32_t>(elementAt(shared[t.tensor].data(), fused.tensors[t.tensor].type, 0));
  }
}

} // namespace wage::rt
