//===- AttackProgram.cpp - a binary, broken in every place that routes packets --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
//   attack-program drop  FILE   every route in turn loses its packets: the core engine must say so
//   attack-program links FILE   every link, route, parameter and block is changed in turn
//   attack-program bytes FILE   every byte in turn is flipped: with the old checksum, and with a new one
//
// Prints what became of the changes. A change is refused (by the verifier or the proof), detected (an engine reports it),
// or harmless (both engines train to the weights and logits of the unharmed file). Anything else is silent, and exit
// status 1. Flipped bytes with a new checksum make another program, which may compute other numbers, but must not crash.
// Where the environment variable WAGE_SLOWER is N, only every Nth change of links and bytes is tried: under the thread
// sanitizer and valgrind all of them take hours.
//
//===---------------------------------------------------------------------------===//

#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/Format/Checksum.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/FusedEngine.h"
#include "runtime/FusedEngine/LiftProof.h"
#include "test/Slower.h"

#include <algorithm>
#include <cstdio>
#include <functional>

using namespace wage::rt;

namespace {

/// What one training step leaves: enough to notice any difference.
struct Outcome {
  std::string error;
  std::vector<int64_t> logits;
  std::vector<std::vector<int16_t>> weights;
  bool operator==(const Outcome &o) const { return error == o.error && logits == o.logits && weights == o.weights; }
};

Outcome runStep(const Program &program, Engine &engine) {
  const uint32_t count = std::min<uint32_t>(program.config.maxBatch, 8);
  std::vector<uint8_t> images(size_t(count) * program.inputChannels * program.inputHeight * program.inputWidth);
  for (size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<uint8_t>(i * 37 + i / 11);
  std::vector<uint32_t> labels(count);
  for (uint32_t i = 0; i < count; ++i)
    labels[i] = i % program.classes;
  StepInput input;
  input.images = images.data();
  input.labels = program.config.mode == Mode::Train ? labels.data() : nullptr;
  input.count = count;
  input.learningRateLog2 = 3;
  input.seed = 5;
  StepOutput output;
  Outcome outcome;
  if (Status status = engine.run(input, output); !status.ok()) {
    outcome.error = status.text();
    return outcome;
  }
  outcome.logits = output.logits;
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    outcome.weights.emplace_back(core.layer == noIndex ? 0 : blockOf(program, core).weights());
    if (core.layer != noIndex)
      engine.readBlock(c, outcome.weights.back().data());
  }
  return outcome;
}

/// Files with absurd but consistent sizes would only make the test slow; the session refuses what memory cannot hold.
bool isSmall(const Program &program) { return CoreEngine::leastHostMemory(program) < (uint64_t(1) << 26); }

struct Tally {
  unsigned refused = 0, detected = 0, harmless = 0, silent = 0;
  int print() const {
    printf("%u changes: %u refused, %u detected, %u harmless, %u silent\n", refused + detected + harmless + silent,
           refused, detected, harmless, silent);
    return silent ? 1 : 0;
  }
};

class Attack {
public:
  explicit Attack(Program p) : honest(std::move(p)) {
    CoreEngine engine(honest, 2);
    expected = runStep(honest, engine);
  }

  int dropEveryRoute() {
    for (uint32_t r = 0; r < honest.routes.size(); ++r) {
      CoreEngine engine(honest, 2);
      engine.dropPacketsOf(r);
      const Outcome outcome = runStep(honest, engine);
      if (outcome.error.find("route " + std::to_string(r)) == std::string::npos) {
        printf("route %u: %s\n", r, outcome.error.empty() ? "nothing noticed" : outcome.error.c_str());
        ++tally.silent;
      } else {
        ++tally.detected;
      }
    }
    return tally.print();
  }

  int changeEverything() {
    for (size_t r = 0; r < honest.routes.size(); ++r)
      changeRoute(r);
    for (size_t c = 0; c < honest.cores.size(); ++c)
      changeCore(c);
    for (size_t i = 0; i < honest.hostPorts.size(); ++i) {
      change("host port offset", [i](Program &p) { p.hostPorts[i].offset += 1; });
      change("host port route", [i](Program &p) { p.hostPorts[i].route += 1; });
    }
    for (size_t t = 0; t < honest.templates.size(); ++t)
      changeStream(t);
    return tally.print();
  }

private:
  void change(const char *what, const std::function<void(Program &)> &apply) {
    if (changes++ % every != 0)
      return;
    Program p = honest;
    apply(p);
    if (!verifyProgram(p).ok() || !proveLift(p, StreamIndex(p)).ok() || !isSmall(p)) {
      ++tally.refused;
      return;
    }
    CoreEngine core(p, 2);
    const Outcome byCore = runStep(p, core);
    Outcome byFused = expected;
    if (Expected<std::unique_ptr<FusedEngine>> fused = FusedEngine::create(p, 1); fused)
      byFused = runStep(p, **fused);
    if (!byCore.error.empty())
      ++tally.detected;
    else if (byCore == expected && byFused == expected)
      ++tally.harmless;
    else {
      printf("silent: %s\n", what);
      ++tally.silent;
    }
  }

  void changeRoute(size_t r) {
    change("route elements", [r](Program &p) { p.routes[r].elements += 1; });
    change("route elements", [r](Program &p) { p.routes[r].elements -= 1; });
    change("route source", [r](Program &p) { p.routes[r].source += 1; });
    change("route lost", [r](Program &p) { p.routes[r].destinations.pop_back(); });
    change("route type", [r](Program &p) {
      p.routes[r].type = p.routes[r].type == ElementType::Int8 ? ElementType::Int16 : ElementType::Int8;
    });
    for (unsigned code = 0; code < spikeCodeCount; ++code)
      change("route code", [r, code](Program &p) { p.routes[r].code = static_cast<SpikeCode>(code); });
    for (size_t d = 0; d < honest.routes[r].destinations.size(); ++d)
      change("route destination", [r, d](Program &p) { p.routes[r].destinations[d] += 1; });
    if (r > 0)
      change("routes exchanged", [r](Program &p) { std::swap(p.routes[r], p.routes[r - 1]); });
  }

