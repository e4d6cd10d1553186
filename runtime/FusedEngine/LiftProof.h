//===- LiftProof.h - the streams compute whole layers ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_LIFTPROOF_H
#define WAGE_RUNTIME_FUSEDENGINE_LIFTPROOF_H

#include "runtime/FusedEngine/StreamIndex.h"
#include "runtime/Support/Status.h"

namespace wage::rt {

/// Proves of a verified program, whose blocks tile each matrix exactly once, that its packets put the blocks together
/// again, so that whole tensors may stand for the cores' parts:
///   - every layer has one template of roots (blocks that begin at row 0) and at most one of other blocks, which runs the
///     same products, maxima and updates in the same order on buffers of the same types;
///   - an activation or image that a block receives fills its buffer once, each element where the layer's matrix row wants it;
///   - within a layer, a sum over rows reaches the root of its neurons, and a sum over neurons the block of neuron 0, once
///     from every core, through a tree;
///   - errors reach the other blocks of their neurons whole;
///   - products of errors return from the blocks of neuron 0, or from the roots that a max pool ran on, whole, each element to
///     its owner, once, and all that one stage owns into one sum;
///   - a maximum climbs from every core to one, which tells all others.
/// Errors: the first packet or instruction that breaks this, by core, buffer and phase.
Status proveLift(const Program &program, const StreamIndex &index);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_LIFTPROOF_H
