//===- Export.cpp - a spiking program for SANA-FE -----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/SanaFe/Export.h"

#include "targets/SanaFe/Yaml.h"

namespace wage::sanafe {

std::string addressOf(const Replay &replay, const Place &place) {
  return std::to_string(place.x * replay.rows + place.y) + (place.isHost ? ".1" : ".0");
}

llvm::SmallVector<int64_t, 3> gateTicks(const Block &block, int64_t steps) {
  // Ticks are counted from 0, so tick t is time-step t + 1, whose spikes are summed in the next one.
  llvm::SmallVector<int64_t, 3> ticks;
  if (block.fires)
    ticks = {0, block.ticks()};
  if (block.closes(steps))
    ticks.push_back(block.lastStep() - 1);
  return ticks;
}

rt::Expected<SanaFeFiles> exportToSanaFe(const rt::Program &program, const uint8_t *image, uint64_t edgeLimit) {
  rt::Expected<Replay> replay = replaySample(program, image, edgeLimit);
  if (!replay)
    return replay.status();
  SanaFeFiles files;
  CoreUses uses;
  files.network = networkYaml(*replay, uses);
  files.architecture = architectureYaml(*replay, uses);
  files.expected = expectedYaml(*replay);
  return files;
}

} // namespace wage::sanafe
