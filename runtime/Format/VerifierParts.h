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

/// An upper limit of extents that keeps every product of two of them inside 64 bits.
constexpr uint64_t largestExtent = uint64_t(1) << 24;
/// Of the elements of one sample of any tensor.
constexpr uint64_t largestTensor = uint64_t(1) << 31;

inline std::string number(uint64_t value) { return std::to_string(value); }

/// "core (x, y)".
std::string coreName(const Program &program, size_t core);

/// The model's own tensors: shapes, orders that stay inside them, numbers that can be computed with.
Status hostFormats(const Program &program);

/// Indices that streams, links and blocks of cores are read by.
Status references(const Program &program);

/// Every block on a working core, with weights and buffers that fit it; templates() on the way. The blocks of each layer tile its
/// matrix, those of copies hold the same weights. Requires sound tables.
Status cores(const Program &program);

/// No buffer over another that is needed at the same time. Requires sound streams.
Status sharing(const Program &program);

/// Streams and buffers as far as they do not depend on a core: sizes of tables, opcodes, buffer and parameter indices.
Status templates(const Program &program);

/// Every instruction on every core that runs it: buffers of the types and sizes it needs, tables in range.
Status instructions(const Program &program);

/// Every block on a core that has what it needs. Requires sound instructions.
Status needs(const Program &program);

/// Every route sent once and received once by each destination, in one phase, in size and type as its buffers have; host
/// ports and trace points.
Status messages(const Program &program);

/// Axons that integrate get events of their own code and sign and nothing else, of integers that their window holds; what cores
/// exchange in binary codes was fired. Requires sound messages.
Status events(const Program &program);

/// No cores wait for each other in a circle: the messages of every phase come to an end. Requires sound messages.
Status waits(const Program &program);

/// Tables, moves, assemblies, and the buffers that name them. Requires sound cores and templates.
Status movement(const Program &program);

} // namespace wage::rt::verify

#endif // WAGE_RUNTIME_FORMAT_VERIFIERPARTS_H
