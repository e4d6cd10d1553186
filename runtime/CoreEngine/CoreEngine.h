//===- CoreEngine.h - every core, every packet ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COREENGINE_COREENGINE_H
#define WAGE_RUNTIME_COREENGINE_COREENGINE_H

#include "runtime/Api/Engine.h"
#include "runtime/CoreEngine/CoreState.h"
#include "runtime/CoreEngine/PhaseChunks.h"
#include "runtime/Format/Positions.h"
#include "runtime/Support/ThreadPool.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace wage::rt {

/// Executes each core's instruction stream and every packet, and counts them.
///
/// Cycles of a phase that runs per sample: L + (B - 1) · I, with L the cycle at which the last core finishes the first sample
/// (packets take serialization plus hops), and I the interval at which samples can follow: the busiest core's cycles, link's
/// bytes over its bandwidth, off-chip port's bytes over its bandwidth, or the time for which a sample keeps the place where its
/// packets land (HeldBuffers.h), whichever is largest. A phase that runs once takes max(L, I). Phases follow each other. Blocks
/// of one core take turns (TurnClock.h), and its cycles are all of theirs.
class CoreEngine : public Engine {
public:
  CoreEngine(const Program &program, unsigned threads);

  /// Bytes of host memory for all buffers and packets with one sample under way: less than the engine takes.
  static uint64_t leastHostMemory(const Program &program);

  Status run(const StepInput &input, StepOutput &output) override;
  void readBlock(uint32_t core, int16_t *values) const override;
  Counters counters() const override;

  /// What a route carried last: its elements for each sample of the last chunk; of a batch of one sample, for that.
  BufferView packetOf(uint32_t route) const { return router.payload(route); }

  /// Makes a route lose its packets, for tests.
  void dropPacketsOf(uint32_t route) { router.dropPacketsOf(route); }

private:
  /// What waits, runs and is done in one chunk; guarded by its mutex.
  struct Schedule {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<uint32_t> ready;
    std::vector<std::vector<uint32_t>> waiting; ///< by route: cores stopped at it
    unsigned running = 0;
  };

  /// Of the first sample in a phase.
  struct Pace {
    uint64_t latency = 0, intervalOfBuffers = 0;
  };

  void findRoutes();
  void nameSpikes();
  Status runPhase(uint32_t phase, const StepInput &input, StepOutput &output);
  Status runChunk(const ChunkContext &context);
  void runCores(const ChunkContext &context, unsigned thread);
  void stopOrWake(uint32_t core, const ChunkContext &context);
  void sendFromHost(const ChunkContext &context, const StepInput &input);
  Status checkTicks(const ChunkContext &context);
  Status checkLinksOfTicks(uint32_t phase, uint32_t sample) const;
  void readToHost(const ChunkContext &context, StepOutput &output);
  void trace(const ChunkContext &context, StepOutput &output, bool isLastChunk);
  void readExponents(uint32_t phase, StepOutput &output);
  Status describeStall(const ChunkContext &context) const;
  std::string positionOf(uint32_t core) const;
  /// Adds what the cores and links have done in a phase; returns the cycles of its first sample.
  uint64_t account(uint32_t phase, uint32_t samples, uint32_t batch);
  /// Tells the recorder what it can only know when the phase is done.
  void record(uint32_t phase, uint64_t latency, SpikeRecorder &spikes) const;
  uint64_t intervalOfBuffers(uint32_t phase) const;
  Pace paceInTurns(uint32_t phase, uint32_t batch);

  const Program &program;
  const Positions positions;
  const PhaseChunks chunks;
  Router router;
  std::vector<std::unique_ptr<CoreState>> cores;
  std::vector<std::vector<uint32_t>> phaseRoutes, phaseCores;
  std::vector<std::vector<uint32_t>> sendsOf; ///< by core: routes it sources
  ThreadPool pool;
  std::vector<std::vector<uint8_t>> scratch; ///< by thread
  std::vector<uint8_t> hostBuffer;
  Schedule schedule;
  std::map<std::pair<uint32_t, uint32_t>, Pace> turnPace; ///< by phase, and batch where that counts, once known
  std::vector<uint64_t> linkLoad;     ///< by link: bytes of all samples in the phase being accounted
  std::vector<uint64_t> ticksOfPhase; ///< of a sample's windows
  std::vector<size_t> spikesOfRoute;  ///< of routes of events: where totals.layers counts them
  Counters totals;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COREENGINE_COREENGINE_H
