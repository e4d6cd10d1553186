//===- LearningRatesTest.cpp - one power of two per training step --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/LearningRates.h"
#include "runtime/Support/Json.h"
#include "test/unit/Data/TemporaryFolder.h"
#include "tools/wage-run/Progress.h"

#include <cmath>
#include <gtest/gtest.h>

namespace wage::run::test {
namespace {

std::string epochProblem(const std::string &text) { return LearningRates::ofEpochs("--f", text).status().text(); }

TEST(LearningRates, HoldFromTheirEpochOn) {
  rt::Expected<LearningRates> rates = LearningRates::ofEpochs("--f", "3@0,0@4,-32@5");
  ASSERT_TRUE(rates) << rates.status().text();
  const int expected[] = {3, 3, 3, 3, 0, -32, -32};
  for (uint64_t epoch = 0; epoch < 7; ++epoch)
    EXPECT_EQ(rates->log2At(100 * epoch, epoch), expected[epoch]);
  EXPECT_FALSE(rates->steps());
  EXPECT_EQ(LearningRates::ofEpochs("--f", "15")->log2At(0, 9), 15);
}

TEST(LearningRates, RefuseOtherTexts) {
  const std::string range = "'; a learning rate must be a power of two, 2^L with a whole L from -32 to 15";
  for (const char *text : {"2.5", "16", "-33", "", "x", "0.1@0"}) {
    const std::string entry(text);
    EXPECT_EQ(epochProblem(text), "--f: found '" + entry.substr(0, entry.find('@')) + range);
  }
  EXPECT_EQ(epochProblem("3@1"), "--f: the first entry '3@1' must be for epoch 0");
  EXPECT_EQ(epochProblem("3@0,2"), "--f: found '2', L@EPOCH is needed");
  EXPECT_EQ(epochProblem("3,2@1"), "--f: found '3', L@EPOCH is needed");
  EXPECT_EQ(epochProblem("3@x"), "--f: found '3@x', L@EPOCH is needed");
  EXPECT_EQ(epochProblem("3@0,2@0"), "--f: '2@0' must be for an epoch after 0");
  EXPECT_EQ(epochProblem("3@0,"), "--f: found '" + range);
}

TEST(LearningRates, RatesMustBePowersOfTwo) {
  EXPECT_EQ(LearningRates::ofRate("--lr", "8")->log2At(0, 0), 3);
  EXPECT_EQ(LearningRates::ofRate("--lr", "0.125")->log2At(0, 0), -3);
  EXPECT_EQ(LearningRates::ofRate("--lr", "32768")->log2At(0, 0), 15);
  for (const char *text : {"0.1", "3", "0", "-2", "65536", "inf", "nan", "", "2x", "1e-30"})
    EXPECT_EQ(LearningRates::ofRate("--lr", text).status().text(),
              "--lr: found '" + std::string(text) + "'; a learning rate must be a power of two, from 2^-32 to 2^15");
}

TEST(LearningRates, FileHasOnePerStep) {
  rt::test::TemporaryFolder folder;
  rt::Expected<LearningRates> rates = LearningRates::ofFile(folder.write("lr", "3\n  -4\t\r\n\n0"));
  ASSERT_TRUE(rates) << rates.status().text();
  EXPECT_EQ(rates->steps(), 3u);
  EXPECT_EQ(rates->log2At(0, 9), 3);
  EXPECT_EQ(rates->log2At(1, 9), -4);
  EXPECT_EQ(rates->log2At(2, 9), 0);
  EXPECT_EQ(LearningRates::ofFile(folder.write("empty", ""))->steps(), 0u);
  const std::string bad = folder.write("bad", "3\n0.5\n");
  EXPECT_EQ(LearningRates::ofFile(bad).status().text(),
            "'" + bad +
                "' line 2: found '0.5'; a learning rate must be a power of two, 2^L with a whole L from -32 to 15");
  EXPECT_EQ(LearningRates::ofFile(folder.path("none")).status().text(),
            "'" + folder.path("none") + "': cannot be read: No such file or directory");
  EXPECT_FALSE(LearningRates::ofFile(folder.path("")));
}

TEST(Json, WritesOneObject) {
  rt::JsonObject inner, json;
  inner.add("n", uint64_t(1));
  json.add("text", "a\"\\\n").add("whole", UINT64_MAX).add("real", 0.25).add("nan", std::nan("")).addNull("none");
  json.add("list", {inner, inner}).add("empty", std::vector<rt::JsonObject>());
  EXPECT_EQ(json.text(),
            "{\"text\": \"a\\\"\\\\\\u000a\", \"whole\": 18446744073709551615, \"real\": 0.25, \"nan\": null, "
            "\"none\": null, \"list\": [{\"n\": 1}, {\"n\": 1}], \"empty\": []}");
  EXPECT_EQ(rt::JsonObject().add("yes", true).add("inner", inner).text(), "{\"yes\": true, \"inner\": {\"n\": 1}}");
}

/// Whatever bytes a name holds, the text is JSON: what is no UTF-8 becomes the replacement character.
TEST(Json, WritesAnyBytes) {
  auto text = [](const std::string &value) { return rt::JsonObject().add("n", value).text(); };
  EXPECT_EQ(text("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82"), "{\"n\": \"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82\"}");
  for (const char *wrong : {"\xff", "\xc3", "\x80", "\xc0\xaf"})
    EXPECT_EQ(text(wrong).find("{\"n\": \"\\ufffd"), 0u) << wrong;
  EXPECT_EQ(text("a\xe4z"), "{\"n\": \"a\\ufffdz\"}");
  EXPECT_EQ(text("\xed\xa0\x80"), "{\"n\": \"\\ufffd\\ufffd\\ufffd\"}");
}

TEST(Progress, WritesTimesAndShares) {
  EXPECT_EQ(durationText(0), "0:00");
  EXPECT_EQ(durationText(59.6), "1:00");
  EXPECT_EQ(durationText(3723), "1:02:03");
  EXPECT_EQ(shareText(240, 10000), "240 of 10000 (2.40 %)");
  EXPECT_EQ(shareText(0, 0), "0 of 0");
}

/// What a narrow window has no room for is left out, and a line is never longer than the window.
TEST(Progress, FitsTheWindow) {
  EXPECT_EQ(progressText("training", 600, 1800, 60, 2, 100),
            "training: 600 of 1800 images, 0:04 left, errors 10.00 %, 300 images/s");
  EXPECT_EQ(progressText("training", 600, 1800, 60, 2, 60), "training: 600 of 1800 images, 0:04 left, errors 10.00 %");
  EXPECT_EQ(progressText("classifying", 600, 1800, std::nullopt, 2, 60),
            "classifying: 600 of 1800 images, 0:04 left, 300 images/s");
  EXPECT_EQ(progressText("training", 600, 1800, 60, 2, 12), "33 %");
  for (size_t columns = 0; columns < 90; ++columns)
    EXPECT_LE(progressText("training", 600, 1800, 60, 2, columns).size(), columns);
}

} // namespace
} // namespace wage::run::test
