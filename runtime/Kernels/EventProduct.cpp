//===- EventProduct.cpp - a product that sums events, tick by tick --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/EventProduct.h"

#include "runtime/Kernels/ElementAccess.h"

#include <type_traits>

namespace wage::rt {

uint64_t countEvents(SpikeCode code, BufferView view, int64_t elements, int64_t sample) {
  uint64_t events = 0;
  withElementType(view.type, [&](auto zero) {
    const auto *in = sampleOf<const decltype(zero)>(view, sample);
    for (int64_t e = 0; e < elements; ++e)
      events += static_cast<uint64_t>(eventsOf(code, in[e]));
  });
  return events;
}

std::vector<uint64_t> countEventsOfTicks(SpikeCode code, int bits, BufferView view, int64_t elements, int64_t sample) {
  std::vector<uint64_t> events(static_cast<size_t>(windowTicks(code, bits)), 0);
  withElementType(view.type, [&](auto zero) {
    const auto *in = sampleOf<const decltype(zero)>(view, sample);
    for (int64_t e = 0; e < elements; ++e)
      for (size_t tick = 0; in[e] != 0 && tick < events.size(); ++tick)
        events[tick] += hasEvent(code, in[e], static_cast<int64_t>(tick), bits);
  });
  return events;
}

void EventProduct::setWeights(const int8_t *weights) {
  const int64_t rows = block.rowsPerNeuron(), perGroup = block.neuronsPerGroup();
  byRow.resize(static_cast<size_t>(block.weights()));
  for (int64_t group = 0; group < block.groups; ++group)
    for (int64_t n = 0; n < perGroup; ++n)
      for (int64_t row = 0; row < rows; ++row)
        byRow[(group * rows + row) * perGroup + n] = weights[(group * perGroup + n) * rows + row];
}

namespace {

/// An axon that is not silent: which element of the block's input it carries, and that integer.
struct Axon {
  int64_t element, value;
};

/// The window of one block under way. Potentials are kept [position][neuron], so that an event adds one run of weights; and
/// without a sign, so that sums of a file that claims too narrow a type wrap around as those of the other kernels do.
template <typename Potential> class Window {
  using Word = std::make_unsigned_t<Potential>;

public:
  Window(const LinearBlock &block, const int8_t *byRow)
      : block(block), byRow(byRow), potentials(block.positions() * block.neurons, 0) {}

  /// Adds the weights of the element's axons, times `factor`; returns how many.
  uint64_t add(int64_t element, int64_t factor) {
    uint64_t added = 0;
    block.forEachWindow(element, [&](int64_t row, int64_t position) { added += addRow(row, position, factor); });
    return added;
  }

  void twice() {
    for (Word &potential : potentials)
      potential *= 2;
  }

  void copyTo(Potential *out) const {
    const int64_t positions = block.positions();
    for (int64_t p = 0; p < positions; ++p)
      for (int64_t n = 0; n < block.neurons; ++n)
        out[n * positions + p] = static_cast<Potential>(potentials[p * block.neurons + n]);
  }

private:
  uint64_t addRow(int64_t row, int64_t position, int64_t factor) {
    const int64_t perGroup = block.neuronsPerGroup(), group = row / block.rowsPerNeuron();
    Word *at = &potentials[position * block.neurons + group * perGroup];
    const int8_t *weights = byRow + row * perGroup;
    const auto times = static_cast<Word>(factor);
    for (int64_t n = 0; n < perGroup; ++n)
      at[n] += static_cast<Word>(weights[n]) * times;
    return static_cast<uint64_t>(perGroup);
  }

  const LinearBlock &block;
  const int8_t *byRow;
  std::vector<Word> potentials;
};

} // namespace

WindowCount EventProduct::integrate(SpikeCode code, int bits, BufferView input, BufferView potentials) const {
  WindowCount count;
  const int64_t ticks = windowTicks(code, bits);
  count.ofTick.assign(static_cast<size_t>(ticks), 0);
  std::vector<Axon> axons; // the silent ones cost nothing
  withElementType(input.type, [&](auto zero) {
    const auto *in = static_cast<const decltype(zero) *>(input.data);
    const int64_t elements = (block.channelEnd() - block.channelBegin()) * block.plane();
    for (int64_t e = 0; e < elements; ++e)
      if (in[e] != 0)
        axons.push_back({e, in[e]});
  });
  withElementType(potentials.type, [&](auto zero) {
    using Potential = decltype(zero);
    Window<Potential> window(block, byRow.data());
    for (int64_t tick = 0; tick < ticks; ++tick) {
      if (code == SpikeCode::Phase && tick > 0)
        window.twice();
      for (const Axon &axon : axons) {
        if (!hasEvent(code, axon.value, tick, bits))
          continue;
        const int64_t sign = axon.value < 0 ? -1 : 1;
        ++count.events;
        count.ofTick[tick] += window.add(axon.element, code == SpikeCode::Graded ? axon.value : sign);
      }
      count.synapticEvents += count.ofTick[tick];
    }
    window.copyTo(static_cast<Potential *>(potentials.data));
  });
  return count;
}

} // namespace wage::rt
