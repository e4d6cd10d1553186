//===- StreamIndex.h - which instruction carries which route ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_STREAMINDEX_H
#define WAGE_RUNTIME_FUSEDENGINE_STREAMINDEX_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// One end of a route: the core, the instruction of its template, the buffer, the offset in it.
struct RouteEnd {
  uint32_t core = noIndex, instruction = 0, buffer = 0;
  int64_t offset = 0;
};

/// Facts about a program's streams that lifting and its proof ask for again and again.
struct StreamIndex {
  explicit StreamIndex(const Program &program);

  /// What the product of errors in `buffer` of roots' template `t` is the error of, a layer's or a max pool's input, is put
  /// together from: index in Program::assemblies; noIndex for one whole tensor.
  uint32_t inputAssembly(const Program &program, uint32_t t, uint32_t buffer) const;

  std::vector<std::vector<Instruction>>
      instructions;                           ///< by template; an `integrate` stands as the `forward` that it equals
  std::vector<std::vector<uint32_t>> coresOf; ///< by template
  /// By template and buffer: the only instruction that writes it, if that is the backward rule of a max pool; noIndex if not.
  std::vector<std::vector<uint32_t>> poolProducts;
  std::vector<RouteEnd> senders;                ///< by route; core == noIndex: the host
  std::vector<std::vector<RouteEnd>> receivers; ///< by route
  std::vector<int32_t> hostPorts;               ///< by route: index of its port, or -1

  /// Stage of a template: its layer's index, or, without weights, layers + its own index.
  std::vector<uint32_t> stageOf;
  /// The template of the stage's roots (see isRootCore), by stage; noIndex if there is none or more than one.
  std::vector<uint32_t> rootTemplate;

private:
  void findPoolProducts(const Program &program, uint32_t t);
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_STREAMINDEX_H
