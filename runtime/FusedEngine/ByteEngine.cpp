//===- ByteEngine.cpp - stages of bytes at the host's speed ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/ByteEngine.h"

#include "runtime/Kernels/Isa.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

ByteEngine::ByteEngine(const Program &program, BytePlan thePlan, std::vector<LayerWeights> &layers,
                       StepNumbers &numbers, ThreadPool &pool)
    : program(program), plan(std::move(thePlan)), layers(layers), numbers(numbers), pool(pool),
      stages(plan.stages.size()), memories(pool.size()), largest(pool.size()) {
  for (size_t i = 0; i < stages.size(); ++i)
    makeStage(i);
  sizeMemory();
  repack();
}

void ByteEngine::makeStage(size_t index) {
  Stage &stage = stages[index];
  stage.is = plan.stages[index];
  stage.forward = ByteConvolution::forward(stage.is.geometry);
  stage.images = stage.forward.images();
  stage.outElements = stage.is.geometry.neurons * stage.is.outHeight * stage.is.outWidth;
  const int weightBits = program.config.weightBits;
  int64_t largestBias = 0;
  for (const int64_t bias : program.layers[stage.is.layer].bias)
    largestBias = std::max(largestBias, std::abs(bias));
  stage.inPairs = !stage.is.isSigned && FilterPairs::takes(stage.is.geometry, weightBits, largestBias);
  if (stage.inPairs)
    stage.pairs = FilterPairs(stage.is.geometry, weightBits);
  stage.largestWeight = largestWeightInUse(weightBits);
  stage.inBits = program.config.mode == Mode::Infer && weightBits <= 2 && isMatrixProduct(stage.is.geometry) &&
                 stage.is.geometry.groups == 1 && currentIsa() == Isa::Avx512Vnni;
  if (stage.inBits) {
    stage.ternary = TernaryProduct(stage.is.geometry);
    stage.ternaryPanels.resize(stage.ternary.panelBytes());
    stage.inBytes = int64_t(program.config.maxBatch) > TernaryProduct::mostSamples;
  }
  if (stage.inBytes)
    stage.forwardPanels.resize(stage.inPairs ? stage.pairs.panelBytes() : stage.forward.panelBytes());
  stage.forwardStart.resize(stage.inPairs ? stage.pairs.startElements() : paddedLanes(stage.forward.lanes()));
  if (stage.is.handsErrorOn) {
    stage.transposed = ByteConvolution::transposed(stage.is.geometry);
    stage.transposedPanels.resize(stage.transposed.panelBytes());
    stage.transposedStart.resize(paddedLanes(stage.transposed.lanes()));
  }
  if (stage.is.learns) {
    stage.outer = ByteOuterProduct(stage.is.geometry, program.config.maxBatch);
    stage.planes.resize(stage.outer.planeBytes());
    stage.formsTwice = stage.outer.isShallow(program.config.maxBatch);
    if (stage.formsTwice)
      stage.ownQuads.resize(stage.outer.quadBytes());
    else
      stage.gradient.resize(stage.outer.gradientElements());
  }
  if (stage.is.hasError && index + 1 < stages.size())
    stage.gates.resize(stage.outElements * program.config.maxBatch);
}

void ByteEngine::sizeMemory() {
  const int64_t batch = program.config.maxBatch;
  const int64_t share = shareOf(batch);
  int64_t sampleBytes = 1;
  for (const Stage &stage : stages)
    sampleBytes += stage.images.sampleBytes();
  convolutions =
      std::find_if(stages.begin(), stages.end(), [](const Stage &s) { return isMatrix(s.is); }) - stages.begin();
  forwardPass = std::clamp(passBytes / sampleBytes / 4 * 4, int64_t(4), share);
  size_t quadBytes = 0, errorElements[2] = {0, 0}, errorBytes = 0, stripSums = 0, updateSums = 0;
  size_t factorBytes = 0, kindSums = 0, activationBytes = 0;
  for (size_t i = 0; i < stages.size(); ++i) {
    Stage &stage = stages[i];
    const LinearBlock &geometry = stage.is.geometry;
    const int64_t samplesTogether = i < convolutions ? forwardPass : share;
    stage.inputStride = (int64_t(stage.images.bytes(samplesTogether)) + 63) / 64 * 64;
    stage.input.resize(stage.inputStride * pool.size(), stage.is.isSigned ? signedOffset : 0);
    // A strip is at least what one row of the pool reads, and keeps rows that the next strip reads again.
    const PoolWindow &window = stage.is.quantizer.pool;
    const int64_t rowSums = geometry.outWidth * lanesPerBlock;
    const int64_t rows = std::max<int64_t>(stripBytes / 4 / rowSums, window.kernelHeight + window.strideY);
    stage.stripRows = std::min<int64_t>(rows, geometry.outHeight);
    stripSums = std::max<size_t>(stripSums, isMatrix(stage.is) ? share * lanesPerBlock : stage.stripRows * rowSums);
    if (stage.inBits)
      activationBytes = std::max(activationBytes, stage.ternary.activationBytes(TernaryProduct::mostSamples));
    if (stage.inPairs) {
      factorBytes = std::max(factorBytes, stage.pairs.factorBytes() * samplesTogether);
      kindSums = std::max(kindSums, stage.pairs.scratchElements(stage.stripRows));
    }
    if (!stage.is.hasError)
      continue;
    errorElements[i % 2] = std::max<size_t>(errorElements[i % 2], stage.outElements * batch);
    const ByteImages images = errorImages(geometry);
    stage.errorPass = isMatrix(stage.is) ? share : std::clamp<int64_t>(errorPassBytes / images.sampleBytes(), 1, share);
    errorBytes = std::max(errorBytes, images.bytes(stage.errorPass));
    if (stage.is.handsErrorOn)
      stripSums = std::max<size_t>(stripSums, hasWholeRows(stage.transposed) ? share * lanesPerBlock : stripBytes / 4);
    if (stage.is.learns) {
      quadBytes = std::max(quadBytes, stage.formsTwice ? 0 : stage.outer.quadBytes());
      updateSums = lanesPerBlock * (updateStride + updateWeights);
    }
  }
  for (int parity = 0; parity < 2; ++parity)
    errors[parity].resize(errorElements[parity]);
  quads.resize(quadBytes);
  for (ThreadMemory &memory : memories) {
    memory.sums.resize(stripSums);
    memory.factors.resize(factorBytes);
    memory.kinds.resize(kindSums);
    memory.activations.resize(activationBytes);
    memory.errors.resize(errorBytes);
    memory.encoded.resize(stages[0].images.channels * stages[0].images.planeHeight * stages[0].images.planeWidth);
    memory.gradients.resize(updateSums);
    memory.seconds.assign(stages.size() * parts, 0);
  }
}

