//===- ByteEngine.cpp - stages of bytes at the host's speed ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/ByteEngine.h"

#include "runtime/Kernels/ByteTranspose.h"
#include "runtime/Kernels/Isa.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

namespace {

/// Images of the samples that go through convolutions together, and errors that come back: what a second-level cache and
/// its share of the third hold.
constexpr int64_t passBytes = int64_t(4) << 20, errorPassBytes = int64_t(1) << 20;
/// A strip of sums of one block of lanes, which a first-level cache holds beside what else is read.
constexpr int64_t stripBytes = int64_t(32) << 10;
/// Rows of a gradient that a thread takes at a time, and weights of a neuron.
constexpr int64_t gradientRows = 192, updateWeights = 512;
/// Of a gradient that is formed twice, rows that stay in a first-level cache.
constexpr int64_t tileRows = 48;
/// From one neuron's piece of a gradient to the next: no power of two, so that they do not share lines of a cache.
constexpr int64_t updateStride = updateWeights + 16;

int64_t roundUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/// Convolutions stand in front: from the first matrix product on, samples are rows, and all of a thread's go together.
bool isMatrix(const ByteStage &stage) { return stage.geometry.positions() == 1; }

/// Whether the lanes of a transposed product are a sample's elements; else they are channels, and positions the pixels, as
/// also of a window that stands in one position but is not its plane.
bool hasWholeRows(const ByteConvolution &transposed) { return transposed.positions() == 1; }

} // namespace

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
  stage.largestWeight = static_cast<int>(std::max<int64_t>(1, largestInteger(weightBits)));
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
    stage.passSamples = i < convolutions ? forwardPass : share;
    stage.inputStride = roundUp(int64_t(stage.images.bytes(stage.passSamples)), 64);
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
      factorBytes = std::max(factorBytes, stage.pairs.factorBytes() * stage.passSamples);
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

uint64_t ByteEngine::bytes() const {
  uint64_t sum = errors[0].bytes() + errors[1].bytes() + quads.bytes();
  for (const Stage &stage : stages)
    sum += stage.forwardPanels.bytes() + stage.ternaryPanels.bytes() + stage.transposedPanels.bytes() +
           stage.forwardStart.bytes() + stage.transposedStart.bytes() + stage.input.bytes() + stage.planes.bytes() +
           stage.gates.bytes() + stage.ownQuads.bytes() + stage.gradient.bytes();
  for (const ThreadMemory &memory : memories)
    sum += memory.sums.bytes() + memory.factors.bytes() + memory.kinds.bytes() + memory.errors.bytes() +
           memory.encoded.bytes() + memory.gradients.bytes();
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

static bool wantsTimes(const StepInput &input) { return input.watch && input.watch->timeLayers; }

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

/// What a lane's sums start from: the bias, less what the offset of the bytes that it reads adds.
static void setStart(const ByteConvolution &product, const int8_t *panels, const int64_t *bias, bool isSigned,
                     int64_t firstBlock, int64_t lastBlock, int32_t *start) {
  product.sumWeights(panels, firstBlock, lastBlock, start);
  const int64_t begin = firstBlock * lanesPerBlock, end = std::min(lastBlock * lanesPerBlock, product.lanes());
  for (int64_t lane = begin; lane < end; ++lane)
    start[lane] = static_cast<int32_t>((bias ? bias[lane] : 0) - (isSigned ? signedOffset * int64_t(start[lane]) : 0));
}

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
  setStart(stage.forward, stage.forwardPanels.data(), bias, stage.is.isSigned, firstBlock, lastBlock,
           stage.forwardStart.data());
}

