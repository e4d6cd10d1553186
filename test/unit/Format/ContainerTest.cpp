//===- ContainerTest.cpp - files: written, read, cut and flipped ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Container.h"
#include "runtime/Format/Checksum.h"
#include "runtime/Format/Wage_generated.h"
#include "runtime/FusedEngine/LiftProof.h"
#include "test/Slower.h"
#include "test/unit/Programs/Mutations.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

std::vector<std::string> allPrograms() {
  std::vector<std::string> names;
  for (const std::string &name : everyProgram())
    names.push_back(name), names.push_back(name + ".infer");
  return names;
}

std::string refusalOf(const std::vector<uint8_t> &bytes) {
  const Expected<Program> program = readProgram(bytes);
  return program ? "" : program.status().text();
}

/// Reading and writing gives the same bytes, and so does it again.
TEST(Container, WritesWhatItRead) {
  for (const std::string &name : allPrograms())
    EXPECT_EQ(writeProgram(readTestProgram(name)), programBytes(name)) << name;
}

/// Numbers stand in the fields that bear their names. Round trips of networks do not say so: most have equal extents both ways.
TEST(Container, NumbersHaveTheirFields) {
  Program program = readTestProgram("deep");
  ChipDescription &chip = program.chip;
  chip.gridColumns = 11, chip.gridRows = 12, chip.chipColumns = 13, chip.chipRows = 14;
  chip.noc.linkBytesPerCycle = 15, chip.noc.hopCycles = 16, chip.noc.interChipBytesPerCycle = 17;
  chip.noc.interChipCycles = 18;
  chip.offChip = {19, 20, 21, 22};
  chip.energy = {0.5, 1.5, 2.5, 3.5};
  LinearBlock &g = program.layers[0].geometry;
  g.height = 31, g.width = 32, g.kernelHeight = 33, g.kernelWidth = 34, g.strideY = 35, g.strideX = 36, g.padTop = 37;
  g.padLeft = 38, g.outHeight = 39, g.outWidth = 40, g.dilationY = 41, g.dilationX = 42, g.groups = 43;
  ASSERT_FALSE(program.pools.empty());
  program.pools[0] = {51, 52, 53, 54, 55, 56, 57, 58, 59, 60};

  const std::vector<uint8_t> bytes = writeProgram(program);
  const fb::Program &file = *fb::GetProgram(bytes.data());
  const fb::Chip &c = *file.chip();
  using Numbers = std::vector<uint64_t>;
  EXPECT_EQ((Numbers{c.grid_columns(), c.grid_rows(), c.chip_columns(), c.chip_rows(), c.link_bytes_per_cycle(),
                     c.hop_cycles(), c.inter_chip_bytes_per_cycle(), c.inter_chip_cycles(), c.off_chip_bytes(),
                     c.off_chip_port_x(), c.off_chip_port_y(), c.off_chip_bytes_per_cycle()}),
            (Numbers{11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22}));
  EXPECT_EQ((std::vector<double>{c.mac_pj(), c.memory_byte_pj(), c.hop_byte_pj(), c.off_chip_byte_pj()}),
            (std::vector<double>{0.5, 1.5, 2.5, 3.5}));
  const fb::Layer &l = *file.layers()->Get(0);
  EXPECT_EQ(
      (Numbers{l.height(), l.width(), l.kernel_height(), l.kernel_width(), l.stride_y(), l.stride_x(), l.pad_top(),
               l.pad_left(), l.out_height(), l.out_width(), l.dilation_y(), l.dilation_x(), l.groups()}),
      (Numbers{31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43}));
  const fb::Pool &q = *file.pools()->Get(0);
  EXPECT_EQ((Numbers{q.height(), q.width(), q.kernel_height(), q.kernel_width(), q.stride_y(), q.stride_x(),
                     q.pad_top(), q.pad_left(), q.out_height(), q.out_width()}),
            (Numbers{51, 52, 53, 54, 55, 56, 57, 58, 59, 60}));
}

/// What training changes, and only that, differs after a change of the state; the checksum follows.
TEST(Container, KeepsTheTrainingState) {
  Program program = readTestProgram("flat");
  program.state = {0x123456789ABCDEF0u, ~uint64_t(0), 42};
  const std::vector<uint8_t> bytes = writeProgram(program);
  EXPECT_EQ(bytes.size(), programBytes("flat").size());
  const Expected<Program> again = readProgram(bytes);
  ASSERT_TRUE(static_cast<bool>(again)) << again.status().text();
  EXPECT_EQ(again->state.step, program.state.step);
  EXPECT_EQ(again->state.seed, program.state.seed);
  EXPECT_EQ(again->state.samplePosition, program.state.samplePosition);
}

