//===- CoreState.h - one core at work ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COREENGINE_CORESTATE_H
#define WAGE_RUNTIME_COREENGINE_CORESTATE_H

#include "runtime/CoreEngine/HeldBuffers.h"
#include "runtime/CoreEngine/PhaseChunks.h"
#include "runtime/CoreEngine/Router.h"
#include "runtime/Format/Cost.h"
#include "runtime/Kernels/BlockProducts.h"
#include "runtime/Kernels/EventProduct.h"

namespace wage::rt {

class ActivityCounter;
class SpikeRecorder;

/// What a phase's streams run on: samples [first, first + samples) of the batch, or once.
struct ChunkContext {
  uint32_t phase = 0, firstSample = 0, samples = 1;
  uint32_t batch = 1; ///< samples of the whole batch
  bool perSample = false;
  bool isFirstChunk = true;            ///< cycles are counted for the first sample and extended to the batch
  bool keepSteps = false;              ///< an Update leaves its steps for the trace
  ActivityCounter *activity = nullptr; ///< may be null
  SpikeRecorder *spikes = nullptr;     ///< may be null
};

/// Sums over executed instructions of one phase.
struct WorkCount {
  uint64_t macs = 0, memoryBytes = 0, offChipBytes = 0, synapticEvents = 0;
  uint64_t busyCycles = 0; ///< of all samples (or of the phase, when it runs once)

  /// Of `samples` samples that cost the same.
  void add(const InstructionCost &cost, uint64_t samples) {
    macs += cost.macs * samples;
    memoryBytes += cost.memoryBytes * samples;
    offChipBytes += cost.offChipBytes * samples;
    busyCycles += cost.cycles * samples;
  }
};

/// One core: its memories and its stream. It sees its own buffers, its weights and the router; nothing else.
class CoreState {
public:
  /// `shape` is that of the core's block; null without one.
  CoreState(const Program &program, uint32_t index, const PhaseChunks &chunks, std::shared_ptr<const BlockShape> shape);

  /// Starts the phase's stream.
  void beginChunk(const ChunkContext &context);
  /// Runs until the stream's end, or until a packet is missing: see finished() and missingRoute().
  void run(const ChunkContext &context, Router &router, void *scratch);
  uint32_t missingRoute() const { return missing; }
  bool finished() const { return next == end; }

  BufferView view(int64_t buffer, const ChunkContext &context) const;
  int64_t elements(int64_t buffer) const { return buffers[buffer].elements; }
  const int16_t *masters() const { return stored.data(); }
  const int16_t *steps() const { return lastSteps.data(); }
  uint64_t clock() const { return cycle; }
  const WorkCount &work() const { return count; }
  const HeldBuffers &heldBuffers() const { return held; }
  /// Synaptic events of the tick that has most of them, in any window since the phase began.
  uint64_t mostSynapticEventsOfTick() const { return busiestTick; }
  bool hasWork(uint32_t phase) const { return t.phaseBegin[phase] != t.phaseBegin[phase + 1]; }
  /// All host memory it has sized.
  uint64_t hostMemory() const;

private:
  struct Buffer {
    std::vector<uint8_t> bytes;
    int64_t elements = 0;
    ElementType type = ElementType::Int8;
    Lifetime lifetime = Lifetime::Sample;
  };
  struct Resolved {
    Opcode opcode;
    int64_t operands[maxOperands];
    InstructionCost cost;
    bool hasEvents = false; ///< a message of events, or their integration: each sample costs its own
  };

  /// Weights in use from the masters, or as they are stored where the layer does not learn.
  void refreshWeights();
  /// False where a packet is missing.
  bool receive(const Resolved &in, const ChunkContext &context, Router &router);
  void send(const Resolved &in, const ChunkContext &context, Router &router);
  void execute(const Resolved &in, const ChunkContext &context, void *scratch);
  void countActivity(const Resolved &in, const ChunkContext &context) const;
  void executeProduct(const Resolved &in, const ChunkContext &context, void *scratch);
  void executePool(const Resolved &in, const ChunkContext &context);
  void executeScalar(const Resolved &in, const ChunkContext &context);
  void integrate(const Resolved &in, const ChunkContext &context);
  void costMessages(const ChunkContext &context, const Router &router);
  InstructionCost costNow(const Resolved &in, const ChunkContext &context) const;
  void formGradient(const Resolved &in, const ChunkContext &context, void *scratch);
  void update(int64_t exponentBuffer, int64_t controlBuffer, const void *gradients, ElementType type,
              const ChunkContext &context);

  const Program &program;
  const Core &core;
  const Template &t;
  const uint32_t index, largestChunk;
  std::vector<Buffer> buffers;
  std::vector<Resolved> stream;
  std::vector<int16_t> stored, lastSteps;
  std::vector<int8_t> weights;
  BlockProducts products;
  EventProduct events; ///< of a core that integrates
  bool integrates = false;
  std::vector<InstructionCost> sampleCosts; ///< of one instruction with events, by sample of the chunk
  uint64_t busiestTick = 0;
  bool handsErrorsOn = false;    ///< some instruction multiplies with the transposed weights
  std::vector<uint8_t> gradient; ///< formed from the batch, for one instruction
  size_t next = 0, end = 0;
  uint32_t missing = noIndex;
  uint64_t cycle = 0;
  WorkCount count;
  HeldBuffers held;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COREENGINE_CORESTATE_H
