//===- ByteForward.cpp - from images to logits, stage by stage ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/ByteEngine.h"

#include "runtime/Kernels/ByteTranspose.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

/// Convolutions for a few samples at a time, so that what one hands to the next stays in the cache; then matrix products for
/// all, so that weights are read once. Too few samples for all threads share out the lanes of each stage instead.
void ByteEngine::runForward(const StepInput &input, StepOutput &output) {
  timedSamples[0] += wantsTimes(input) ? input.count : 0;
  const bool sharesBlocks = pool.size() > 1 && input.count <= 4 * (pool.size() - 1);
  const auto runShare = [&](const Samples &share) {
    for (int64_t first = 0; first < share.count; first += forwardPass) {
      const Samples pass = {share.thread, share.first + first, std::min(forwardPass, share.count - first)};
      encode(pass, convolutions == 0 ? share.first : pass.first, input);
      for (size_t i = 0; i < convolutions; ++i)
        forwardStage(i, pass, i + 1 < convolutions ? pass.first : share.first, input, output, sharesBlocks);
    }
    for (size_t i = convolutions; i < stages.size(); ++i)
      forwardStage(i, share, share.first, input, output, sharesBlocks);
  };
  if (!sharesBlocks)
    return forSamples(input.count, runShare);
  const int64_t share = shareOf(program.config.maxBatch);
  for (int64_t first = 0; first < int64_t(input.count); first += share)
    runShare({0, first, std::min(share, int64_t(input.count) - first)});
}

/// The images of the first stage, of which `origin` is the first sample that its memory holds.
void ByteEngine::encode(const Samples &samples, int64_t origin, const StepInput &input) {
  Stage &stage = stages[0];
  const ByteImages &images = stage.images;
  uint8_t *planes = memories[samples.thread].encoded.data();
  const auto elements = static_cast<int64_t>(program.inputElements()), plane = elements / images.channels;
  for (int64_t s = 0; s < samples.count; ++s) {
    encodeInput(program, input, static_cast<uint32_t>(samples.first + s), 1, 0, elements,
                {planes, ElementType::Int8, elements});
    uint8_t *image = inputOf(stage, samples.thread) + (samples.first + s - origin) * images.sampleBytes();
    for (int64_t y = 0; y < images.planeHeight; ++y)
      transposeBytes(planes + y * images.planeWidth, plane, images.channels, images.planeWidth,
                     image + images.pixel(y, 0), images.channels, signedOffset);
  }
}

void ByteEngine::forwardStage(size_t index, const Samples &samples, int64_t nextOrigin, const StepInput &input,
                              StepOutput &output, bool sharesBlocks) {
  Stage &stage = stages[index];
  ThreadMemory &memory = memories[samples.thread];
  const PartClock clock(wantsTimes(input) && !sharesBlocks, secondsOf(samples.thread, index, ForwardPart));
  const uint8_t *images = inputOf(stage, samples.thread);
  if (stage.is.learns && input.isTraining())
    stage.outer.fillPlanes(images, samples.first, samples.count, stage.planes.data());
  if (stage.takesInBits(samples.count))
    stage.ternary.prepare(images, samples.count, stage.is.isSigned ? signedOffset : 0, memory.activations.data(),
                          memory.activationSums);
  if (stage.inPairs)
    for (int64_t s = 0; s < samples.count; ++s)
      stage.pairs.makeFactors(images + s * stage.images.sampleBytes(),
                              memory.factors.data() + s * stage.pairs.factorBytes());
  if (sharesBlocks)
    return forItems(stage.forward.blocks(), [&](unsigned thread, int64_t block) {
      const PartClock blockClock(wantsTimes(input), secondsOf(thread, index, ForwardPart));
      forwardBlock(index, block, {samples, nextOrigin, input, thread}, output);
    });
  for (int64_t block = 0; block < stage.forward.blocks(); ++block)
    forwardBlock(index, block, {samples, nextOrigin, input, samples.thread}, output);
}

void ByteEngine::forwardBlock(size_t index, int64_t block, const Strip &strip, StepOutput &output) {
  if (isMatrix(stages[index].is))
    return forwardMatrix(index, block, strip, output);
  for (int64_t sample = 0; sample < strip.samples.count; ++sample)
    forwardImage(index, block, sample, strip);
}

/// The sums of one block for all samples.
void ByteEngine::multiplyMatrix(Stage &stage, int64_t block, const Strip &strip, int32_t *sums) {
  const Samples &samples = strip.samples;
  if (!stage.takesInBits(samples.count))
    return stage.forward.run(inputOf(stage, samples.thread), stage.forwardPanels.data(), stage.forwardStart.data(),
                             stage.largestProduct(), block, 0, samples.count, sums);
  const std::vector<int64_t> &bias = program.layers[stage.is.layer].bias;
  const ThreadMemory &memory = memories[samples.thread];
  stage.ternary.run(memory.activations.data(), memory.activationSums, stage.ternaryPanels.data(),
                    bias.empty() ? nullptr : bias.data(), block, samples.count, sums);
  const int64_t row = paddedLanes(stage.forward.lanesOf(block));
  for (int64_t s = 1; row < lanesPerBlock && s < samples.count; ++s)
    std::memmove(sums + s * row, sums + s * lanesPerBlock, row * sizeof(int32_t));
}

