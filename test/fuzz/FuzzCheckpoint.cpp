//===- FuzzCheckpoint.cpp - checkpoints of training runs --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
//   fuzz-checkpoint --binary=NET.wbin ...
//
// What is read is restored into NET.wbin on both engines, which go on with it. Checksums are renewed, since a hostile file has
// the right one.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Checkpoint/Checkpoint.h"
#include "test/fuzz/EqualSteps.h"
#include "test/fuzz/FuzzTarget.h"

#include <memory>
#include <zlib.h>

using namespace wage;
using namespace wage::fuzz;

namespace {

struct Sessions {
  std::unique_ptr<rt::Session> core, fused;
};

Sessions &sessions() {
  static Sessions both;
  return both;
}

std::unique_ptr<rt::Session> openSession(const std::string &path, rt::EngineKind kind) {
  auto session = rt::Session::open(path, kind, 1);
  if (!session)
    fail(session.status().text());
  return std::move(*session);
}

Bytes withChecksum(Bytes bytes) {
  if (bytes.size() < 4)
    return bytes;
  const auto crc = static_cast<uint32_t>(crc32_z(0, bytes.data(), bytes.size() - 4));
  for (size_t i = 0; i < 4; ++i)
    bytes[bytes.size() - 4 + i] = static_cast<uint8_t>(crc >> (8 * i));
  return bytes;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv) {
  const std::string flag = "--binary=";
  for (int i = 1; i < *argc; ++i)
    if (const std::string argument = (*argv)[i]; argument.compare(0, flag.size(), flag) == 0) {
      sessions().core = openSession(argument.substr(flag.size()), rt::EngineKind::Core);
      sessions().fused = openSession(argument.substr(flag.size()), rt::EngineKind::Fused);
      return 0;
    }
  fail("--binary=NET.wbin is needed");
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateInPlace(data, size, maxSize, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const rt::Expected<rt::Checkpoint> checkpoint = rt::readCheckpoint(withChecksum(Bytes(data, data + size)));
  if (!accepted(checkpoint))
    return 0;
  (void)accepted(rt::checkSettings(*checkpoint, {{"--batch", "4"}}));
  rt::Session &core = *sessions().core, &fused = *sessions().fused;
  const bool restored = accepted(core.restoreWeights(checkpoint->images));
  if (accepted(fused.restoreWeights(checkpoint->images)) != restored)
    fail("one engine takes the weights, the other does not");
  // A session that has refused weights goes on with those it has.
  expectEqualSteps(core, fused);
  return 0;
}
