//===- Accumulators.h - how wide a core's sums can become -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_ACCUMULATORS_H
#define WAGE_RUNTIME_FORMAT_ACCUMULATORS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// Returns the bits, sign included, of the widest sum that `core` accumulates; 0 if it multiplies nothing. The fit report,
/// chip-place and the loader compare it with the core's accumulator.
///
/// Counted with operands as large as their bits allow: forward and integrate, rows x activation x weight on the finest
/// grid of the channels, and the bias; fire, half a threshold more where the potential is such a sum, made there or on
/// the cores that it was copied from; transposed, neurons x
/// window x error x weight; outer, positions x batch x error x activation; sums
/// of values and of windows, as wide as their type. But for fire it is never more than the buffer's type: where
/// weights cannot change, the compiler's bound analysis knows them and may choose a type that the formula calls too narrow.
/// Errors: none. Requires that the core's template, layer and buffers are in range.
/// Source: arithmetic.md sections 1, 4 and 6.
uint32_t accumulatorBitsNeeded(const Program &program, const Core &core);

/// The same of one core after another: cores of one template and layer have one answer, which is remembered.
class AccumulatorBits {
public:
  explicit AccumulatorBits(const Program &program) : program(program), known(program.templates.size()) {}

  uint32_t of(const Core &core) {
    Known &last = known[core.templateIndex];
    if (!last.isSet || last.layer != core.layer)
      last = {true, core.layer, accumulatorBitsNeeded(program, core)};
    return last.bits;
  }

private:
  struct Known {
    bool isSet = false;
    uint32_t layer = 0, bits = 0;
  };
  const Program &program;
  std::vector<Known> known; ///< by template
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_ACCUMULATORS_H