// Offsets and rows that are used twice are no FlatBuffers error, but a small file could unpack to any size by them.
TEST(Container, RefusesTablesThatShare) {
  std::vector<uint8_t> bytes = programBytes("deep");
  const fb::Program &file = *fb::GetProgram(bytes.data());
  const auto *words = file.templates()->Get(0)->words();
  for (const auto *candidate : *file.templates())
    words = candidate->words()->size() > words->size() ? candidate->words() : words;
  uint64_t referred = 0;
  for (const fb::TracePoint *point : *file.trace_points()) {
    const auto *table = reinterpret_cast<const flatbuffers::Table *>(point);
    const uint8_t *field = table->GetAddressOf(fb::TracePoint::VT_SHAPE);
    const ptrdiff_t offset = reinterpret_cast<const uint8_t *>(words) - field;
    ASSERT_GT(offset, 0) << "FlatBuffers' offsets point forward";
    flatbuffers::WriteScalar(const_cast<uint8_t *>(field), static_cast<flatbuffers::uoffset_t>(offset));
    referred += 4 * words->size();
  }
  ASSERT_GT(referred, bytes.size());
  ASSERT_TRUE(hasSoundStructure(bytes));
  storeChecksum(bytes);
  EXPECT_NE(refusalOf(bytes).find("damaged: its tables refer to "), std::string::npos) << refusalOf(bytes);
}

TEST(Container, RefusesRowsThatShare) {
  std::vector<uint8_t> bytes = programBytes("deep");
  auto *core = const_cast<fb::Core *>(fb::GetProgram(bytes.data())->cores()->Get(1));
  core->mutate_first_parameter(0);
  storeChecksum(bytes);
  EXPECT_NE(refusalOf(bytes).find("core 1: its parameter row begins at 0"), std::string::npos) << refusalOf(bytes);
}

TEST(Container, RefusesRowsWithAGap) {
  std::vector<uint8_t> bytes = programBytes("deep");
  auto *core = const_cast<fb::Core *>(fb::GetProgram(bytes.data())->cores()->Get(1));
  core->mutate_first_parameter(core->first_parameter() + 1);
  storeChecksum(bytes);
  EXPECT_NE(refusalOf(bytes).find("core 1: its parameter row begins at"), std::string::npos) << refusalOf(bytes);
}

/// The codes of a binary's routes, after `change`, and what becomes of it.
std::string refusalOfCodes(const std::function<void(uint8_t *codes, flatbuffers::uoffset_t count)> &change) {
  std::vector<uint8_t> bytes = programBytes("spiking.rate");
  const auto *codes = fb::GetProgram(bytes.data())->route_codes();
  change(const_cast<uint8_t *>(codes->data()), codes->size());
  EXPECT_TRUE(hasSoundStructure(bytes));
  storeChecksum(bytes);
  return refusalOf(bytes);
}

TEST(Container, RefusesCodesThatAreNone) {
  EXPECT_EQ(refusalOfCodes([](uint8_t *, flatbuffers::uoffset_t) {}), "");
  EXPECT_NE(refusalOfCodes([](uint8_t *codes, flatbuffers::uoffset_t) {
              codes[1] = 4;
            }).find("route 1: code 4, needed 0 to 3"),
            std::string::npos);
  EXPECT_NE(refusalOfCodes([](uint8_t *codes, flatbuffers::uoffset_t count) {
              std::fill_n(codes, count, 0);
            }).find("codes of routes, all dense: needed none where no route carries events"),
            std::string::npos);
  const std::string fewer = refusalOfCodes(
      [](uint8_t *codes, flatbuffers::uoffset_t count) { flatbuffers::WriteScalar(codes - sizeof count, count - 1); });
  EXPECT_NE(fewer.find(" routes, needed one each"), std::string::npos) << fewer;
}

/// Words that are no code stand for none, and are refused.
TEST(Container, RefusesAChipThatSpeaksNoSuchCode) {
  std::vector<uint8_t> bytes = programBytes("spiking.rate");
  const auto *word = fb::GetProgram(bytes.data())->chip()->spike_codes()->Get(0);
  const_cast<char *>(word->c_str())[0] ^= 1;
  storeChecksum(bytes);
  EXPECT_NE(refusalOf(bytes).find("a spike code is not known or listed twice"), std::string::npos) << refusalOf(bytes);
}

