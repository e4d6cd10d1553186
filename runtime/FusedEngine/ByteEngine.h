//===- ByteEngine.h - stages of bytes at the host's speed ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Runs a BytePlan. Threads share out samples where each sample is its own, and parts of the weights where the batch is summed;
// so no thread has a gradient of its own, and any number of threads gives the same bits.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_BYTEENGINE_H
#define WAGE_RUNTIME_FUSEDENGINE_BYTEENGINE_H

#include "runtime/Api/Engine.h"
#include "runtime/FusedEngine/BytePlan.h"
#include "runtime/FusedEngine/LayerWeights.h"
#include "runtime/Kernels/FilterPairs.h"
#include "runtime/Kernels/HostMemory.h"
#include "runtime/Kernels/TernaryProduct.h"
#include "runtime/Support/ThreadPool.h"

#include <atomic>
#include <chrono>

namespace wage::rt {

/// Where a step's maxima and exponents stand, by tensor of the lifted program.
class StepNumbers {
public:
  virtual ~StepNumbers() = default;
  virtual void set(uint32_t tensor, int64_t value) = 0;
  virtual int64_t get(uint32_t tensor) const = 0;
};

/// Runs a BytePlan on batches, phase by phase.
class ByteEngine {
public:
  /// `layers` are those of the program; `numbers` holds what the traces read. Both outlive the engine.
  ByteEngine(const Program &program, BytePlan plan, std::vector<LayerWeights> &layers, StepNumbers &numbers,
             ThreadPool &pool);

  /// Bytes of host memory of what such an engine keeps of a batch of `batch` samples between forward and backward, or of one
  /// sample.
  static uint64_t leastHostMemory(const BytePlan &plan, uint32_t batch);

  /// Does what phase `phase` of the program does.
  void run(uint32_t phase, const StepInput &input, StepOutput &output);
  /// Takes over weights in use that changed elsewhere.
  void repack();
  /// Bytes of memory that the engine holds.
  uint64_t bytes() const;
  /// See Session::layerWork.
  std::vector<LayerWork> layerWork() const;

private:
  /// Images of the samples that go through convolutions together, and errors that come back: what a second-level cache and
  /// its share of the third hold.
  static constexpr int64_t passBytes = int64_t(4) << 20, errorPassBytes = int64_t(1) << 20;
  /// A strip of sums of one block of lanes, which a first-level cache holds beside what else is read.
  static constexpr int64_t stripBytes = int64_t(32) << 10;
  /// Rows of a gradient that a thread takes at a time, and weights of a neuron.
  static constexpr int64_t gradientRows = 192, updateWeights = 512;
  /// Of a gradient that is formed twice, rows that stay in a first-level cache.
  static constexpr int64_t tileRows = 48;
  /// From one neuron's piece of a gradient to the next: no power of two, so that they do not share lines of a cache.
  static constexpr int64_t updateStride = updateWeights + 16;

  /// A stage's products, and its memory.
  struct Stage {
    ByteStage is;
    ByteConvolution forward, transposed;
    bool inPairs = false; ///< the forward product is computed by `pairs`
    FilterPairs pairs;
    /// A matrix product with weights of two bits is computed by `ternary` where there are few samples; `inBytes`: by `forward`
    /// where there are more.
    bool inBits = false, inBytes = true;
    TernaryProduct ternary;
    HostArray<uint8_t> ternaryPanels;
    ByteOuterProduct outer;
    ByteImages images;       ///< its input
    int64_t outElements = 0; ///< of a sample: activations, gates, unrounded errors
    HostArray<int8_t> forwardPanels, transposedPanels;
    HostArray<int32_t> forwardStart, transposedStart; ///< by lane: bias, and what the offset of signed bytes adds
    HostArray<uint8_t> input;                         ///< images of the samples of a pass, by thread
    HostArray<uint8_t> planes;                        ///< of the batch, where the layer learns
    HostArray<uint8_t> gates;                         ///< of the batch
    /// [row][lane]; empty if it is formed twice, once for its maximum and once, piece by piece, for the update: where few
    /// positions are summed that takes less time than writing and reading it.
    HostArray<int32_t> gradient;
    bool formsTwice = false;
    HostArray<int8_t> ownQuads; ///< of the batch, where the gradient is formed twice
    int64_t inputStride = 0;    ///< bytes of `input` from thread to thread
    int64_t stripRows = 1;      ///< rows of sums that are computed together
    int64_t errorPass = 1;      ///< samples whose errors are rounded together
    uint32_t largestGradient = 0;
    int largestWeight = 1;

