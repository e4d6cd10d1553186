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

/// What a template's instructions prove of the elements of a buffer.
struct KnownValues {
  bool isWritten = false;
  uint32_t bits = 0; ///< magnitudes fit them; 0: not known
  bool isNotNegative = true;
  bool wasFired = true; ///< all were fired, or are maxima of such

  /// Of what either writer leaves.
  void join(const KnownValues &o);
};

/// By buffer of a template, whose instructions `stream` are.
std::vector<KnownValues> knownValues(const Template &t, const std::vector<Instruction> &stream);

/// By route, of what it carries; of the host's, what its table encodes. Requires streams whose buffers and links are in range.
std::vector<KnownValues> knownValuesOfRoutes(const Program &program);

/// Whether the network's input may have negative elements: always where it is dense, and as events if the table encodes such, for
/// then its axons have a channel for the sign.
bool takesNegativeInput(const Program &program);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_EVENTS_H
