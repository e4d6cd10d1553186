//===- LayerGroups.h - which kind of core each layer is mapped to ----*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LAYERGROUPS_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LAYERGROUPS_H

#include "runtime/Format/Program.h"

namespace wage::chip {

/// A group of cores for each layer, whose sizes decide how it is cut.
struct LayerGroups {
  const rt::CoreGroup *main;                    ///< of what has no layer, and of layers that are not listed
  std::vector<const rt::CoreGroup *> ofLayer{}; ///< but of copies, in order; none: all are of one group

  const rt::CoreGroup &of(size_t layer) const { return layer < ofLayer.size() ? *ofLayer[layer] : *main; }
  /// All groups, each once, `main` first.
  std::vector<const rt::CoreGroup *> all() const;
  /// The main group with the least data memory and reduce fan-in of all.
  rt::CoreGroup strictest() const;
  /// The names of all, separated by commas.
  std::string names() const;
};

/// Chooses groups by what the layers' instructions ask for in `program`, whatever group it has been lowered for: layers that
/// can run on few groups first, others in their order, each on the least able group that has room left for all its blocks
/// (of equally able ones the largest). So cores that learn are left to layers that need them. A layer that no group has room for
/// goes where most is left: its smaller blocks may stand elsewhere, or the cores are too few. The main group is the most able one
/// in use. Of a layer that no group can run, nothing is listed and all are of the first group.
LayerGroups chooseGroups(const rt::Program &program);

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_LAYERGROUPS_H
