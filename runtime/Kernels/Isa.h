//===- Isa.h - which instruction set the kernels use -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_KERNELS_ISA_H
#define WAGE_RUNTIME_KERNELS_ISA_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <string_view>

namespace wage::rt {

/// Instruction sets that kernels have a body for, each a superset of those before it. The bits of every result are the
/// same; only the speed differs.
enum class Isa : uint8_t { Portable = 0, Avx2 = 1, Avx512 = 2, Avx512Vnni = 3 };

constexpr Isa everyIsa[] = {Isa::Portable, Isa::Avx2, Isa::Avx512, Isa::Avx512Vnni};

/// "portable", "avx2", "avx512" or "avx512-vnni".
std::string_view nameOf(Isa isa);

/// Whether this machine can run the bodies of `isa`.
bool isSupported(Isa isa);

/// The instruction set in use: the one set, else the largest that the machine supports.
Isa currentIsa();

/// Uses `isa` from now on, in all threads; meant for start-up and tests, not while kernels run.
/// Errors: this machine lacks the instruction set.
Status setIsa(Isa isa);

/// Uses the instruction set called `name`, or the largest supported one for "auto"; for the flag --isa.
/// Errors: no such name; this machine lacks the instruction set.
Status setIsa(std::string_view name);

} // namespace wage::rt

#endif // WAGE_RUNTIME_KERNELS_ISA_H
