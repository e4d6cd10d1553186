//===- EqualSteps.h - both engines on one program --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_FUZZ_EQUALSTEPS_H
#define WAGE_TEST_FUZZ_EQUALSTEPS_H

#include "runtime/Api/wage_runtime.h"

namespace wage::fuzz {

/// An inference step, and a training step if the program learns, on both engines: where both get through, their logits and
/// weights must be equal.
void expectEqualSteps(rt::Session &core, rt::Session &fused);

} // namespace wage::fuzz

#endif // WAGE_TEST_FUZZ_EQUALSTEPS_H
