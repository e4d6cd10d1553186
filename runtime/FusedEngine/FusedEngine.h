//===- FusedEngine.h - whole layers at the host's speed ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_FUSEDENGINE_H
#define WAGE_RUNTIME_FUSEDENGINE_FUSEDENGINE_H

#include "runtime/Api/Engine.h"
#include "runtime/FusedEngine/ByteEngine.h"
#include "runtime/FusedEngine/Lift.h"
#include "runtime/Kernels/BlockProducts.h"
#include "runtime/Support/ThreadPool.h"

#include <memory>
#include <mutex>

namespace wage::rt {

/// Runs the whole layers lifted from a program's streams. Threads share out the samples of a phase; gradients and maxima are
/// summed and raised per thread and then together, which is exact and so the same for any number of threads.
///
/// A chain of 8-bit layers runs in stages of bytes (ByteEngine.h). Any other program, and a step whose tensors are traced, runs
/// operation by operation on plain tensors.
class FusedEngine : public Engine, private StepNumbers {
public:
  /// Errors: the streams do not compute whole layers (see liftProgram).
  static Expected<std::unique_ptr<FusedEngine>> create(const Program &program, unsigned threads);

  Status run(const StepInput &input, StepOutput &output) override;
  void readBlock(uint32_t core, int16_t *values) const override;
  Counters counters() const override { return totals; }
  std::vector<LayerWork> layerWork() const override { return bytes ? bytes->layerWork() : std::vector<LayerWork>(); }

private:
  struct ThreadMemory {
    std::vector<std::vector<uint8_t>> tensors; ///< own copies: of sample tensors, and of what its samples add up to
    std::vector<uint8_t> scratch;
  };
  /// What an operation runs on: `samples` samples from `first` on, in the memory of `thread`.
  struct Range {
    unsigned thread = 0;
    int64_t first = 0, samples = 1;
    bool perSample = false;
  };

  FusedEngine(const Program &program, FusedProgram fused, std::optional<BytePlan> plan, unsigned threads);
  void loadWeights();
  void sizeNumbers();
  void sizeMemory();
  void set(uint32_t tensor, int64_t value) override;
  int64_t get(uint32_t tensor) const override;
  void runPlain(uint32_t phase, const StepInput &input, StepOutput &output);
  void refreshWeights(uint32_t layer);
  void packWeights(uint32_t layer);
  void runPerSample(const FusedPhase &phase, uint32_t index, const StepInput &input, StepOutput &output);
  void combine(const FusedPhase &phase);
  void runOnce(const FusedPhase &phase, const StepInput &input);
  void execute(const FusedOp &op, const Range &range, const StepInput &input, StepOutput *output);
  void executeInstruction(const FusedOp &op, const Range &range);
  void countActivity(const FusedOp &op, const Range &range, ActivityCounter &activity);
  void executeProduct(const FusedOp &op, const Range &range);
  void executePool(const FusedOp &op, const Range &range);
  void *scratchOf(unsigned thread);
  void formGradient(const FusedOp &op, int64_t samples);
  void update(const FusedOp &op, int gradientAt, int exponentAt, int controlAt, bool keepSteps);
  void trace(uint32_t phase, const Range &range, StepOutput &output);
  void traceWeights(uint32_t phase, StepOutput &output);
  void readExponents(uint32_t phase, StepOutput &output);
  BufferView view(int64_t tensor, const Range &range);

  const Program &program;
  const FusedProgram fused;
  ThreadPool pool;
  int64_t chunk = 1;
  std::vector<bool> accumulated;            ///< by tensor: threads add to it (or raise it) in a per-sample phase
  std::vector<std::vector<uint8_t>> shared; ///< by tensor: batch and step tensors
  std::vector<ThreadMemory> memories;       ///< by thread
  std::vector<LayerWeights> layers;
  std::vector<BlockProducts> products; ///< by layer, for plain operations
  std::mutex traceMutex;
  std::unique_ptr<ByteEngine> bytes; ///< null: the program is no chain of 8-bit layers
  bool hasMemory = false;            ///< for plain tensors
  Counters totals;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_FUSEDENGINE_H
