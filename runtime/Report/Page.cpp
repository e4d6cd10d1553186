//===- Page.cpp - a program as one page to look at ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Report/Page.h"

namespace wage::rt {

extern const char reportPage[]; // ReportPage.cpp, made by cmake/EmbedPage.cmake

std::string reportPageOf(const std::string &json) {
  const std::string page = reportPage, mark = "@DATA@";
  const size_t at = page.find(mark);
  std::string text = page.substr(0, at);
  text.reserve(page.size() + json.size() + json.size() / 64);
  // Names may hold anything, `</script>` too; within a string of JSON the escape means the same.
  for (char c : json)
    c == '<' ? text += "\\u003c" : text += c;
  return text + page.substr(at + mark.size());
}

} // namespace wage::rt
