//===- CheckpointTest.cpp - checkpoints as bytes and in their folder - -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Checkpoint/CheckpointFolder.h"
#include "test/unit/Data/TemporaryFolder.h"

#include <gtest/gtest.h>

namespace wage::rt::test {
namespace {

Checkpoint checkpointOf(uint64_t step) {
  return {step, {{"--batch", "3"}, {"--shuffle", "none"}}, {1, 2, static_cast<uint8_t>(step)}};
}

CheckpointFolder opened(const TemporaryFolder &folder) {
  Expected<CheckpointFolder> result = CheckpointFolder::open(folder.path("run"));
  EXPECT_TRUE(result) << result.status().text();
  return std::move(*result);
}

TEST(Checkpoint, ReadsWhatItWrote) {
  const std::vector<uint8_t> bytes = writeCheckpoint(checkpointOf(7));
  Expected<Checkpoint> read = readCheckpoint(bytes);
  ASSERT_TRUE(read) << read.status().text();
  EXPECT_EQ(read->step, 7u);
  EXPECT_EQ(read->images, (std::vector<uint8_t>{1, 2, 7}));
  ASSERT_EQ(read->settings.size(), 2u);
  EXPECT_EQ(read->settings[1].name, "--shuffle");
  EXPECT_EQ(read->settings[1].value, "none");
  EXPECT_EQ(writeCheckpoint(*read), bytes);
}

TEST(Checkpoint, RefusesEveryTruncationAndEveryFlippedByte) {
  const std::vector<uint8_t> bytes = writeCheckpoint(checkpointOf(7));
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(readCheckpoint({bytes.begin(), bytes.begin() + static_cast<long>(length)})) << length;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::vector<uint8_t> flipped = bytes;
    flipped[i] ^= 0x10;
    EXPECT_FALSE(readCheckpoint(flipped)) << i;
  }
}

// A hostile file has the right checksum. It is read or refused, never run past.
TEST(Checkpoint, SurvivesEveryFlippedByteWithItsChecksumRecomputed) {
  const std::vector<uint8_t> bytes = writeCheckpoint(checkpointOf(7));
  size_t refused = 0;
  for (size_t i = 0; i + 4 < bytes.size(); ++i)
    for (unsigned mask : {0x01u, 0x80u, 0xFFu}) {
      std::vector<uint8_t> flipped = bytes;
      flipped[i] ^= static_cast<uint8_t>(mask);
      const auto crc = static_cast<uint32_t>(crc32_z(0, flipped.data(), flipped.size() - 4));
      for (size_t k = 0; k < 4; ++k)
        flipped[flipped.size() - 4 + k] = static_cast<uint8_t>(crc >> (8 * k));
      refused += !readCheckpoint(flipped);
    }
  EXPECT_GT(refused, 0u);
}

TEST(Checkpoint, NamesTheFirstSettingThatDiffers) {
  const Checkpoint checkpoint = checkpointOf(7);
  EXPECT_TRUE(checkSettings(checkpoint, {{"--batch", "3"}, {"--shuffle", "none"}}).ok());
  EXPECT_EQ(checkSettings(checkpoint, {{"--batch", "3"}, {"--shuffle", "4"}}).text(),
            "is of another run: found --shuffle none, this run has 4");
  EXPECT_EQ(checkSettings(checkpoint, {{"--seed", "1"}}).text(),
            "is of another run: found --seed missing, this run has 1");
  EXPECT_EQ(checkSettings(checkpoint, {{"--shuffle", "none"}}).text(),
            "is of another run: found --batch 3, this run has none");
}

TEST(CheckpointFolder, KeepsTheLastTwo) {
  TemporaryFolder root;
  const CheckpointFolder folder = opened(root);
  for (uint64_t step : {2, 4, 6, 7})
    ASSERT_TRUE(folder.write(checkpointOf(step)).ok());
  EXPECT_EQ(*folder.steps(), (std::vector<uint64_t>{6, 7}));
  std::vector<std::string> warnings;
  Expected<std::optional<Checkpoint>> newest = folder.newest(warnings);
  ASSERT_TRUE(newest && *newest);
  EXPECT_EQ((*newest)->step, 7u);
  EXPECT_TRUE(warnings.empty());
}

TEST(CheckpointFolder, IsEmptyAtFirst) {
  TemporaryFolder root;
  std::vector<std::string> warnings;
  Expected<std::optional<Checkpoint>> newest = opened(root).newest(warnings);
  ASSERT_TRUE(newest);
  EXPECT_FALSE(*newest);
}

TEST(CheckpointFolder, PassesOverADamagedOneAndThenRemovesIt) {
  TemporaryFolder root;
  const CheckpointFolder folder = opened(root);
  ASSERT_TRUE(folder.write(checkpointOf(4)).ok());
  ASSERT_TRUE(folder.write(checkpointOf(8)).ok());
  root.write("run/step-0000000008.ckpt", "nonsense");
  std::vector<std::string> warnings;
  Expected<std::optional<Checkpoint>> newest = folder.newest(warnings);
  ASSERT_TRUE(newest && *newest);
  EXPECT_EQ((*newest)->step, 4u);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("step-0000000008.ckpt': no checkpoint: a file of 8 bytes"), std::string::npos);
  EXPECT_NE(warnings[0].find("going on from the one before, of step 4"), std::string::npos);
  ASSERT_TRUE(folder.write(checkpointOf(5)).ok());
  EXPECT_EQ(*folder.steps(), (std::vector<uint64_t>{4, 5}));
}

