//===- RealArrayTest.cpp - real-valued samples ------------------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/RealArray.h"

#include "test/unit/Data/TemporaryFolder.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

namespace wage::rt::test {
namespace {

template <typename T> std::string bytesOf(const std::vector<T> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
}

/// The error text without the path, or "".
std::string problem(const std::string &content, const std::vector<uint32_t> &shape) {
  TemporaryFolder folder;
  const std::string text = RealArray::read(folder.write("a.npy", content), shape).status().text();
  return text.substr(text.find("': ") == std::string::npos ? 0 : text.find("': ") + 3);
}

std::string floats(const std::string &shape, size_t count, float last = 1) {
  std::vector<float> values(count, 1);
  values.back() = last;
  return npy(npyHeader("<f4", shape), bytesOf(values));
}

TEST(RealArray, ReadsBothPrecisionsAlsoGzipped) {
  TemporaryFolder folder;
  const std::vector<float> single = {0.1f, -1e30f, 0, std::numeric_limits<float>::infinity()};
  const std::vector<double> twice = {0.1, -1e300, 0, std::numeric_limits<double>::denorm_min()};
  const std::string singleFile = npy(npyHeader("<f4", "(2, 2)"), bytesOf(single));
  const std::string twiceFile = npy(npyHeader("<f8", "(2, 2)"), bytesOf(twice));
  for (bool gzip : {false, true}) {
    auto write = [&](const std::string &content) {
      return gzip ? folder.writeGzip("a.gz", content) : folder.write("a", content);
    };
    Expected<RealArray> a = RealArray::read(write(singleFile), {2});
    ASSERT_TRUE(a) << a.status().text();
    EXPECT_EQ(a->count(), 2u);
    std::vector<double> values(4);
    a->copy(0, 2, values.data());
    EXPECT_EQ(values, std::vector<double>(single.begin(), single.end()));
    Expected<RealArray> b = RealArray::read(write(twiceFile), {2});
    ASSERT_TRUE(b) << b.status().text();
    b->copy(0, 2, values.data());
    EXPECT_EQ(values, twice);
    b->copy(1, 1, values.data());
    EXPECT_EQ(values, (std::vector<double>{twice[2], twice[3], twice[2], twice[3]}));
  }
}

TEST(RealArray, TakesSamplesWithoutDimensions) {
  TemporaryFolder folder;
  Expected<RealArray> a = RealArray::read(folder.write("a", floats("(3,)", 3, 7)), {});
  ASSERT_TRUE(a) << a.status().text();
  EXPECT_EQ(a->count(), 3u);
  double value = 0;
  a->copy(2, 1, &value);
  EXPECT_EQ(value, 7);
}

TEST(RealArray, SaysWhatIsWrong) {
  EXPECT_EQ(problem("idx or so", {2}), "is no .npy file, real-valued input needs one of float32 or float64");
  EXPECT_EQ(problem("", {2}), "is no .npy file, real-valued input needs one of float32 or float64");
  EXPECT_EQ(problem(floats("(2, 3)", 6), {2}), "shape is [2, 3], the model's input needs [n, 2]");
  EXPECT_EQ(problem(floats("(2,)", 2), {2}), "shape is [2], the model's input needs [n, 2]");
  EXPECT_EQ(problem(floats("()", 1), {2}), "shape is [], the model's input needs [n, 2]");
  EXPECT_EQ(problem(floats("(0, 2)", 1), {2}), "shape [0, 2] holds no sample");
  EXPECT_EQ(problem(floats("(4611686018427387904, 2)", 1), {2}),
            "shape [4611686018427387904, 2] is larger than any file");
  EXPECT_EQ(problem(floats("(2, 2)", 4, NAN), {2}), "element [1, 1] is NaN, a number is needed");
  EXPECT_EQ(problem(npy(npyHeader("|u1", "(1, 2)"), "ab"), {2}),
            "element type is '|u1', real-valued input needs '<f4' or '<f8'");
  EXPECT_EQ(problem(npy(npyHeader(">f4", "(1, 2)"), "abcdefgh"), {2}),
            "element type is '>f4', real-valued input needs '<f4' or '<f8'");
  EXPECT_EQ(problem(npy(npyHeader("<f4", "(1, 2)", "True"), "abcdefgh"), {2}),
            "is in Fortran order, C order is needed (numpy.ascontiguousarray)");
  EXPECT_NE(problem(floats("(3, 2)", 4), {2}).find("its declared shape"), std::string::npos);
  EXPECT_NE(problem(floats("(1, 2)", 4), {2}).find("its declared shape"), std::string::npos);
}

} // namespace
} // namespace wage::rt::test
