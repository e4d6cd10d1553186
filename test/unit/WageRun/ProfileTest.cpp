//===- ProfileTest.cpp - trace events ------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Profile.h"
#include "test/unit/Data/TemporaryFolder.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace wage::run::test {
namespace {

using rt::test::TemporaryFolder;

std::string written(Profile &profile) {
  const TemporaryFolder folder;
  EXPECT_TRUE(profile.write(folder.path("p.json")).ok());
  std::ifstream file(folder.path("p.json"));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

size_t count(const std::string &text, const std::string &what) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at)
    ++found;
  return found;
}

/// Pieces nest on each track, an end without a begin is nothing, and what is open when the file is written ends there.
TEST(Profile, EndsWhatIsOpen) {
  Profile profile("core engine, 2 threads");
  profile.end(Profile::Chip);
  {
    const ProfileSpan span(&profile, "step", 4), none(nullptr, "unseen");
    profile.begin(Profile::Chip, "forward");
    profile.begin(Profile::Host, "inner");
    profile.end(Profile::Host);
  }
  profile.begin(Profile::Host, "open");
  const std::string text = written(profile);
  for (const char *name : {"forward", "inner", "open", "core engine, 2 threads"})
    EXPECT_EQ(count(text, "\"" + std::string(name) + "\""), 1u) << name << "\n" << text;
  EXPECT_EQ(count(text, "\"args\": {\"step\": 4}"), 1u) << text;
  EXPECT_EQ(count(text, "\"ph\": \"X\""), 4u) << text;
  EXPECT_EQ(count(text, "unseen"), 0u) << text;
}

/// Of a run longer than what is kept, the number of the rest is told.
TEST(Profile, CountsWhatItDrops) {
  Profile profile("chip", 3);
  for (int i = 0; i < 10; ++i)
    const ProfileSpan span(&profile, "step", i);
  const std::string text = written(profile);
  EXPECT_EQ(count(text, "\"ph\": \"X\""), 3u) << text;
  EXPECT_EQ(count(text, "\"dropped_events\": 7"), 1u) << text;
}

/// Layers stand beside the limit where both are known, and nowhere where there are none.
TEST(Profile, TellsWhatLayersReach) {
  Profile profile("fused engine, 1 threads");
  EXPECT_EQ(profile.layerText(2), "");
  EXPECT_EQ(count(written(profile), "layers"), 0u);
  profile.setLayers({{"conv1", "forward", 0.5, 1000000000}, {"conv1", "update", 0.25, 0}}, 4e9);
  const std::string text = profile.layerText(2);
  EXPECT_EQ(count(text, "conv1"), 2u) << text;
  EXPECT_EQ(count(text, "forward      250.000        2.0     50.0 %\n"), 1u) << text;
  EXPECT_EQ(count(text, "update       125.000          -          -\n"), 1u) << text;
  const std::string json = written(profile);
  EXPECT_EQ(count(json, "\"percent_of_limit\": 50}"), 1u) << json;
  EXPECT_EQ(count(json, "{\"layer\": \"conv1\", \"part\": \"update\", \"seconds\": 0.25, \"macs\": 0}"), 1u) << json;
  EXPECT_EQ(count(json, "\"peak_macs_per_second\": 4000000000"), 1u) << json;
}

TEST(Profile, NamesTheFileThatItCannotWrite) {
  Profile profile("chip");
  EXPECT_NE(profile.write("/no/such/folder/p.json").text().find("/no/such/folder/p.json"), std::string::npos);
}

} // namespace
} // namespace wage::run::test
