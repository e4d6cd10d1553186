//===- placers.cpp - every placer on one program ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
//   benchmark-placers FILE.wbin
//   benchmark-placers --synthetic=CORES [--placers=raster,traffic]
//
// Places the cores of a binary anew with every placer and prints, as JSON, what each costs: bytes times hops, bytes on the
// busiest link, seconds of placing (the best of three), and by the chip's description cycles and microjoule. Buffers are
// allocated once, for the placement that the binary has. benchmarks/mapping/run.py makes the binaries and the table.
//
// A synthetic network has layers of 256 cores; three of four send as convolutions do, to 16 cores of the next layer around their
// own place, the fourth to the 16 of their group. One core in ten sends to 16 cores anywhere instead. It is placed once.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/PlacementNets.h"
#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "compiler/Placement/Refinement.h"
#include "runtime/Cost/StaticCost.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Cost.h"
#include "runtime/Format/Positions.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>

using namespace wage;

namespace {

constexpr const char *allPlacers = "raster,hilbert,hilbert+force,traffic";

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

double secondsOfPlacing(const placement::Problem &problem, placement::Placer placer, int times,
                        placement::Placement &placed) {
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    placed = *place(problem, placer);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

/// Costs by the chip's description, of a training step of the largest batch if the program trains, else of one sample.
void printCost(rt::Program program, const placement::Placement &placed) {
  for (size_t i = 0; i < program.cores.size(); ++i)
    program.cores[i].x = static_cast<uint32_t>(placed[i].x), program.cores[i].y = static_cast<uint32_t>(placed[i].y);
  const bool trains = program.config.mode == rt::Mode::Train;
  const rt::Expected<rt::StaticCost> cost = rt::staticCost(program, trains ? program.config.maxBatch : 1);
  if (!cost) {
    std::fprintf(stderr, "benchmark-placers: %s\n", cost.status().text().c_str());
    std::exit(1);
  }
  const rt::RunCost &run = trains ? cost->training.front() : cost->inference;
  std::printf(", \"cycles\": %llu, \"energy_uj\": %.3f", static_cast<unsigned long long>(run.cycles),
              run.total().energy(program.chip).total() / 1e6);
}

void printPlacers(const placement::Problem &problem, llvm::StringRef names, int times, const rt::Program *program) {
  std::printf("\"least_byte_hops\": %llu, \"placers\": {", static_cast<unsigned long long>(leastByteHops(problem)));
  const char *separator = "";
  for (llvm::StringRef name : llvm::split(names, ',')) {
    placement::Placement placed;
    placement::Placer placer;
    if (llvm::Error problemFound = chip::parsePlacerName(name, placer)) {
      std::fprintf(stderr, "benchmark-placers: %s\n", toString(std::move(problemFound)).c_str());
      std::exit(2);
    }
    const double seconds = secondsOfPlacing(problem, placer, times, placed);
    const placement::Traffic traffic = countTraffic(problem, placed);
    std::printf("%s\"%s\": {\"byte_hops\": %llu, \"largest_link_load\": %llu, \"seconds\": %.6f", separator,
                name.str().c_str(), static_cast<unsigned long long>(traffic.byteHops),
                static_cast<unsigned long long>(traffic.largestLinkLoad), seconds);
    if (program)
      printCost(*program, placed);
    std::printf("}");
    separator = ", ";
  }
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("}, \"peak_mebibytes\": %ld}\n", usage.ru_maxrss / 1024);
}

placement::Problem makeSynthetic(uint32_t cores) {
  placement::Problem problem;
  problem.cores = cores;
  problem.columns = problem.rows = static_cast<uint32_t>(std::ceil(std::sqrt(cores * 1.05)));
  problem.areaOfPosition.assign(size_t(problem.columns) * problem.rows, placement::openArea);
  problem.areaOfCore.assign(cores, placement::openArea);
  problem.fixedPosition.assign(cores, placement::nowhere);
  constexpr uint32_t width = 256, fanOut = 16;
  placement::Draw draw(1);
  for (uint32_t core = 0; core < cores; ++core) {
    const uint32_t layer = core / width, index = core % width;
    const bool isFar = draw.below(10) == 0, isConvolution = layer % 4 != 3;
    std::vector<uint32_t> to;
    for (uint32_t k = 0; k < fanOut; ++k) {
      const uint32_t near = isConvolution ? (index + k + width - fanOut / 2) % width : index / fanOut * fanOut + k;
      const uint32_t target = isFar ? draw.below(cores) : (layer + 1) * width + near;
      if (target < cores)
        to.push_back(target);
    }
    problem.addNet(core, std::move(to), 1 + draw.below(64));
  }
  return problem;
}

int placeSynthetic(llvm::StringRef count, llvm::StringRef placers) {
  uint32_t cores = 0;
  if (count.getAsInteger(10, cores) || cores == 0 || cores > 4'000'000) {
    std::fprintf(stderr, "benchmark-placers: found '%s' cores, needed 1 to 4000000\n", count.str().c_str());
    return 2;
  }
  std::printf("{\"cores\": %u, ", cores);
  printPlacers(makeSynthetic(cores), placers, 1, nullptr);
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  llvm::StringRef first = argc > 1 ? argv[1] : "", placers = argc > 2 ? argv[2] : "";
  if (first.consume_front("--synthetic="))
    return placeSynthetic(first, placers.consume_front("--placers=") ? placers : allPlacers);
  rt::Expected<rt::Program> program = rt::loadProgram(first.str());
  if (!program) {
    std::fprintf(stderr, "benchmark-placers: %s\n", program.status().text().c_str());
    return 1;
  }
  if (rt::Positions(*program).anyShared()) {
    std::fprintf(stderr, "benchmark-placers: blocks share cores, needed a chip with a core for each\n");
    return 1;
  }
  placement::Problem problem = chip::collectNets(*program);
  if (llvm::Error found = chip::setAreas(problem, *program, {})) {
    std::fprintf(stderr, "benchmark-placers: %s\n", toString(std::move(found)).c_str());
    return 1;
  }
  std::printf("{\"cores\": %zu, \"utilisation\": %.4f, ", program->cores.size(), utilisation(*program));
  printPlacers(problem, allPlacers, 3, &*program);
  return 0;
}
