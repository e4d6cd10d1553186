//===- LayerWeights.h - whole layers' weights ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_LAYERWEIGHTS_H
#define WAGE_RUNTIME_FUSEDENGINE_LAYERWEIGHTS_H

#include <cstdint>
#include <vector>

namespace wage::rt {

/// The weights of a layer, put together from its cores' blocks: [neuron][row].
struct LayerWeights {
  std::vector<int16_t> masters; ///< of a layer that learns, else empty
  std::vector<int16_t> steps;   ///< of the last step, where traces want it
  std::vector<int8_t> inUse;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_LAYERWEIGHTS_H
