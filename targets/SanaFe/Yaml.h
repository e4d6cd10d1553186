//===- Yaml.h - the texts of an export ---------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TARGETS_SANAFE_YAML_H
#define WAGE_TARGETS_SANAFE_YAML_H

#include "targets/SanaFe/Replay.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace wage::sanafe {

/// Neurons that one unit of SANA-FE's accumulators holds; those of a core are dealt to as many units as it takes.
constexpr size_t neuronsPerUnit = 1024;

/// What a core of SANA-FE has, and takes as its neurons are mapped in the order of the file.
struct CoreUse {
  size_t sums = 0;   ///< neurons of layers
  size_t axons = 0;  ///< input neurons with spikes: each has a unit of its own, since a unit holds one train
  size_t silent = 0; ///< input neurons without
};
using CoreUses = std::map<Place, CoreUse>;

/// Tile and core as SANA-FE addresses them: tiles go down the columns of the mesh.
std::string addressOf(const Replay &replay, const Place &place);

/// When each neuron of a block's gate has its one spike.
llvm::SmallVector<int64_t, 3> gateTicks(const Block &block, int64_t steps);

/// A number that SANA-FE reads back: with a decimal point where it does not fit 32 bits, since others are taken as int,
/// unchecked.
void printNumber(llvm::raw_ostream &out, double number);

/// snn.yaml; fills in what its mappings take of each core.
std::string networkYaml(const Replay &replay, CoreUses &uses);
/// arch.yaml
std::string architectureYaml(const Replay &replay, const CoreUses &uses);
/// expected.yaml
std::string expectedYaml(const Replay &replay);

} // namespace wage::sanafe

#endif // WAGE_TARGETS_SANAFE_YAML_H
