//===- AtomicFileTest.cpp - files that appear whole or not at all ---------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"

#include "test/unit/Data/TemporaryFolder.h"

#include <gtest/gtest.h>

namespace wage::rt::test {
namespace {

TEST(AtomicFile, AppearsOnCommitAndReplaces) {
  TemporaryFolder folder;
  folder.write("out", "old");
  {
    Expected<AtomicFile> file = AtomicFile::create(folder.path("out"));
    ASSERT_TRUE(file) << file.status().text();
    ASSERT_TRUE(file->write("new ", 4).ok());
    ASSERT_TRUE(file->write("text", 4).ok());
    EXPECT_EQ(folder.read("out"), "old");
    ASSERT_TRUE(file->commit().ok());
  }
  EXPECT_EQ(folder.read("out"), "new text");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  TemporaryFolder folder;
  {
    Expected<AtomicFile> file = AtomicFile::create(folder.path("out"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("half", 4).ok());
  }
  EXPECT_EQ(folder.files(), 0u);
}

TEST(AtomicFile, MovedFromFileRemovesNothing) {
  TemporaryFolder folder;
  Expected<AtomicFile> file = AtomicFile::create(folder.path("out"));
  ASSERT_TRUE(file);
  {
    AtomicFile other(std::move(*file));
    ASSERT_TRUE(other.write("x", 1).ok());
    ASSERT_TRUE(other.commit().ok());
  }
  EXPECT_EQ(folder.read("out"), "x");
}

// A killed process leaves its temporary file, longer perhaps than the next one's.
TEST(AtomicFile, TakesOverWhatAKilledProcessLeft) {
  TemporaryFolder folder;
  folder.write("out.wage-part", "much more than the next one writes");
  EXPECT_TRUE(checkWritable(folder.path("out")).ok());
  EXPECT_EQ(folder.files(), 0u);
  folder.write("out.wage-part", "much more than the next one writes");
  ASSERT_TRUE(writeFileAtomically(folder.path("out"), "new", 3).ok());
  EXPECT_EQ(folder.read("out"), "new");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(AtomicFile, RefusesASecondWriter) {
  TemporaryFolder folder;
  Expected<AtomicFile> first = AtomicFile::create(folder.path("out"));
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->write("first", 5).ok());
  EXPECT_EQ(checkWritable(folder.path("out")).text(),
            "'" + folder.path("out") + "': cannot be written: another process is writing it, one at a time is needed");
  ASSERT_TRUE(first->commit().ok());
  EXPECT_EQ(folder.read("out"), "first");
  EXPECT_TRUE(checkWritable(folder.path("out")).ok());
}

TEST(AtomicFile, FollowsNoLinkToWrite) {
  TemporaryFolder folder;
  folder.write("other", "precious");
  std::filesystem::create_symlink(folder.path("other"), folder.path("out.wage-part"));
  EXPECT_FALSE(checkWritable(folder.path("out")).ok());
  EXPECT_EQ(folder.read("other"), "precious");
}

TEST(AtomicFile, RefusesMissingFolder) {
  TemporaryFolder folder;
  const std::string path = folder.path("none/out");
  const Status status = writeFileAtomically(path, "x", 1);
  EXPECT_EQ(status.text(), "'" + path + "': cannot be written: No such file or directory");
  EXPECT_FALSE(checkWritable(path).ok());
}

TEST(AtomicFile, RefusesFolderAsPath) {
  TemporaryFolder folder;
  EXPECT_FALSE(writeFileAtomically(folder.path("."), "x", 1).ok());
}

TEST(AtomicFile, WritesDevicesInPlace) {
  EXPECT_TRUE(writeFileAtomically("/dev/null", "x", 1).ok());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(AtomicFile, SaysThatTheDiskIsFull) {
  if (!std::filesystem::is_character_file("/dev/full"))
    GTEST_SKIP() << "no /dev/full on this host";
  EXPECT_EQ(writeFileAtomically("/dev/full", "x", 1).text(), "'/dev/full': cannot be written: No space left on device");
}

TEST(AtomicFile, WritableCheckLeavesNothing) {
  TemporaryFolder folder;
  EXPECT_TRUE(checkWritable(folder.path("out")).ok());
  EXPECT_EQ(folder.files(), 0u);
}

} // namespace
} // namespace wage::rt::test