void ByteEngine::packTransposed(Stage &stage, int64_t firstBlock, int64_t lastBlock) {
  stage.transposed.pack(layers[stage.is.layer].inUse.data(), firstBlock, lastBlock, stage.transposedPanels.data());
  setStart(stage.transposed, stage.transposedPanels.data(), nullptr, /*isSigned=*/true, firstBlock, lastBlock,
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
// Threads
//===----------------------------------------------------------------------===//

/// Shares out samples 0 ... count - 1.
template <typename Body> void ByteEngine::forSamples(int64_t count, const Body &body) {
  const int64_t share = shareOf(count);
  pool.run([&](unsigned thread) {
    const int64_t first = std::min(count, thread * share), last = std::min(count, first + share);
    if (first < last)
      body(Samples{thread, first, last - first});
  });
}

/// Calls body(thread, item) for each item, by whichever thread comes first.
template <typename Body> void ByteEngine::forItems(int64_t count, const Body &body) {
  std::atomic<int64_t> next{0};
  pool.run([&](unsigned thread) {
    for (int64_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < count;)
      body(thread, item);
  });
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

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Backward
//===----------------------------------------------------------------------===//

void ByteEngine::runLoss(const StepInput &input, const StepOutput &output) {
  const ByteStage &last = stages.back().is;
  int32_t *error = errorsOf(stages.size() - 1).data();
  int64_t maximum = 0;
  for (int64_t s = 0; s < int64_t(input.count); ++s)
    for (int64_t c = 0; c < int64_t(program.classes); ++c, ++error) {
      const int64_t target = c == int64_t(input.labels[s]) ? int64_t(1) << plan.targetShift : 0;
      *error = static_cast<int32_t>(output.logits[s * program.classes + c] - target);
      maximum = std::max(maximum, std::abs(int64_t(*error)));
    }
  numbers.set(last.errorMaximum, maximum);
}

/// Each thread rounds its samples' errors and hands them on; then the batch's gradient is formed, which needs all of them.
void ByteEngine::runBackward(size_t index, const StepInput &input) {
  Stage &stage = stages[index];
  timedSamples[1] += wantsTimes(input) && index + 1 == stages.size() ? input.count : 0;
  std::fill(largest.begin(), largest.end(), 0);
  forSamples(input.count, [&](const Samples &share) {
    const PartClock clock(wantsTimes(input), secondsOf(share.thread, index, ErrorPart));
    HostArray<uint8_t> &images = memories[share.thread].errors;
    std::memset(images.data(), signedOffset,
                errorImages(stage.is.geometry).bytes(std::min(stage.errorPass, share.count)));
    for (int64_t first = 0; first < share.count; first += stage.errorPass) {
      const Samples pass = {share.thread, share.first + first, std::min(stage.errorPass, share.count - first)};
      roundStage(index, pass, input);
      if (stage.is.handsErrorOn)
        largest[share.thread] = std::max(largest[share.thread], transposeStage(index, pass));
    }
  });
  if (stage.is.handsErrorOn)
    numbers.set(stages[index - 1].is.errorMaximum, *std::max_element(largest.begin(), largest.end()));
  if (stage.is.learns)
    outerStage(index, input);
}

/// Q_E of a few samples, into images and quads.
void ByteEngine::roundStage(size_t index, const Samples &samples, const StepInput &input) {
  Stage &stage = stages[index];
  ErrorRounding rounding;
  rounding.shift = static_cast<int>(numbers.get(stage.is.errorExponent)) + stage.is.errorShift;
  rounding.bits = stage.is.errorBits;
  rounding.rounding = program.config.rounding;
  rounding.hasGates = index + 1 < stages.size();
  rounding.pool = stage.is.quantizer.pool;
  const ByteImages layout = errorImages(stage.is.geometry);
  uint8_t *image = memories[samples.thread].errors.data();
  for (int64_t s = samples.first; s < samples.first + samples.count; ++s, image += layout.sampleBytes()) {
    const int32_t *error = &errorsOf(index)[s * stage.outElements];
    roundErrors(rounding, error, rounding.hasGates ? &stage.gates[s * stage.outElements] : nullptr, layout, image);
    if (input.activity)
      countErrors(stage, rounding, error, *input.activity);
  }
  if (stage.is.learns)
    stage.outer.fillQuads(layout, memories[samples.thread].errors.data(), samples.first, samples.count, quadsOf(stage));
}

/// The plain operations round what the pool has scattered already, where it stands behind the rounding: zeros but for these.
void ByteEngine::countErrors(const Stage &stage, const ErrorRounding &rounding, const int32_t *error,
                             ActivityCounter &activity) {
  ValueCounts counts;
  uint64_t nonZero = 0;
  countRounded(rounding, error, stage.outElements, nonZero, counts.largest);
  const LinearBlock &geometry = stage.is.geometry;
  counts.total = stage.is.quantizer.poolsSums ? stage.outElements : geometry.neurons * geometry.positions();
  counts.zero = counts.total - nonZero;
  activity.add(Opcode::ShiftClipBy, stage.is.layer, counts);
}

/// The error of the stage in front of this one, unrounded, of a few samples whose error's images are there. Returns its
/// maximum.
uint32_t ByteEngine::transposeStage(size_t index, const Samples &samples) {
  Stage &stage = stages[index], &previous = stages[index - 1];
  ThreadMemory &memory = memories[samples.thread];
  const int64_t row = previous.outElements / stage.transposed.positions();
  uint32_t maximum = 0;
  for (int64_t block = 0; block < stage.transposed.blocks(); ++block) {
    const int64_t lanes = stage.transposed.lanesOf(block), firstLane = block * lanesPerBlock;
    const int64_t positions = samples.count * stage.transposed.positions();
    const int64_t strip = hasWholeRows(stage.transposed) ? positions : stripBytes / (4 * lanesPerBlock);
    for (int64_t first = 0; first < positions; first += strip) {
      const int64_t count = std::min(strip, positions - first);
      stage.transposed.run(memory.errors.data(), stage.transposedPanels.data(), stage.transposedStart.data(),
                           stage.largestErrorProduct(), block, first, count, memory.sums.data());
      const int64_t at = samples.first * previous.outElements + first * row + firstLane;
      maximum = std::max(
          maximum, maskErrors(memory.sums.data(), count, lanes, &previous.gates[at], &errorsOf(index - 1)[at], row));
    }
  }
  return maximum;
}

/// Rows [firstRow, lastRow) of one block of a gradient.
void ByteEngine::formGradient(Stage &stage, int64_t samples, int64_t block, int64_t firstRow, int64_t lastRow,
                              int32_t *sums, int64_t stride, uint32_t *maximum) {
  stage.outer.run(stage.planes.data(), quadsOf(stage), samples, stage.is.isSigned ? signedOffset : 0, block, firstRow,
                  lastRow, sums, stride, /*accumulates=*/false, maximum);
}

/// The batch's gradient and its maximum, or its maximum only.
void ByteEngine::outerStage(size_t index, const StepInput &input) {
  Stage &stage = stages[index];
  const int64_t pieces = (stage.outer.rows() + gradientRows - 1) / gradientRows;
  std::fill(largest.begin(), largest.end(), 0);
  forItems(stage.outer.blocks() * pieces, [&](unsigned thread, int64_t item) {
    const PartClock clock(wantsTimes(input), secondsOf(thread, index, GradientPart));
    const int64_t block = item / pieces, first = item % pieces * gradientRows;
    const int64_t last = std::min(first + gradientRows, stage.outer.rows());
    if (!stage.formsTwice) {
      const int64_t stride = stage.outer.gradientRow();
      return formGradient(stage, input.count, block, first, last,
                          &stage.gradient[first * stride + block * lanesPerBlock], stride, &largest[thread]);
    }
    for (int64_t row = first; row < last; row += tileRows)
      formGradient(stage, input.count, block, row, std::min(row + tileRows, last), memories[thread].gradients.data(),
                   lanesPerBlock, &largest[thread]);
  });
  stage.largestGradient = *std::max_element(largest.begin(), largest.end());
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

void ByteEngine::runUpdate(size_t index, const StepInput &input) {
  Stage &stage = stages[index];
  const int64_t control[3] = {input.learningRateLog2, static_cast<int64_t>(input.step),
                              static_cast<int64_t>(input.seed)};
  const WeightUpdate update = weightUpdate(program, program.layers[stage.is.layer], control,
                                           static_cast<int>(numbers.get(stage.is.gradientExponent)));
  forItems(stage.forward.blocks(), [&](unsigned thread, int64_t block) {
    const PartClock clock(wantsTimes(input), secondsOf(thread, index, UpdatePart));
    updateBlock(stage, update, input.count, block, thread);
    packForward(stage, block, block + 1);
  });
  if (stage.is.handsErrorOn)
    forItems(stage.transposed.blocks(), [&](unsigned thread, int64_t block) {
      const PartClock clock(wantsTimes(input), secondsOf(thread, index, UpdatePart));
      packTransposed(stage, block, block + 1);
    });
}

/// Gradients stand row by row, weights neuron by neuron: a piece of both is brought into one order.
void ByteEngine::updateBlock(Stage &stage, const WeightUpdate &update, int64_t samples, int64_t block,
                             unsigned thread) {
  const int64_t rows = stage.is.geometry.rows(), first = block * lanesPerBlock, lanes = stage.forward.lanesOf(block);
  const int64_t gradientRow = stage.outer.gradientRow();
  LayerWeights &weights = layers[stage.is.layer];
  int32_t *gradients = memories[thread].gradients.data();
  for (int64_t row = 0; row < rows; row += updateWeights) {
    const int64_t count = std::min(updateWeights, rows - row);
    if (stage.formsTwice) {
      int32_t *piece = gradients + lanesPerBlock * updateStride;
      formGradient(stage, samples, block, row, row + count, piece, lanesPerBlock, nullptr);
      transposeWords(piece, lanesPerBlock, count, lanes, gradients, updateStride);
    } else {
      transposeWords(&stage.gradient[row * gradientRow + first], gradientRow, count, lanes, gradients, updateStride);
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const int64_t at = (first + lane) * rows + row;
      WeightUpdate piece = update;
      piece.neurons = 1;
      piece.rows = count;
      piece.firstIndex = (first + lane) * update.neuronStride + row * update.rowStride;
      updateMasters(piece, gradients + lane * updateStride, ElementType::Int32, &weights.masters[at], nullptr);
    }
  }
  const Config &config = program.config;
  quantizeWeights(&weights.masters[first * rows], &weights.inUse[first * rows], lanes * rows, config.weightBits,
                  config.gradientBits, config.rounding);
}

} // namespace wage::rt
