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

struct MappingOptions {
  Objective objective = Objective::Cores;
  uint64_t budget = 0;             ///< most cores taken; 0: all that the chip has
  std::vector<std::string> copies; ///< of layers; see `readCopies`
};

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_MAPPINGOPTIONS_H
