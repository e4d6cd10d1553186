//===- VerifierParts.h - what the verifier's parts share ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_VERIFIERPARTS_H
#define WAGE_RUNTIME_FORMAT_VERIFIERPARTS_H

#include "runtime/Format/Program.h"
#include "runtime/Support/Status.h"

namespace wage::rt::verify {

inline std::string number(uint64_t value) { return std::to_string(value); }

/// "core (x, y)".
std::string coreName(const Program &program, size_t core);

/// The group that covers a core's position, or null.
const CoreGroup *findGroup(const Program &program, const Core &core);

/// Streams and buffers as far as they do not depend on a core: sizes of tables, opcodes, buffer and parameter indices.
Status templates(const Program &program);

/// Every instruction on every core that runs it: buffers of the types and sizes it needs, tables in range.
Status instructions(const Program &program);

/// Every route sent once and received once by each destination, in one phase, in size and type as its buffers have; host
/// ports and trace points.
Status messages(const Program &program);

/// Tables, moves, assemblies, and the buffers that name them. Requires sound cores and templates.
Status movement(const Program &program);

} // namespace wage::rt::verify

#endif // WAGE_RUNTIME_FORMAT_VERIFIERPARTS_H