/// All samples of a matrix product: each is a pixel of one row.
void ByteEngine::forwardMatrix(size_t index, int64_t block, const Strip &strip, StepOutput &output) {
  Stage &stage = stages[index];
  const Samples &samples = strip.samples;
  int32_t *sums = memories[strip.worker].sums.data();
  const int64_t lanes = stage.forward.lanesOf(block), firstLane = block * lanesPerBlock;
  multiplyMatrix(stage, block, strip, sums);
  if (index + 1 == stages.size()) {
    for (int64_t s = 0; s < samples.count; ++s)
      std::copy_n(sums + s * paddedLanes(lanes), lanes,
                  &output.logits[(samples.first + s) * program.classes + firstLane]);
    return;
  }
  ByteQuantizer row = stage.is.quantizer;
  row.pool.width = row.pool.outWidth = static_cast<int32_t>(samples.count);
  const QuantizedRow to = quantizedRow(index, strip, 0, 0, firstLane);
  quantizeRow(row, sums, 0, 0, lanes,
              {to.activations, stages[index + 1].images.sampleBytes(), to.gates, stage.outElements});
  if (strip.input.activity)
    countActivations(stage, sums, samples.count, lanes, *strip.input.activity);
}

/// One sample of a convolution, in strips of rows.
void ByteEngine::forwardImage(size_t index, int64_t block, int64_t sample, const Strip &strip) {
  Stage &stage = stages[index];
  const LinearBlock &geometry = stage.is.geometry;
  const PoolWindow &pool = stage.is.quantizer.pool;
  int32_t *sums = memories[strip.worker].sums.data();
  const int64_t lanes = stage.forward.lanesOf(block), width = geometry.outWidth, rowSums = width * paddedLanes(lanes);
  int64_t first = 0, last = 0; // rows that the strip holds
  for (int64_t y = 0; y < pool.outHeight; ++y) {
    const int64_t begin = std::max<int64_t>(0, y * pool.strideY - pool.padTop);
    const int64_t end = std::min<int64_t>(geometry.outHeight, y * pool.strideY - pool.padTop + pool.kernelHeight);
    if (end > last) { // keep what is read again, then fill the strip
      const int64_t kept = std::max<int64_t>(0, last - begin);
      std::memmove(sums, sums + (last - kept - first) * rowSums, kept * rowSums * sizeof(int32_t));
      first = last - kept;
      last = std::min<int64_t>(geometry.outHeight, first + stage.stripRows);
      runRows(stage, block, strip, sample, first + kept, last, sums + kept * rowSums);
    }
    const QuantizedRow row = quantizedRow(index, strip, sample, y, block * lanesPerBlock);
    quantizeRow(stage.is.quantizer, sums, first, y, lanes, row);
    if (strip.input.activity && stage.is.quantizer.poolsSums)
      countPooled(stage, row, lanes, *strip.input.activity);
  }
  if (strip.input.activity && !stage.is.quantizer.poolsSums) // rows that no window reads are counted too
    for (; last < geometry.outHeight; ++last)
      runRows(stage, block, strip, sample, last, last + 1, sums);
}

/// Sums of rows [first, last) of a sample.
void ByteEngine::runRows(Stage &stage, int64_t block, const Strip &strip, int64_t sample, int64_t first, int64_t last,
                         int32_t *sums) {
  const int64_t width = stage.is.geometry.outWidth;
  if (stage.inPairs)
    stage.pairs.run(memories[strip.samples.thread].factors.data() + sample * stage.pairs.factorBytes(),
                    stage.forwardPanels.data(), stage.forwardStart.data(), block, first, last - first,
                    memories[strip.worker].kinds.data(), sums);
  else
    stage.forward.run(inputOf(stage, strip.samples.thread), stage.forwardPanels.data(), stage.forwardStart.data(),
                      stage.largestProduct(), block, sample * stage.forward.positions() + first * width,
                      (last - first) * width, sums);
  if (strip.input.activity && !stage.is.quantizer.poolsSums)
    countActivations(stage, sums, (last - first) * width, stage.forward.lanesOf(block), *strip.input.activity);
}

/// What is pooled behind the rounding is counted in front of the pool, as it will be rounded.
void ByteEngine::countActivations(const Stage &stage, const int32_t *sums, int64_t positions, int64_t lanes,
                                  ActivityCounter &activity) {
  ValueCounts counts;
  counts.total = static_cast<uint64_t>(positions * lanes);
  countQuantized(stage.is.quantizer, sums, positions, lanes, counts.zero, counts.largest);
  activity.add(Opcode::ShiftClip, stage.is.layer, counts);
}

/// What is pooled in front of the rounding is counted behind both.
void ByteEngine::countPooled(const Stage &stage, const QuantizedRow &row, int64_t lanes, ActivityCounter &activity) {
  const ByteQuantizer &quantizer = stage.is.quantizer;
  ValueCounts counts;
  counts.total = static_cast<uint64_t>(stage.is.outWidth * lanes);
  for (int64_t x = 0; x < stage.is.outWidth; ++x)
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const int value = row.activations[x * row.pixelBytes + lane] - quantizer.outputOffset();
      counts.zero += value == 0;
      counts.largest += std::abs(value) == largestInteger(quantizer.bits);
    }
  activity.add(Opcode::ShiftClip, stage.is.layer, counts);
}

/// Where row `y` of a sample's activations goes: to the images of the next stage.
QuantizedRow ByteEngine::quantizedRow(size_t index, const Strip &strip, int64_t sample, int64_t y, int64_t firstLane) {
  Stage &stage = stages[index], &next = stages[index + 1];
  const Samples &samples = strip.samples;
  uint8_t *image =
      inputOf(next, samples.thread) + (samples.first + sample - strip.nextOrigin) * next.images.sampleBytes();
  QuantizedRow row = {image + next.images.pixel(y, 0) + firstLane, next.images.channels, nullptr,
                      stage.is.geometry.neurons};
  if (stage.gates.size() && strip.input.isTraining())
    row.gates = &stage.gates[(samples.first + sample) * stage.outElements + y * stage.is.outWidth * row.gatePixelBytes +
                             firstLane];
  return row;
}

} // namespace wage::rt
