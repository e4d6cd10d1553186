//===- PlacementNets.h - what a program's cores send each other ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENTNETS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENTNETS_H

#include "compiler/Placement/Problem.h"
#include "runtime/Format/Program.h"

namespace wage::chip {

/// Bytes that a program moves in one training step of its largest batch, or for one sample if it only infers: a net for every
/// route, from the phase that it is sent in; and for every core with buffers off chip, a net to the port.
///
/// Terminals are the host, at (0, 0), and the port. Areas are left empty. What is off chip follows from the positions that
/// the cores have, as chip-allocate would put it; addresses are changed.
/// Requires: a grid that holds the port, cores on positions of groups; routes and instructions as chip IR has them.
placement::Problem collectNets(rt::Program &program);

/// Bytes that a program moves each time that a phase runs: a net for every route of that phase. Off-chip memory is left out.
placement::Problem collectNetsOfPhase(const rt::Program &program, uint32_t phase);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PLACEMENTNETS_H