  void changeCore(size_t c) {
    for (size_t i = 0; i < honest.cores[c].parameters.size(); ++i)
      for (const int32_t by : {-1, 1, 1 << 20})
        if (!isTraceColumn(c, i))
          change(("parameter " + honest.templates[honest.cores[c].templateIndex].parameters[i]).c_str(),
                 [c, i, by](Program &p) { p.cores[c].parameters[i] += static_cast<uint32_t>(by); });
    for (size_t i = 0; i < honest.cores[c].links.size(); ++i) {
      change("link offset", [c, i](Program &p) { p.cores[c].links[i].offset += 1; });
      change("link route", [c, i](Program &p) { p.cores[c].links[i].route += 1; });
      if (i > 0)
        change("links exchanged", [c, i](Program &p) { std::swap(p.cores[c].links[i], p.cores[c].links[i - 1]); });
    }
    change("rows", [c](Program &p) { p.cores[c].rowEnd -= 1; });
    change("rows", [c](Program &p) { p.cores[c].rowBegin += 1; });
    change("neurons", [c](Program &p) { p.cores[c].neuronEnd += 1; });
    change("template", [c](Program &p) { p.cores[c].templateIndex ^= 1; });
    change("layer", [c](Program &p) { p.cores[c].layer ^= 1; });
    change("position", [c](Program &p) { p.cores[c].x += p.systemColumns(); });
    change("position", [c](Program &p) { p.cores[c].x = p.cores[c ? 0 : 1].x, p.cores[c].y = p.cores[c ? 0 : 1].y; });
  }

  std::string mnemonic(size_t t, size_t i) const {
    const Instruction in = decodeInstruction(honest.templates[t].words, i);
    return std::string(findOpcode(static_cast<uint16_t>(in.opcode))->mnemonic);
  }

  /// A trace's offset only says where a debugger finds the slice.
  bool isTraceColumn(size_t c, size_t i) const {
    for (const TracePoint &point : honest.tracePoints)
      if (point.templateIndex == honest.cores[c].templateIndex && point.offsetParameter == i)
        return true;
    return false;
  }

  /// Instructions that move packets, sums and maxima: left out, or exchanged with the one before.
  void changeStream(size_t t) {
    const size_t count = honest.templates[t].words.size() / instructionWords;
    for (size_t i = 0; i < count; ++i) {
      const Instruction in = decodeInstruction(honest.templates[t].words, i);
      if (in.opcode == Opcode::Receive || in.opcode == Opcode::Send) {
        change("message left out", [t, i](Program &p) {
          // No links: the instruction stays, but moves nothing.
          uint32_t *word = &p.templates[t].words[i * instructionWords];
          word[0] &= ~(1u << 18);
          word[3] = 0;
        });
        change("another mode", [t, i](Program &p) { p.templates[t].words[i * instructionWords + 4] += 1; });
      }
      if (i > 0)
        change(("exchanged in " + honest.templates[t].name + ": " + mnemonic(t, i - 1) + ", " + mnemonic(t, i)).c_str(),
               [t, i](Program &p) {
                 for (uint32_t w = 0; w < instructionWords; ++w)
                   std::swap(p.templates[t].words[i * instructionWords + w],
                             p.templates[t].words[(i - 1) * instructionWords + w]);
               });
    }
  }

  const Program honest;
  const size_t every = wage::test::slower();
  size_t changes = 0;
  Outcome expected;
  Tally tally;
};

int flipEveryByte(const std::vector<uint8_t> &bytes) {
  unsigned refused = 0, accepted = 0, ran = 0;
  const size_t every = wage::test::slower();
  for (size_t i = 0; i < bytes.size(); i += every) {
    std::vector<uint8_t> flipped = bytes;
    flipped[i] ^= static_cast<uint8_t>(1u << (i % 8));
    if (readProgram(flipped)) {
      printf("byte %zu: flipped, and the old checksum is accepted\n", i);
      ++accepted;
    }
    // Only files that FlatBuffers' own verifier accepts have a checksum field to renew.
    if (!hasSoundStructure(flipped)) {
      ++refused;
      continue;
    }
    storeChecksum(flipped);
    Expected<Program> program = readProgram(flipped);
    if (!program || !proveLift(*program, StreamIndex(*program)).ok() || !isSmall(*program)) {
      ++refused;
      continue;
    }
    CoreEngine core(*program, 1);
    (void)runStep(*program, core);
    if (Expected<std::unique_ptr<FusedEngine>> fused = FusedEngine::create(*program, 1); fused)
      (void)runStep(*program, **fused);
    ++ran;
  }
  printf("%u bytes: %u accepted with the old checksum; with a new one %u refused, %u ran to their end\n", refused + ran,
         accepted, refused, ran);
  return accepted ? 1 : 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  Expected<Program> program = loadProgram(argv[2]);
  if (!program) {
    fprintf(stderr, "%s\n", program.status().text().c_str());
    return 1;
  }
  const std::string what = argv[1];
  if (what == "bytes")
    return flipEveryByte(writeProgram(*program));
  Attack attack(std::move(*program));
  return what == "drop" ? attack.dropEveryRoute() : attack.changeEverything();
}
