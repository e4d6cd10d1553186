//===- Export.h - a spiking program for SANA-FE ------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Writes what SANA-FE, a simulator of neuromorphic chips by others, reads, so that it can check spikes, traffic and energy. Which
// behaviour carries over and how stands in docs/sanafe.md.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TARGETS_SANAFE_EXPORT_H
#define WAGE_TARGETS_SANAFE_EXPORT_H

#include "runtime/Format/Program.h"
#include "runtime/Support/Status.h"

#include <string>

namespace wage::sanafe {

/// Synapses that SANA-FE reads and simulates in minutes: each takes 20 bytes of text and 2.4 kB of its memory.
constexpr uint64_t defaultEdgeLimit = 4000000;

/// The texts of the three files.
struct SanaFeFiles {
  std::string architecture; ///< arch.yaml: tiles, cores, units and their energies
  std::string network;      ///< snn.yaml: groups, edges, mappings
  std::string expected;     ///< expected.yaml: what the runtime's core engine counts on the same sample
};

/// Writes `program`, on which one image is replayed: of each layer the neurons with their weights, and the axons that feed
/// them with the spikes that they have for this image.
///
/// Shape:  `image` channels x height x width bytes, as of wage-run infer.
/// Errors: the program trains, or exchanges no events; axons that no event fills; more than `edgeLimit` synapses; potentials that
///         SANA-FE's neurons cannot hold; errors of the run.
/// Requires: a verified program that lifts (FusedEngine/LiftProof.h).
rt::Expected<SanaFeFiles> exportToSanaFe(const rt::Program &program, const uint8_t *image, uint64_t edgeLimit);

} // namespace wage::sanafe

#endif // WAGE_TARGETS_SANAFE_EXPORT_H