    int largestProduct() const { return (is.isSigned ? 255 : 127) * largestWeight; }
    int largestErrorProduct() const { return 255 * largestWeight; }
    bool takesInBits(int64_t samples) const { return inBits && samples <= TernaryProduct::mostSamples; }
    uint64_t bytes() const {
      return forwardPanels.bytes() + ternaryPanels.bytes() + transposedPanels.bytes() + forwardStart.bytes() +
             transposedStart.bytes() + input.bytes() + planes.bytes() + gates.bytes() + gradient.bytes() +
             ownQuads.bytes();
    }
  };
  /// What a thread spends time on in a stage.
  enum Part { ForwardPart, ErrorPart, GradientPart, UpdatePart, parts };
  /// Adds the time of its own life to a thread's sum, if that is wanted.
  class PartClock {
  public:
    PartClock(bool isWanted, double &seconds);
    ~PartClock();
    PartClock(const PartClock &) = delete;
    PartClock &operator=(const PartClock &) = delete;

  private:
    double *seconds;
    std::chrono::steady_clock::time_point start;
  };
  struct ThreadMemory {
    std::vector<double> seconds;   ///< by stage and part
    HostArray<int32_t> sums;       ///< a strip of a product's results
    HostArray<uint8_t> factors;    ///< of pairs, of a pass
    HostArray<int32_t> kinds;      ///< sums of a strip of pairs
    HostArray<uint8_t> errors;     ///< images of rounded errors
    HostArray<uint8_t> encoded;    ///< an image as planes
    HostArray<int32_t> gradients;  ///< weight by weight
    HostArray<int8_t> activations; ///< of a ternary product, and their sums
    int32_t activationSums[TernaryProduct::mostSamples];

    uint64_t bytes() const {
      return sums.bytes() + factors.bytes() + kinds.bytes() + errors.bytes() + encoded.bytes() + gradients.bytes() +
             activations.bytes();
    }
  };
  struct Samples {
    unsigned thread;
    int64_t first, count;
  };
  /// Samples on their way through a stage; `nextOrigin` is the first sample that the next stage's memory holds, `worker` the
  /// thread that computes: another than the samples' where there are too few for all threads.
  struct Strip {
    const Samples &samples;
    int64_t nextOrigin;
    const StepInput &input;
    unsigned worker;
  };

  void makeStage(size_t index);
  void sizeMemory();
  void packForward(Stage &stage, int64_t firstBlock, int64_t lastBlock);
  void packTransposed(Stage &stage, int64_t firstBlock, int64_t lastBlock);
  /// Shares out samples 0 ... count - 1: body(Samples).
  template <typename Body> void forSamples(int64_t count, const Body &body);
  /// Calls body(thread, item) for each item, by whichever thread comes first.
  template <typename Body> void forItems(int64_t count, const Body &body);

