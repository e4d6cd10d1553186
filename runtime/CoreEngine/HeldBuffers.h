//===- HeldBuffers.h - how long packets keep a block's buffers ---------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_COREENGINE_HELDBUFFERS_H
#define WAGE_RUNTIME_COREENGINE_HELDBUFFERS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// Watches, while a block runs a phase for one sample, the buffers of the sample that packets are copied into. A place in such a
/// buffer is taken from the cycle at which a packet's first byte can arrive until its last use; where there is one place only,
/// until the block is done with the sample, since its memory serves others before and after.
class HeldBuffers {
public:
  explicit HeldBuffers(const Template &t);

  void beginPhase();
  /// A packet that instruction `index`, a receive, copies can have begun to arrive at `cycle`.
  void arrive(size_t index, uint64_t cycle);
  /// Instruction `index` is done at `cycle`.
  void finish(size_t index, uint64_t cycle);

  /// Cycles between two samples, at least, for a place to be free when the next one's packets come.
  uint64_t interval() const;

private:
  struct Held {
    uint32_t buffer = 0;
    uint64_t begin = never, end = 0;
  };
  static constexpr uint64_t never = ~uint64_t(0);

  const Template &t;
  std::vector<Held> held;
  std::vector<std::vector<uint32_t>> uses; ///< by instruction: indices in `held`
  uint64_t done = 0;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_COREENGINE_HELDBUFFERS_H
