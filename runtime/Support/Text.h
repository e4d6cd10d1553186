//===- Text.h - text that grows by printf ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_TEXT_H
#define WAGE_RUNTIME_SUPPORT_TEXT_H

#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

namespace wage::rt {

/// `text` with `mark` in place of each control character: what a file holds must not break a line, nor steer the terminal that
/// shows it.
inline std::string withoutControls(std::string text, char mark = '?') {
  for (char &c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F)
      c = mark;
  return text;
}

/// The same of several lines, which stay lines.
inline std::string linesWithoutControls(const std::string &text) {
  std::string lines = withoutControls(text);
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n')
      lines[i] = '\n';
  return lines;
}

/// Text that grows by printf.
struct Text {
  std::string out;
  __attribute__((format(printf, 2, 3))) void add(const char *format, ...) {
    // Names of a network may be of any length.
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    std::vector<char> line(static_cast<size_t>(vsnprintf(nullptr, 0, format, args)) + 1);
    vsnprintf(line.data(), line.size(), format, again);
    va_end(again);
    va_end(args);
    out += line.data();
  }
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_TEXT_H