  void runForward(const StepInput &input, StepOutput &output);
  void encode(const Samples &samples, int64_t origin, const StepInput &input);
  void forwardStage(size_t index, const Samples &samples, int64_t nextOrigin, const StepInput &input,
                    StepOutput &output, bool sharesBlocks);
  void forwardBlock(size_t index, int64_t block, const Strip &strip, StepOutput &output);
  void multiplyMatrix(Stage &stage, int64_t block, const Strip &strip, int32_t *sums);
  void forwardMatrix(size_t index, int64_t block, const Strip &strip, StepOutput &output);
  void forwardImage(size_t index, int64_t block, int64_t sample, const Strip &strip);
  void runRows(Stage &stage, int64_t block, const Strip &strip, int64_t sample, int64_t first, int64_t last,
               int32_t *sums);
  QuantizedRow quantizedRow(size_t index, const Strip &strip, int64_t sample, int64_t y, int64_t firstLane);
  /// Convolutions stand in front: from the first matrix product on, samples are rows, and all of a thread's go together.
  static bool isMatrix(const ByteStage &stage) { return stage.geometry.positions() == 1; }
  /// Whether the lanes of a transposed product are a sample's elements; else they are channels, and positions the pixels, as
  /// also of a window that stands in one position but is not its plane.
  static bool hasWholeRows(const ByteConvolution &transposed) { return transposed.positions() == 1; }
  static bool wantsTimes(const StepInput &input) { return input.watch && input.watch->timeLayers; }
  static void countActivations(const Stage &stage, const int32_t *sums, int64_t positions, int64_t lanes,
                               ActivityCounter &activity);
  static void countPooled(const Stage &stage, const QuantizedRow &row, int64_t lanes, ActivityCounter &activity);
  void runLoss(const StepInput &input, const StepOutput &output);
  void runBackward(size_t index, const StepInput &input);
  void roundStage(size_t index, const Samples &samples, const StepInput &input);
  static void countErrors(const Stage &stage, const ErrorRounding &rounding, const int32_t *error,
                          ActivityCounter &activity);
  uint32_t transposeStage(size_t index, const Samples &samples);
  void formGradient(Stage &stage, int64_t samples, int64_t block, int64_t firstRow, int64_t lastRow, int32_t *sums,
                    int64_t stride, uint32_t *maximum);
  void outerStage(size_t index, const StepInput &input);
  void runUpdate(size_t index, const StepInput &input);
  void updateBlock(Stage &stage, const WeightUpdate &update, int64_t samples, int64_t block, unsigned thread);

  /// Samples of a thread out of `count`: whole fours, of which the quads of a matrix product make words.
  int64_t shareOf(int64_t count) const { return ((count + pool.size() - 1) / pool.size() + 3) / 4 * 4; }
  int8_t *quadsOf(Stage &stage) { return stage.formsTwice ? stage.ownQuads.data() : quads.data(); }
  double &secondsOf(unsigned thread, size_t stage, Part part) { return memories[thread].seconds[stage * parts + part]; }
  uint8_t *inputOf(Stage &stage, unsigned thread) { return stage.input.data() + thread * stage.inputStride; }
  HostArray<int32_t> &errorsOf(size_t index) { return errors[index % 2]; }

  const Program &program;
  const BytePlan plan;
  std::vector<LayerWeights> &layers;
  StepNumbers &numbers;
  ThreadPool &pool;
  std::vector<Stage> stages;
  size_t convolutions = 0; ///< stages in front of the first matrix product
  int64_t forwardPass = 1; ///< samples that go through them together
  std::vector<ThreadMemory> memories;
  HostArray<int32_t> errors[2];      ///< unrounded, of the batch: of a stage and of the one before it
  HostArray<int8_t> quads;           ///< rounded errors of the batch, of the stage under way
  std::vector<uint32_t> largest;     ///< by thread
  uint64_t timedSamples[2] = {0, 0}; ///< forward, and backward
};

template <typename Body> void ByteEngine::forSamples(int64_t count, const Body &body) {
  const int64_t share = shareOf(count);
  pool.run([&](unsigned thread) {
    const int64_t first = std::min(count, thread * share), last = std::min(count, first + share);
    if (first < last)
      body(Samples{thread, first, last - first});
  });
}

template <typename Body> void ByteEngine::forItems(int64_t count, const Body &body) {
  std::atomic<int64_t> next{0};
  pool.run([&](unsigned thread) {
    for (int64_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < count;)
      body(thread, item);
  });
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_BYTEENGINE_H
