//===- NpyTest.cpp - the interpreter's .npy files ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Interpreter/Npy.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

namespace {

using wage::interpreter::readNpy;
using wage::interpreter::Tensor;
using wage::interpreter::writeNpy;

/// A file of its own for each test, removed behind it.
class InterpreterNpy : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("interpreter", "npy", path)); }
  void TearDown() override { llvm::sys::fs::remove(path); }

  void writeBytes(llvm::StringRef bytes) {
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << bytes;
    ASSERT_FALSE(error);
  }
  std::string bytes() { return (*llvm::MemoryBuffer::getFile(path))->getBuffer().str(); }

  /// The error that reading gives, without the path in front.
  std::string refusal() {
    llvm::Expected<Tensor> tensor = readNpy(path);
    if (tensor)
      return "read";
    return llvm::toString(tensor.takeError()).substr(path.size() + 2);
  }

  llvm::SmallString<128> path;
};

TEST_F(InterpreterNpy, writesTheNarrowestTypeAndReadsItBack) {
  const std::pair<int64_t, const char *> cases[] = {{127, "|i1"},   {128, "<i2"},       {-32768, "<i2"},
                                                    {32768, "<i4"}, {INT32_MIN, "<i4"}, {INT64_MIN, "<i8"}};
  for (const auto &[extreme, type] : cases) {
    const Tensor tensor({2, 1}, {extreme, -1});
    ASSERT_FALSE(bool(writeNpy(path, tensor)));
    EXPECT_NE(bytes().find(type), std::string::npos) << extreme;
    llvm::Expected<Tensor> read = readNpy(path);
    ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
    EXPECT_EQ(read->shape, tensor.shape);
    EXPECT_EQ(read->elements, tensor.elements);
  }
}

TEST_F(InterpreterNpy, keepsScalarsAndEmptyShapes) {
  for (const Tensor &tensor : {Tensor::scalar(-5), Tensor({0, 3}), Tensor({4})}) {
    ASSERT_FALSE(bool(writeNpy(path, tensor)));
    llvm::Expected<Tensor> read = readNpy(path);
    ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
    EXPECT_EQ(read->shape, tensor.shape);
    EXPECT_EQ(read->elements, tensor.elements);
  }
}

TEST_F(InterpreterNpy, refusesEveryTruncation) {
  ASSERT_FALSE(bool(writeNpy(path, Tensor({3}, {1, 2, 300}))));
  const std::string whole = bytes();
  for (size_t length = 0; length < whole.size(); ++length) {
    writeBytes(whole.substr(0, length));
    EXPECT_NE(refusal(), "read") << "first " << length << " bytes";
  }
}

TEST_F(InterpreterNpy, refusesUnsignedIntegersBeyondInt64) {
  ASSERT_FALSE(bool(writeNpy(path, Tensor({2}, {INT64_MAX, -1}))));
  std::string changed = bytes();
  changed.replace(changed.find("<i8"), 3, "<u8");
  writeBytes(changed);
  EXPECT_EQ(refusal(), "holds 18446744073709551615, needs integers below 2^63");
}

TEST_F(InterpreterNpy, saysWhatWasFoundAndNeeded) {
  ASSERT_FALSE(bool(writeNpy(path, Tensor({3}, {1, 2, 300}))));
  const std::string whole = bytes();
  const auto replaced = [&](llvm::StringRef from, llvm::StringRef to) {
    std::string changed = whole;
    changed.replace(changed.find(from), from.size(), to);
    writeBytes(changed);
    return refusal();
  };
  EXPECT_EQ(replaced("<i2", "<f2"), "elements of type '<f2', needs little-endian integers");
  EXPECT_EQ(replaced("<i2", ">i2"), "elements of type '>i2', needs little-endian numbers");
  EXPECT_EQ(replaced("False", "True "), "elements in Fortran order, needs C order");
  EXPECT_EQ(replaced("(3, )", "(4, )"), "6 bytes of elements, its header needs 8");
  EXPECT_EQ(replaced("(3, )", "(-3,)"), "bad shape '(-3,)'");
  EXPECT_EQ(replaced("(3, )", "(9,9999999999999,0)"), "shape '(9,9999999999999,0)' has more elements than can be read");
  EXPECT_EQ(replaced("NUMPY", "NUMPX"), "not an .npy file, its first bytes must be \\x93NUMPY and a version");
}

} // namespace