TEST(Container, RefusesWhatIsNoBinary) {
  EXPECT_NE(refusalOf({}).find("a file of 0 bytes without the identifier 'WAGE'"), std::string::npos);
  EXPECT_NE(refusalOf(std::vector<uint8_t>(4096, 0)).find("without the identifier 'WAGE' at byte 4"),
            std::string::npos);
  std::vector<uint8_t> bytes(4096, 0xFF);
  std::copy_n("WAGE", 4, bytes.begin() + 4);
  EXPECT_NE(refusalOf(bytes).find("truncated or damaged"), std::string::npos);
}

/// Files of the next version, major or minor, may say what this program does not know.
TEST(Container, RefusesNewerVersions) {
  for (const auto &[major, minor] : {std::pair(formatMajor, uint16_t(formatMinor + 1)), {formatMajor + 1, 0}}) {
    std::vector<uint8_t> bytes = programBytes("small.infer");
    fb::Program *file = fb::GetMutableProgram(bytes.data());
    ASSERT_TRUE(file->mutate_major(major) && file->mutate_minor(minor));
    storeChecksum(bytes);
    EXPECT_EQ(refusalOf(bytes).find("format version " + std::to_string(major) + "." + std::to_string(minor) + ", "), 0u)
        << refusalOf(bytes);
  }
}

/// A file cut anywhere is refused.
TEST(Container, RefusesEveryTruncation) {
  const std::vector<uint8_t> whole = programBytes("small.infer");
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string refusal =
        refusalOf(std::vector<uint8_t>(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length)));
    ASSERT_FALSE(refusal.empty()) << "cut after " << length << " of " << whole.size() << " bytes";
  }
}

/// A file with more at its end than was written has another checksum.
TEST(Container, RefusesAnAppendix) {
  std::vector<uint8_t> bytes = programBytes("small.infer");
  bytes.push_back(0);
  EXPECT_NE(refusalOf(bytes).find("checksum"), std::string::npos);
}

/// Every byte changed in one bit: the checksum notices.
TEST(Container, RefusesEveryFlippedBit) {
  const std::vector<uint8_t> honest = programBytes("small.infer");
  for (size_t i = 0; i < honest.size(); ++i)
    for (unsigned bit = i % 2; bit < 8; bit += 2) {
      std::vector<uint8_t> bytes = honest;
      bytes[i] ^= static_cast<uint8_t>(1u << bit);
      ASSERT_FALSE(refusalOf(bytes).empty()) << "bit " << bit << " of byte " << i;
    }
}

class Forged : public ::testing::TestWithParam<std::string> {};

/// Bytes changed by someone who knows how to make the checksum: refused, or a program that both engines run to the same end.
/// With WAGE_FORGERIES=N in the environment each byte of every program takes N values.
TEST_P(Forged, BytesAreRefusedOrRun) {
  const char *wanted = std::getenv("WAGE_FORGERIES");
  const unsigned values = wanted ? static_cast<unsigned>(std::atoi(wanted)) : 1;
  const std::vector<uint8_t> honest = programBytes(GetParam());
  unsigned refused = 0, ran = 0;
  Dice dice(2);
  for (size_t i = 0; i < honest.size(); i += wage::test::slower())
    for (unsigned k = 0; k < values; ++k) {
      std::vector<uint8_t> bytes = honest;
      bytes[i] ^= static_cast<uint8_t>(dice.chance(2) ? 1 + dice.below(255) : 1u << dice.below(8));
      if (hasSoundStructure(bytes))
        storeChecksum(bytes);
      const Expected<Program> program = readProgram(bytes);
      ++(program ? ran : refused);
      if (!program || !proveLift(*program, StreamIndex(*program)).ok())
        continue;
      Schedule schedule;
      schedule.train = program->config.mode == Mode::Train;
      const Outcome core = runProgram(*program, Kind::Core, 1, schedule);
      if (core.problem.empty()) {
        EXPECT_TRUE(runProgram(*program, Kind::Fused, 1, schedule) == core) << "byte " << i;
      }
    }
  printf("%s: %zu bytes, %u refused, %u read\n", GetParam().c_str(), honest.size(), refused, ran);
}

const std::vector<std::string> smallPrograms{"flat", "flat.infer", "small", "pooled.infer", "spiking.rate"};
INSTANTIATE_TEST_SUITE_P(Programs, Forged,
                         ::testing::ValuesIn(std::getenv("WAGE_FORGERIES") ? allPrograms() : smallPrograms),
                         [](const auto &info) { return caseNameOf(info.param); });

} // namespace
