//===- ReadFileTest.cpp - files that are read whole ------------------------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/ReadFile.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace wage::rt;

namespace {

/// A path of its own for each test, removed behind it.
class ReadFile : public ::testing::Test {
protected:
  ~ReadFile() override { std::filesystem::remove(path); }
  const std::string path =
      (std::filesystem::temp_directory_path() / ("wage-read-file-" + std::to_string(::getpid()))).string();
};

TEST_F(ReadFile, GivesTheBytes) {
  std::ofstream(path, std::ios::binary) << std::string("a\0b", 3);
  const Expected<std::vector<uint8_t>> bytes = readFile(path);
  ASSERT_TRUE(static_cast<bool>(bytes)) << bytes.status().text();
  EXPECT_EQ(*bytes, (std::vector<uint8_t>{'a', 0, 'b'}));
}

/// A file with holes takes no room on the disk, but would take its size of memory.
TEST_F(ReadFile, RefusesMoreThanAFlatBufferHolds) {
  std::ofstream(path).put('a');
  for (const uint64_t size : {largestFileBytes + 1, uint64_t(1) << 43}) {
    std::filesystem::resize_file(path, size);
    EXPECT_EQ(readFile(path).status().text(), "has " + std::to_string(size) + " bytes, at most 2147483646 can be read");
  }
}

TEST_F(ReadFile, RefusesAFolder) {
  EXPECT_EQ(readFile(std::filesystem::temp_directory_path().string()).status().text(),
            "is a directory, a file is needed");
}

} // namespace
