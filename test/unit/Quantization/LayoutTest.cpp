//===- LayoutTest.cpp - reshapes and transposes as views ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/Layout.h"

#include <gtest/gtest.h>

#include <numeric>

namespace {

using wage::Layout;
using wage::rowMajorStrides;
using Sizes = llvm::SmallVector<int64_t>;

/// The elements in the view's order.
std::vector<int64_t> read(const Layout &layout) {
  std::vector<int64_t> elements{0};
  for (size_t d = 0; d < layout.getSizes().size(); ++d) {
    std::vector<int64_t> next;
    for (int64_t element : elements)
      for (int64_t i = 0; i < layout.getSizes()[d]; ++i)
        next.push_back(element + i * layout.getStrides()[d]);
    elements = std::move(next);
  }
  return elements;
}

TEST(Layout, IsIdentityUntilReordered) {
  const Layout layout(Sizes{2, 3, 4});
  EXPECT_TRUE(layout.isIdentity());
  EXPECT_TRUE(layout.reshaped(Sizes{6, 4})->isIdentity());
  EXPECT_TRUE(layout.reshaped(Sizes{1, 24, 1})->isIdentity());
  EXPECT_FALSE(layout.transposed({2, 0, 1}).isIdentity());
  EXPECT_TRUE(layout.transposed({2, 0, 1}).transposed({1, 2, 0}).isIdentity());
}

TEST(Layout, DimensionsOfOneElementHaveNoOrder) {
  EXPECT_TRUE(Layout(Sizes{3, 1, 1}).transposed({1, 2, 0}).isIdentity());
}

TEST(Layout, TransposedElements) {
  EXPECT_EQ(read(Layout(Sizes{2, 3}).transposed({1, 0})), (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
}

TEST(Layout, ReshapedWhereThatIsAView) {
  const Layout turned = Layout(Sizes{4, 6}).transposed({1, 0}); // [6, 4]
  const auto cut = turned.reshaped(Sizes{2, 3, 4});
  ASSERT_TRUE(succeeded(cut));
  EXPECT_EQ(read(*cut), read(turned));
  EXPECT_TRUE(failed(turned.reshaped(Sizes{24}))) << "neighbours lie nowhere at equal distances";
  EXPECT_TRUE(failed(turned.reshaped(Sizes{3, 8})));
}

/// Against the order that a row-major copy gives, for all ways to cut 24 elements.
TEST(Layout, ReshapesKeepTheOrderOfElements) {
  for (const Sizes &from : {Sizes{24}, Sizes{2, 12}, Sizes{4, 6}, Sizes{2, 3, 4}, Sizes{1, 8, 3}})
    for (const Sizes &to : {Sizes{24}, Sizes{3, 8}, Sizes{2, 2, 6}, Sizes{4, 1, 6}, Sizes{12, 2}}) {
      const auto view = Layout(from).reshaped(to);
      ASSERT_TRUE(succeeded(view));
      std::vector<int64_t> plain(24);
      std::iota(plain.begin(), plain.end(), 0);
      EXPECT_EQ(read(*view), plain);
    }
}

} // namespace