uint64_t ByteEngine::leastHostMemory(const BytePlan &plan, uint32_t batch) {
  uint64_t sum = 0;
  for (const ByteStage &stage : plan.stages) {
    const uint64_t input = inputImages(stage.geometry).sampleBytes();
    const uint64_t gates = stage.hasError ? stage.geometry.neurons * stage.outHeight * stage.outWidth : 0;
    sum += (stage.learns ? input * batch : input) + gates * batch;
  }
  return sum;
}

uint64_t ByteEngine::bytes() const {
  uint64_t sum = errors[0].bytes() + errors[1].bytes() + quads.bytes();
  for (const Stage &stage : stages)
    sum += stage.bytes();
  for (const ThreadMemory &memory : memories)
    sum += memory.bytes();
  return sum;
}

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

ByteEngine::PartClock::PartClock(bool isWanted, double &seconds) : seconds(isWanted ? &seconds : nullptr) {
  if (isWanted)
    start = std::chrono::steady_clock::now();
}

ByteEngine::PartClock::~PartClock() {
  if (seconds)
    *seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<LayerWork> ByteEngine::layerWork() const {
  static constexpr const char *names[parts] = {"forward", "error", "gradient", "update"};
  std::vector<LayerWork> work;
  for (size_t i = 0; i < stages.size(); ++i) {
    const ByteStage &stage = stages[i].is;
    const auto macs = static_cast<uint64_t>(stage.geometry.weights() * stage.geometry.positions());
    const uint64_t macsOf[parts] = {macs * timedSamples[0], stage.handsErrorOn ? macs * timedSamples[1] : 0,
                                    stage.learns ? macs * timedSamples[1] : 0, 0};
    for (int part = 0; part < parts; ++part) {
      LayerWork found = {program.layers[stage.layer].name, names[part], 0, macsOf[part]};
      for (const ThreadMemory &memory : memories)
        found.seconds += memory.seconds[i * parts + part];
      if (found.seconds > 0)
        work.push_back(std::move(found));
    }
  }
  return work;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

void ByteEngine::packForward(Stage &stage, int64_t firstBlock, int64_t lastBlock) {
  const Layer &layer = program.layers[stage.is.layer];
  const int8_t *weights = layers[stage.is.layer].inUse.data();
  const int64_t *bias = layer.bias.empty() ? nullptr : layer.bias.data();
  if (stage.inBits)
    stage.ternary.pack(weights, firstBlock, lastBlock, stage.ternaryPanels.data());
  if (!stage.inBytes)
    return;
  if (stage.inPairs)
    return stage.pairs.pack(weights, bias, firstBlock, lastBlock, stage.forwardPanels.data(),
                            stage.forwardStart.data());
  stage.forward.pack(weights, firstBlock, lastBlock, stage.forwardPanels.data());
  stage.forward.fillStart(stage.forwardPanels.data(), bias, stage.is.isSigned, firstBlock, lastBlock,
                          stage.forwardStart.data());
}

void ByteEngine::packTransposed(Stage &stage, int64_t firstBlock, int64_t lastBlock) {
  stage.transposed.pack(layers[stage.is.layer].inUse.data(), firstBlock, lastBlock, stage.transposedPanels.data());
  stage.transposed.fillStart(stage.transposedPanels.data(), nullptr, /*isSigned=*/true, firstBlock, lastBlock,
                             stage.transposedStart.data());
}

void ByteEngine::repack() {
  for (Stage &stage : stages) {
    forItems(stage.forward.blocks(), [&](unsigned, int64_t block) { packForward(stage, block, block + 1); });
    if (stage.is.handsErrorOn)
      forItems(stage.transposed.blocks(), [&](unsigned, int64_t block) { packTransposed(stage, block, block + 1); });
  }
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

void ByteEngine::run(uint32_t phase, const StepInput &input, StepOutput &output) {
  for (const ByteAction &action : plan.phases[phase]) {
    const ByteStage &stage = stages[action.stage].is;
    switch (action.kind) {
    case ByteAction::Forward: runForward(input, output); break;
    case ByteAction::Loss: runLoss(input, output); break;
    case ByteAction::ErrorExponent:
      numbers.set(stage.errorExponent, shiftExponent(numbers.get(stage.errorMaximum)));
      break;
    case ByteAction::Backward: runBackward(action.stage, input); break;
    case ByteAction::GradientMaximum: numbers.set(stage.gradientMaximum, stages[action.stage].largestGradient); break;
    case ByteAction::GradientExponent:
      numbers.set(stage.gradientExponent, shiftExponent(numbers.get(stage.gradientMaximum)));
      break;
    case ByteAction::Update: runUpdate(action.stage, input); break;
    }
  }
}

} // namespace wage::rt
