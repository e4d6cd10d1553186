//===- Liveness.h - when a core's buffers hold something that is needed -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_LIVENESS_H
#define WAGE_RUNTIME_FORMAT_LIVENESS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// Instructions of a template, counted over all phases, between which a buffer's contents are needed: from the one that writes
/// it to the last that uses it, both included.
struct LiveRange {
  uint32_t first = 0, last = 0;

  bool meets(const LiveRange &o) const { return first <= o.last && o.first <= last; }
  bool operator==(const LiveRange &o) const { return first == o.first && last == o.last; }
};

/// The ranges of a template's buffers. Two buffers of a core may share memory where their ranges do not meet.
///
/// A buffer of the sample is needed within one phase; one of the batch, which has a slot for each sample, in whole phases, since
/// one sample's slots are used while another's are written, and so is one of the sample that has several slots. What a step
/// begins with, and what is read before all of it has been written, is needed all the time.
class Liveness {
public:
  /// Requires templates whose opcodes and buffers have been verified; keeps references.
  Liveness(const Program &program, const Template &t);

  /// The range of buffer `index` on `core`, whose links say whether packets fill it.
  LiveRange rangeOf(size_t index, const Core &core) const;

private:
  struct Use {
    bool isUsed = false;
    LiveRange range;
    uint32_t firstPhase = 0, lastPhase = 0;
    bool isWhole = false;    ///< written whole by the instruction that uses it first
    bool isReceived = false; ///< written by packets first, on these links:
    Operand links, count;
  };
  void add(uint32_t phase, uint32_t index);
  bool isFilled(size_t index, const Core &core) const;

  const Program &program;
  const Template &t;
  std::vector<Use> uses;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_LIVENESS_H
