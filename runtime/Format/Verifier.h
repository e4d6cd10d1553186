//===- Verifier.h - everything an engine relies on, proved first -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Verify once, then run blind: after verifyProgram the engines only assert. Proved are
//   - the chip: sizes sane, groups inside the grid; every block on a working core of it, and blocks that share one within what
//     it has;
//   - widths, layers and pools: sane, shapes consistent; tables, moves and assemblies; the model's own tensors;
//   - every instruction: opcode known, each operand in range, buffers of the type and size the instruction needs on every
//     core that runs it;
//   - every stream: what a buffer holds is written before it is read, and not written again after;
//   - every buffer inside its memory, and none over another that is needed at the same time (Liveness.h);
//   - every block of weights inside the synapse memory and the crossbar, and the blocks of each layer tiling its matrix
//     exactly once (of groups, what they see of it); those of copies hold the same weights;
//   - every route: one source that sends it in exactly one instruction, destinations that each receive it in exactly one
//     instruction of the same phase, with equal element count and type, inside the buffer;
//   - events: of the code, sign and width that their neurons integrate;
//   - no circle of cores that wait for each other's packets;
//   - host ports and trace points in range.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_VERIFIER_H
#define WAGE_RUNTIME_FORMAT_VERIFIER_H

#include "runtime/Format/Program.h"
#include "runtime/Support/Status.h"

namespace wage::rt {

/// Errors: the first rule broken, with the place (core, template, instruction), what was found and what was needed.
Status verifyProgram(const Program &program);

/// What a program computes, wherever its blocks will stand and whatever the chip holds: tables, streams and messages. For passes
/// that read programs which are not placed yet.
/// Errors: as verifyProgram.
Status verifyStreams(const Program &program);

/// The largest magnitude of a weight that a binary may store of a layer: of its masters if it learns, else of the weights in use.
int64_t largestStoredWeight(const Program &program, const Layer &layer);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_VERIFIER_H
