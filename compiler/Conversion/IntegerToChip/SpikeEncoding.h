//===- SpikeEncoding.h - messages of integers as events ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_SPIKEENCODING_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_SPIKEENCODING_H

#include "compiler/Conversion/IntegerToChip/MappingOptions.h"
#include "runtime/Format/Program.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace wage::chip {

/// The code that `name` says, or, empty, the first that the chip speaks.
/// Errors: no such code, or one that the chip does not speak.
llvm::Expected<rt::SpikeCode> chooseCode(llvm::StringRef name, const rt::ChipDescription &chip);

/// How blocks share cores where messages are events: not at all, since the windows of two would lie over each other.
/// Errors: they are asked to.
llvm::Expected<Sharing> sharingOfEvents(Sharing asked);

/// Whether events that carry a value of the integer level need a channel for the sign.
bool mayBeNegative(mlir::Value value);

/// Axons that one row of a layer's matrix takes, beside what its weights do: two where events of its input have a sign.
inline int64_t channelsPerAxon(mlir::Value input, rt::SpikeCode code) {
  return code != rt::SpikeCode::Dense && mayBeNegative(input) ? 2 : 1;
}

/// What a network would need to exchange events, in few words and with the reason, and where: layer, or empty for the whole
/// network.
struct SpikeObstacle {
  std::string need, reason, layer;
  bool operator==(const SpikeObstacle &o) const { return need == o.need && reason == o.reason && layer == o.layer; }
};

/// Makes activations, and the errors of a program that trains, cross as events: routes get the code, `forward` becomes
/// `integrate`, and with binary codes Relu and rounding become `fire`, behind which the max pool in front of them moves.
/// Buffers and trace points of what is then nowhere go. `dense` changes nothing.
///
/// Returns why a program cannot be encoded, and is then of no use; nothing if it is.
/// Binary codes need neurons that integrate and fire: inference, ties that round away from zero, and a rounding in front of the
/// next layer's axons. On a chip without dense messages cores exchange nothing but events, and between a layer's sums and the
/// next layer's axons is nothing but a bias, scales, a Relu, a max pool and that rounding.
/// Source: arithmetic.md section 10.
std::vector<SpikeObstacle> encodeSpikes(rt::Program &program, rt::SpikeCode code);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_SPIKEENCODING_H
