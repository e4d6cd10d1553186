//===- MappingOptions.h - what a user chooses of a mapping ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_MAPPINGOPTIONS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_MAPPINGOPTIONS_H

#include <cstdint>
#include <string>
#include <vector>

namespace wage::chip {

/// What the partition is to have least of.
enum class Objective {
  Cores,     ///< cores
  Latency,   ///< cycles from a sample's pixels to its logits
  Throughput ///< cycles between two samples
};

/// Whether several small blocks share a core.
enum class Sharing {
  Off, ///< each has a core of its own
  Fit, ///< where there are too few cores otherwise
  On   ///< wherever they fit
};

struct MappingOptions {
  Objective objective = Objective::Cores;
  uint64_t budget = 0;                  ///< most cores taken; 0: all that the chip has
  std::vector<std::string> copies = {}; ///< of layers; see `readCopies`
  Sharing sharing = Sharing::Fit;
  uint64_t bufferSlots = 0; ///< most samples that a buffer holds for which packets come; 0: the batch
  std::vector<std::string> recomputed =
      {};                     ///< layers whose gradients are formed from the batch; `all`: those without copies
  bool watchTicks = false;    ///< ticks of a fixed length may be too short for the most events there can be
  std::string spikeCode = {}; ///< how activations cross; empty: in the code that the chip lists first
  std::vector<std::string> faultyCores = {}; ///< `x:y` or a number: not to be used, beside the chip's own
};

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_MAPPINGOPTIONS_H
