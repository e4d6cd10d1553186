//===- placers.cpp - every placer on one program ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
//   benchmark-placers FILE.wbin
//
// Places the cores of a binary anew with every placer and prints, as JSON, what each costs: bytes times hops, the busiest link,
// seconds of placing (the best of three). benchmarks/mapping/run.py makes the binaries and the table.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Cost.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace wage;

namespace {

/// Crossbar cells in use, of those on cores with weights.
double utilisation(const rt::Program &program) {
  double used = 0, all = 0;
  for (const rt::Core &core : program.cores)
    if (core.layer != rt::noIndex) {
      const rt::CoreGroup &group = rt::groupOf(program, core);
      used += double(core.rowEnd - core.rowBegin) * (core.neuronEnd - core.neuronBegin);
      all += double(group.axonsFor(program.config.weightBits)) * group.neurons;
    }
  return all > 0 ? used / all : 0;
}

double secondsOfPlacing(const placement::Problem &problem, placement::Placer placer, placement::Placement &placed) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    placed = *place(problem, placer);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

} // namespace

int main(int argc, char **argv) {
  rt::Expected<rt::Program> program = rt::loadProgram(argc == 2 ? argv[1] : "");
  if (!program) {
    std::fprintf(stderr, "benchmark-placers: %s\n", program.status().text().c_str());
    return 1;
  }
  std::printf("{\"cores\": %zu, \"utilisation\": %.4f, ", program->cores.size(), utilisation(*program));
  placement::Problem problem = chip::collectNets(*program);
  if (llvm::Error found = chip::setAreas(problem, *program, {})) {
    std::fprintf(stderr, "benchmark-placers: %s\n", toString(std::move(found)).c_str());
    return 1;
  }
  std::printf("\"least_byte_hops\": %llu, \"placers\": {", static_cast<unsigned long long>(leastByteHops(problem)));
  const char *separator = "";
  for (const char *name : {"raster", "hilbert", "hilbert+force", "traffic"}) {
    placement::Placement placed;
    const double seconds = secondsOfPlacing(problem, *placement::parsePlacer(name), placed);
    const placement::Traffic traffic = countTraffic(problem, placed);
    std::printf("%s\"%s\": {\"byte_hops\": %llu, \"largest_link_load\": %llu, \"seconds\": %.6f}", separator, name,
                static_cast<unsigned long long>(traffic.byteHops),
                static_cast<unsigned long long>(traffic.largestLinkLoad), seconds);
    separator = ", ";
  }
  std::printf("}}\n");
  return 0;
}
