//===- Engine.h - what both engines offer to a session ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_API_ENGINE_H
#define WAGE_RUNTIME_API_ENGINE_H

#include "runtime/Api/SpikeRecorder.h"
#include "runtime/Api/wage_runtime.h"
#include "runtime/Format/Program.h"
#include "runtime/Kernels/ElementwiseKernels.h"
#include "runtime/Kernels/WeightKernels.h"

#include <array>
#include <map>
#include <mutex>
#include <optional>

namespace wage::rt {

/// Which operands of an instruction that rounds to k bits are its output and k.
struct RoundedResult {
  size_t output, bits;
};
/// Those of `shift_clip`, `fire` and `shift_clip_by`; nothing of others.
constexpr std::optional<RoundedResult> roundedResult(Opcode opcode) {
  return opcode == Opcode::ShiftClip || opcode == Opcode::Fire ? std::optional<RoundedResult>({1, 3})
         : opcode == Opcode::ShiftClipBy                       ? std::optional<RoundedResult>({2, 4})
                                                               : std::nullopt;
}

/// Counts activations and errors by layer, from any number of threads. Sums, so that their order does not matter.
class ActivityCounter {
public:
  explicit ActivityCounter(const Program &program);

  /// Counts what a `shift_clip` or `fire` (Q_A) or a `shift_clip_by` (Q_E) to `bits` bits has left on cores of `layer`, which may
  /// be noIndex: not counted.
  void add(Opcode opcode, uint32_t layer, BufferView view, int64_t elements, int64_t samples, int bits);
  /// Adds what was counted elsewhere.
  void add(Opcode opcode, uint32_t layer, const ValueCounts &found);

  const std::vector<LayerCounts> &layers() const { return counts; }

private:
  std::mutex mutex;
  std::vector<LayerCounts> counts; ///< by Program::layers
};

/// What the host gives a chip for one batch.
struct StepInput {
  const uint8_t *images = nullptr;      ///< [count][channels][height][width] bytes, which the host encodes
  const int16_t *activations = nullptr; ///< or, where these are given, images that are encoded already
  const uint32_t *labels = nullptr;     ///< [count]; null: inference only
  uint32_t count = 0;                   ///< samples, at most Config::maxBatch
  int64_t learningRateLog2 = 0;
  uint64_t seed = 0, step = 0;
  bool trace = false;
  ActivityCounter *activity = nullptr; ///< may be null
  SpikeRecorder *spikes = nullptr;     ///< may be null; of inference on the core engine
  const SessionWatch *watch = nullptr; ///< may be null

  bool isTraining() const { return labels != nullptr; }
  /// What the host sends to cores that update weights, and weightUpdate() reads: learning rate (log2), step, seed.
  std::array<int64_t, 3> control() const {
    return {learningRateLog2, static_cast<int64_t>(step), static_cast<int64_t>(seed)};
  }
  void tellPhase(const PhaseDecl &phase, bool begins) const {
    if (watch && watch->onPhase)
      watch->onPhase(phase.name, begins);
  }
};

/// Gathers traced tensors from the cores' parts.
class TraceCollector {
public:
  explicit TraceCollector(uint32_t samples) : samples(samples) {}

  /// Elements [first, first + elements) of each of `count` samples from `firstSample` on.
  void addSlice(const TracePoint &point, BufferView view, uint32_t firstSample, uint32_t count, int64_t first,
                int64_t elements);
  /// A block [neuron][row] of a weight tensor; `values` of `type`.
  void addBlock(const std::string &name, const Layer &layer, const void *values, ElementType type, int64_t rowBegin,
                int64_t rowEnd, int64_t neuronBegin, int64_t neuronEnd);

  const std::map<std::string, TraceTensor> &tensors() const { return collected; }

private:
  uint32_t samples;
  std::map<std::string, TraceTensor> collected;
};

/// What the chip gives back for one batch.
struct StepOutput {
  std::vector<int64_t> logits;              ///< [count][classes]
  std::map<std::string, int32_t> exponents; ///< by trace point name
  TraceCollector *trace = nullptr;          ///< filled if StepInput::trace
};

/// Runs a verified program. Memory for buffers, packets and weights is sized when it is made; run() adds no more than the output,
/// traces and short lists of costs.
class Engine {
public:
  virtual ~Engine() = default;
  /// One batch through the inference phases, or through all phases where labels are given.
  /// Errors: a packet that a core waits for never came.
  virtual Status run(const StepInput &input, StepOutput &output) = 0;
  /// The present weights (masters when training) of a core's block, [neuron][row].
  virtual void readBlock(uint32_t core, int16_t *values) const = 0;
  virtual Counters counters() const = 0;
  /// See Session::layerWork.
  virtual std::vector<LayerWork> layerWork() const { return {}; }
};

/// Refuses what this machine's memory cannot hold, before anything is allocated: a file may claim sizes without end.
Status checkHostMemory(uint64_t neededBytes);
/// Number of one element of a buffer of any type.
int64_t elementAt(const void *data, ElementType type, int64_t index);
/// Elements [first, first + elements) of `count` samples from `firstSample` on, encoded, into `output`.
void encodeInput(const Program &program, const StepInput &input, uint32_t firstSample, uint32_t count, int64_t first,
                 int64_t elements, BufferView output);

/// Entries [first, first + elements) of `tables` as a buffer of their type holds them.
void fillTables(const Tables &tables, int64_t first, int64_t elements, void *data);

/// The kernel's window of a pool over `channels` channels.
PoolWindow poolWindow(const Pool &pool, int64_t channels);
/// The update of a layer's weights, without its range; `control` is StepInput::control().
WeightUpdate weightUpdate(const Program &program, const Layer &layer, const int64_t *control, int exponent);

} // namespace wage::rt

#endif // WAGE_RUNTIME_API_ENGINE_H
