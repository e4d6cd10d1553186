//===- NpyTest.cpp - NumPy's array files ------------------------------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Npy.h"

#include "test/unit/Data/TemporaryFolder.h"

#include <gtest/gtest.h>

namespace wage::rt::test {
namespace {

/// The header of `content`, or the error text without the path.
Expected<NpyHeader> header(const std::string &content) {
  TemporaryFolder folder;
  Expected<ByteSource> source = ByteSource::open(folder.write("a.npy", content));
  if (!source)
    return source.status();
  return readNpyHeader(*source);
}

std::string headerProblem(const std::string &content) {
  const std::string text = header(content).status().text();
  return text.substr(text.find("': ") == std::string::npos ? 0 : text.find("': ") + 3);
}

TEST(Npy, ReadsAllVersions) {
  for (char version : {1, 2, 3}) {
    Expected<NpyHeader> read = header(npy(npyHeader("<i4", "(2, 3)"), "", version));
    ASSERT_TRUE(read) << read.status().text();
    EXPECT_EQ(read->type, "<i4");
    EXPECT_FALSE(read->fortranOrder);
    EXPECT_EQ(read->shape, (std::vector<uint64_t>{2, 3}));
  }
}

TEST(Npy, ReadsAnyKeyOrderAndQuotes) {
  Expected<NpyHeader> read = header(npy("{\"shape\": (), 'fortran_order':True,'descr' : '|u1'}   \n", ""));
  ASSERT_TRUE(read) << read.status().text();
  EXPECT_TRUE(read->fortranOrder);
  EXPECT_TRUE(read->shape.empty());
}

TEST(Npy, ReadsStructuredTypes) {
  Expected<NpyHeader> read = header(
      npy("{'descr': [('t', '<i8'), ('', '|V2'),(\"x\",'<u2')], 'fortran_order': False, 'shape': (7,), }\n", ""));
  ASSERT_TRUE(read) << read.status().text();
  EXPECT_EQ(read->type, "[('t', '<i8'), ('', '|V2'), ('x', '<u2')]");
  ASSERT_EQ(read->fields.size(), 3u);
  EXPECT_EQ(read->fields[1].name, "");
  EXPECT_EQ(read->fields[1].type, "|V2");
  EXPECT_EQ(read->fields[2].name, "x");
  EXPECT_EQ(read->shape, (std::vector<uint64_t>{7}));
}

TEST(Npy, RefusesBrokenHeaders) {
  const std::string notDictionary = "the .npy header is not a dictionary of descr, fortran_order and shape";
  for (const char *dictionary : {"", "{", "{}", "{'descr': '|u1', 'fortran_order': False}",
                                 "{'descr': '|u1', 'fortran_order': No, 'shape': (1,)}",
                                 "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)",
                                 "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
                                 "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                                 "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}",
                                 "{'descr': '|u1", "{'descr': [], 'fortran_order': False, 'shape': (1,)}",
                                 "{'descr': [('a', '|u1'], 'fortran_order': False, 'shape': (1,)}",
                                 "{'descr': [('a', '|u1', (2,))], 'fortran_order': False, 'shape': (1,)}",
                                 "{'descr': [('a', [('b', '|u1')])], 'fortran_order': False, 'shape': (1,)}",
                                 "{'descr': [('a', '|u1')", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x",
                                 "{'what': (1,), 'fortran_order': False, 'shape': (1,)}"})
    EXPECT_EQ(headerProblem(npy(dictionary, "")), notDictionary) << dictionary;
  EXPECT_EQ(headerProblem("\x93NUMPX\1"), "ends after 7 bytes, the .npy header needs 8");
  EXPECT_EQ(headerProblem(npy(npyHeader("|u1", "(1,)"), "", 4)), "is .npy version 4, versions 1 to 3 can be read");
  EXPECT_EQ(headerProblem(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12)),
            "the .npy header declares 4294967295 bytes, at most 65536 can be read");
  const std::string whole = npy(npyHeader("|u1", "(1,)"), "");
  EXPECT_EQ(headerProblem(whole.substr(0, 20)),
            "ends after 20 bytes, the .npy header needs " + std::to_string(whole.size()));
}

TEST(Npy, WritesTheNarrowestType) {
  const std::pair<std::vector<int64_t>, const char *> cases[] = {
      {{-128, 127}, "'|i1'"},           {{128, 0}, "'<i2'"},        {{-129, 0}, "'<i2'"},
      {{-32769, 0}, "'<i4'"},           {{2147483648, 0}, "'<i8'"}, {{-2147483648, 2147483647}, "'<i4'"},
      {{INT64_MIN, INT64_MAX}, "'<i8'"}};
  for (const auto &[values, type] : cases)
    EXPECT_NE(encodeNpy({2}, values).find(type), std::string::npos) << values[0];
}

TEST(Npy, WritesAlignedLittleEndianData) {
  const std::string file = encodeNpy({2, 1}, {-2, 300});
  EXPECT_EQ(file.size() % 64, 4u);
  EXPECT_EQ(file.substr(file.size() - 4), std::string("\xfe\xff\x2c\x01", 4));
  EXPECT_NE(file.find("'shape': (2, 1), }"), std::string::npos);
  EXPECT_NE(encodeNpy({1}, {0}).find("'shape': (1,), }"), std::string::npos);
  EXPECT_NE(encodeNpy({}, {0}).find("'shape': (), }"), std::string::npos);
}

TEST(Npy, WritesTheTypeThatIsAskedFor) {
  const std::string integers = encodeNpyInt64({2}, {1, -2});
  EXPECT_EQ(integers.size(), 128u + 16);
  EXPECT_EQ(integers.substr(128), std::string("\1\0\0\0\0\0\0\0\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16));
  EXPECT_NE(integers.find("'descr': '<i8'"), std::string::npos);
  const std::string reals = encodeNpyFloat32({1, 2}, {1, -0.5f});
  EXPECT_EQ(reals.substr(128), std::string("\0\0\x80\x3F\0\0\0\xBF", 8));
  EXPECT_NE(reals.find("'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)"), std::string::npos);
  EXPECT_NE(encodeNpyFloat32({0}, {}).find("(0,)"), std::string::npos);
}

TEST(Npy, ReadsItsOwnHeader) {
  Expected<NpyHeader> read = header(encodeNpy({4, 0, 7}, {}));
  ASSERT_TRUE(read) << read.status().text();
  EXPECT_EQ(read->shape, (std::vector<uint64_t>{4, 0, 7}));
}

} // namespace
} // namespace wage::rt::test
