//===- FuzzBinary.cpp - chip binaries --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Read, verified and proved; small ones are described, listed, and run on both engines. Checksums are renewed, since a
// hostile file has the right one.
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/Format/Checksum.h"
#include "runtime/Format/Container.h"
#include "test/fuzz/EqualSteps.h"
#include "test/fuzz/FuzzTarget.h"
#include "test/unit/Programs/Mutations.h"

using namespace wage;
using namespace wage::fuzz;

namespace {

/// Files of absurd but consistent sizes would only make the run slow; the session refuses what memory cannot hold.
bool isSmall(const rt::Program &program) {
  return rt::CoreEngine::leastHostMemory(program) < uint64_t(1) << 26 &&
         uint64_t(program.inputChannels) * program.inputHeight * program.inputWidth < 1 << 20;
}

/// Half of the binaries that verify are changed as programs, which reaches what single bytes hardly would.
size_t mutateProgram(const Bytes &bytes, uint8_t *data, size_t maxSize, unsigned seed) {
  rt::Expected<rt::Program> program = rt::readProgram(bytes);
  rt::testing::Dice dice(seed);
  if (!program || rt::testing::mutate(*program, dice).empty())
    return 0;
  return storeInput(rt::writeProgram(*program), data, maxSize);
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  if (seed & 1)
    if (const size_t mutated = mutateProgram(Bytes(data, data + size), data, maxSize, seed))
      return mutated;
  return mutateInPlace(data, size, maxSize, seed / 2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const InputFile file(".wbin");
  Bytes bytes(data, data + size);
  if (rt::hasSoundStructure(bytes))
    rt::storeChecksum(bytes);
  const rt::Expected<rt::Program> program = rt::readProgram(bytes);
  if (!accepted(program) || !isSmall(*program))
    return 0;
  const std::string &path = file.write(bytes.data(), bytes.size());
  (void)accepted(rt::describeProgramAsJson(path));
  (void)accepted(rt::dumpProgram(path));
  auto core = rt::Session::open(path, rt::EngineKind::Core, 1),
       fused = rt::Session::open(path, rt::EngineKind::Fused, 1);
  // Fixed ticks that may be too short are watched by the core engine, and refused by the other.
  const bool coreOpens = accepted(core), fusedOpens = accepted(fused);
  if (coreOpens && fusedOpens)
    expectEqualSteps(**core, **fused);
  return 0;
}
