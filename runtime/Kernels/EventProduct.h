//===- EventProduct.h - a product that sums events, tick by tick --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_EVENTPRODUCT_H
#define WAGE_RUNTIME_KERNELS_EVENTPRODUCT_H

#include "runtime/Kernels/LinearProducts.h"
#include "runtime/Numerics/SpikeCode.h"

#include <vector>

namespace wage::rt {

/// What one window of one core was.
struct WindowCount {
  uint64_t events = 0;               ///< that its axons took
  uint64_t synapticEvents = 0;       ///< weights added to potentials
  std::vector<uint64_t> ofTick = {}; ///< synaptic events by tick
};

/// The events of one sample's first `elements` elements, Int8 or Int16, under `code`.
uint64_t countEvents(SpikeCode code, BufferView view, int64_t elements, int64_t sample);

/// The same by tick of a window of integers of `bits` bits.
std::vector<uint64_t> countEventsOfTicks(SpikeCode code, int bits, BufferView view, int64_t elements, int64_t sample);

/// The product of a block's weights with axons whose values come as events: what a core with event-driven axons does. The weights
/// are kept by axon, so that an event finds those of all its neurons together.
class EventProduct {
public:
  EventProduct() = default;
  explicit EventProduct(const LinearBlock &block) : block(block) {}

  /// Takes over weights [neurons][rowsPerNeuron].
  void setWeights(const int8_t *weights);

  uint64_t bytes() const { return byRow.size() * sizeof(int8_t); }

  /// Integrates one window of one sample: potentials [neurons][positions] (overwritten) from 0, tick after tick; in each every
  /// axon with an event adds its weights, `graded` ones times the payload; with `phase` potentials double before each tick but
  /// the first. The sums are those of forwardProduct.
  ///
  /// Shape:  `input` [channelEnd - channelBegin][height][width], Int8 or Int16; `potentials` Int32 or Int64.
  /// Units:  |input| <= largestInteger(bits) where the code is binary; `bits` says nothing of graded events.
  /// Errors: none. Sums that do not fit the potentials' type wrap around, as those of the other products do; the compiler has
  ///         proved that none of its programs has such.
  /// Source: arithmetic.md section 10.
  WindowCount integrate(SpikeCode code, int bits, BufferView input, BufferView potentials) const;

private:
  LinearBlock block;
  std::vector<int8_t> byRow; ///< [row of the block][neuron that sees it], rows from the first
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_EVENTPRODUCT_H
