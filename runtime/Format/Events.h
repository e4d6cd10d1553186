//===- Events.h - what is known of values that cross as events ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_EVENTS_H
#define WAGE_RUNTIME_FORMAT_EVENTS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// The windows of the axons that an `integrate` sums.
struct EventWindow {
  SpikeCode code = SpikeCode::Dense;
  int bits = 0;          ///< integers of so many, sign included
  bool isSigned = false; ///< two channels per axon

  int64_t ticks() const { return windowTicks(code, bits); }
};

inline EventWindow windowOf(const Instruction &integrate) {
  return {static_cast<SpikeCode>(integrate.operands[7].value), integrate.operands[8].value,
          integrate.operands[9].value != 0};
}

/// What is proved of the elements of a buffer. Nothing is known of those that nothing has written.
struct KnownValues {
  bool isWritten = false;
  uint32_t bits = 0; ///< magnitudes fit them; 0: not known
  bool isNotNegative = false;
  bool wasFired = false; ///< all were fired on the same core, or are maxima of such

  /// What holds whichever of both a buffer holds, if either has been written.
  void join(const KnownValues &o);
  bool operator==(const KnownValues &o) const {
    return isWritten == o.isWritten && bits == o.bits && isNotNegative == o.isNotNegative && wasFired == o.wasFired;
  }
};

/// By route, of what it carries where it is sent, followed through cores that pass on what they have received; of the host's,
/// what its table encodes. Requires streams whose buffers, tables and links are in range, and routes that are sent once.
std::vector<KnownValues> knownValuesOfRoutes(const Program &program);

/// Whether the network's input may have negative elements: always where it is dense, and as events if the table encodes such,
/// for then its axons have a channel for the sign.
bool takesNegativeInput(const Program &program);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_EVENTS_H
