//===- Tree.h - the links of one net ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PLACEMENT_TREE_H
#define WAGE_COMPILER_PLACEMENT_TREE_H

#include "compiler/Placement/Problem.h"

#include <algorithm>

namespace wage::placement {

/// The tree of one net: a trunk along the source's row and branches along columns.
class Tree {
public:
  explicit Tree(uint32_t columns) : extents(columns) {}

  void begin(Point from) {
    source = from, ++stamp, touched.clear();
    least = most = source.x;
  }
  void reach(Point to) {
    least = std::min(least, to.x), most = std::max(most, to.x);
    Extent &extent = extents[to.x];
    if (extent.stamp != stamp) {
      extent = {stamp, source.y, source.y};
      touched.push_back(to.x);
    }
    extent.least = std::min(extent.least, to.y), extent.most = std::max(extent.most, to.y);
  }
  uint64_t links() const {
    auto count = static_cast<uint64_t>(most - least);
    for (int32_t column : touched)
      count += static_cast<uint64_t>(extents[column].most - extents[column].least);
    return count;
  }
  /// Calls visit(from, to) for straight runs of links that make the tree; some have no link.
  template <typename F> void forEachRun(F visit) const {
    visit(source, Point{least, source.y});
    visit(source, Point{most, source.y});
    for (int32_t column : touched) {
      visit(Point{column, source.y}, Point{column, extents[column].least});
      visit(Point{column, source.y}, Point{column, extents[column].most});
    }
  }

private:
  struct Extent {
    uint32_t stamp = 0;
    int32_t least = 0, most = 0;
  };
  std::vector<Extent> extents; ///< by column; of this net where the stamp is this net's
  std::vector<int32_t> touched;
  Point source;
  uint32_t stamp = 0;
  int32_t least = 0, most = 0;
};

} // namespace wage::placement

#endif // WAGE_COMPILER_PLACEMENT_TREE_H
