//===- SampleOrder.h - which sample comes when ------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Sample j = step·batch + i of a training run is position j mod n of the order of epoch ⌊j/n⌋; the last batch of an epoch
// runs on into the next. The order depends on nothing but n, the shuffle seed and the epoch, so a run can start anywhere.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_SAMPLEORDER_H
#define WAGE_RUNTIME_DATA_SAMPLEORDER_H

#include <cstdint>
#include <optional>
#include <vector>

namespace wage::rt {

/// The order of samples in training.
///
/// Without a shuffle seed every epoch is in file order. With one, each epoch starts from file order and is shuffled by
/// Fisher and Yates: for i = n-1 down to 1, position i changes places with position r, r uniform in 0…i. The numbers r
/// are drawn in turn from PhiloxWords, with the shuffle seed as key, stream 2^32 - 1, and the epoch as number.
///
/// Source: arithmetic.md section 8, which leaves the draw open.
class SampleOrder {
public:
  /// Units: `samples` from 1 to 2^32 - 1, `batch` at least 1.
  SampleOrder(uint64_t samples, uint32_t batch, std::optional<uint64_t> shuffleSeed);

  /// The `batch` indices of the samples of training step `step`. Fast for ascending steps: one epoch's order is kept.
  void indicesOfStep(uint64_t step, std::vector<uint32_t> &indices);

  /// The epoch of the step's first sample, which also decides its learning rate.
  uint64_t epochOfStep(uint64_t step) const;

  /// ⌈epochs·samples/batch⌉.
  uint64_t stepsOfEpochs(uint64_t epochs) const;

private:
  void orderEpoch(uint64_t epoch);

  uint64_t samples;
  uint32_t batch;
  std::optional<uint64_t> shuffleSeed;
  std::vector<uint32_t> order; ///< of `orderedEpoch`; empty in file order
  std::optional<uint64_t> orderedEpoch;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_SAMPLEORDER_H
