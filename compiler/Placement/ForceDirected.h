//===- ForceDirected.h - swaps of neighbours while tension is left ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_FORCEDIRECTED_H
#define WAGE_COMPILER_PLACEMENT_FORCEDIRECTED_H

#include "compiler/Placement/Incidence.h"

namespace wage::placement {

/// Swaps neighbouring positions, the pairs under most tension first, until no pair is under tension.
///
/// Each path from a net's source to one of its destinations pulls both ends together with the net's bytes; of a core, the
/// force towards a neighbouring position is by how much its paths would shorten there. A pair's tension is the sum of the two
/// forces across it. Each round sorts the pairs that are under tension, swaps the first three tenths of them as far as
/// earlier swaps have not eased them, and takes up the pairs that these swaps have touched.
///
/// Source: Jin et al., "Mapping Very Large Scale Spiking Neuron Network to Neuromorphic Hardware", ASPLOS 2023. Multicast is
///         not known there: paths to several destinations count apart.
void relaxTension(const Problem &problem, const Incidence &incidence, Placement &placement);

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_FORCEDIRECTED_H
