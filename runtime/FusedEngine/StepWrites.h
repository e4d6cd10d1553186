//===- StepWrites.h - that every tensor of a step is written once ------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Who recognises what a tensor means by the operation that wrote it must know that no other one has written it since. The
// compiler gives each value a tensor of its own; any other program is not recognised.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_STEPWRITES_H
#define WAGE_RUNTIME_FUSEDENGINE_STEPWRITES_H

#include "runtime/FusedEngine/Lift.h"

#include <set>

namespace wage::rt {

/// The writes of a step so far.
class StepWrites {
public:
  /// Takes over the next operation of a step. False: it writes a tensor that another one has written and it does not read, adds
  /// to one that was not cleared, or clears one that was written.
  bool add(const FusedOp &op);

private:
  bool addInstruction(const FusedOp &op);
  bool overwrite(int64_t tensor) { return written.insert(tensor).second; }
  bool accumulate(int64_t tensor) { return cleared.erase(tensor) == 1 && overwrite(tensor); }
  bool clear(int64_t tensor) {
    cleared.insert(tensor);
    return !written.count(tensor);
  }

  std::set<int64_t> written, cleared; ///< cleared: and not added to since
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_STEPWRITES_H