// A run killed between its last checkpoint and the removal of what is older has three.
TEST(CheckpointFolder, RemovesOlderOnesButOne) {
  TemporaryFolder root;
  const CheckpointFolder folder = opened(root);
  for (const char *name : {"run/step-0000000002.ckpt", "run/step-0000000004.ckpt", "run/step-0000000006.ckpt"})
    root.write(name, "not read");
  ASSERT_TRUE(folder.removeOlder(6).ok());
  EXPECT_EQ(*folder.steps(), (std::vector<uint64_t>{4, 6}));
  ASSERT_TRUE(folder.removeOlder(4).ok());
  EXPECT_EQ(*folder.steps(), (std::vector<uint64_t>{4, 6}));
}

TEST(CheckpointFolder, RefusesARenamedAndAnOnlyDamagedOne) {
  TemporaryFolder root;
  const CheckpointFolder folder = opened(root);
  const std::vector<uint8_t> bytes = writeCheckpoint(checkpointOf(4));
  root.write("run/step-0000000009.ckpt", std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> warnings;
  Expected<std::optional<Checkpoint>> newest = folder.newest(warnings);
  ASSERT_FALSE(newest);
  EXPECT_NE(newest.status().text().find("holds step 4, its name needs step 9; no whole checkpoint is left"),
            std::string::npos);
}

TEST(CheckpointFolder, RemovesUnfinishedFilesAndNothingElse) {
  TemporaryFolder root;
  opened(root);
  root.write("run/step-0000000004.ckpt.wage-part", "half");
  root.write("run/step-4.ckpt", "a user's");
  root.write("run/notes.txt", "a user's");
  EXPECT_TRUE(opened(root).steps()->empty());
  EXPECT_FALSE(std::filesystem::exists(root.path("run/step-0000000004.ckpt.wage-part")));
  EXPECT_TRUE(std::filesystem::exists(root.path("run/step-4.ckpt")));
  EXPECT_TRUE(std::filesystem::exists(root.path("run/notes.txt")));
}

TEST(CheckpointFolder, HasOneUserAtATime) {
  TemporaryFolder root;
  {
    const CheckpointFolder folder = opened(root);
    Expected<CheckpointFolder> second = CheckpointFolder::open(root.path("run"));
    ASSERT_FALSE(second);
    EXPECT_NE(second.status().text().find("another run is writing its checkpoints there"), std::string::npos);
  }
  EXPECT_TRUE(CheckpointFolder::open(root.path("run")));
}

TEST(CheckpointFolder, RefusesAFileAndAMissingParent) {
  TemporaryFolder root;
  EXPECT_FALSE(CheckpointFolder::open(root.write("file", "x")));
  EXPECT_FALSE(CheckpointFolder::open(root.path("none/run")));
}

} // namespace
} // namespace wage::rt::test
