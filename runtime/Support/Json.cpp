//===- Json.cpp - one JSON object, written member by member --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/Json.h"

#include <cmath>
#include <cstdio>

namespace wage::rt {

namespace {

/// Bytes of the well-formed UTF-8 character at `at`, 0 if there is none.
size_t characterBytes(const std::string &text, size_t at) {
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned first = byte(0);
  const size_t bytes = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : 4;
  if (first >= 0x80 && (first < 0xC2 || first > 0xF4))
    return 0;
  for (size_t i = 1; i < bytes; ++i)
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
  // Longer forms than needed, halves of surrogate pairs, and numbers beyond Unicode's last.
  const unsigned second = byte(1);
  const bool isWrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return isWrong ? 0 : bytes;
}

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (size_t i = 0; i < text.size();) {
    const size_t bytes = characterBytes(text, i);
    const char c = text[i];
    if (bytes == 0) {
      result += "\\ufffd"; // a name may hold any bytes, JSON only characters
    } else if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      result += escape;
    } else {
      result += text.substr(i, bytes);
    }
    i += bytes == 0 ? 1 : bytes;
  }
  return result + "\"";
}

std::string numberText(double value) {
  if (!std::isfinite(value))
    return "null";
  char text[40];
  std::snprintf(text, sizeof text, "%.15g", value);
  return text;
}

/// "[a, b]" of what `write` makes of each element.
template <typename T, typename Write> std::string listText(const std::vector<T> &values, Write write) {
  std::string text = "[";
  for (const T &value : values)
    text += (text.size() > 1 ? ", " : "") + write(value);
  return text + "]";
}

} // namespace

JsonObject &JsonObject::addRaw(const char *name, const std::string &text) {
  members += (members.empty() ? "" : ", ") + quoted(name) + ": " + text;
  return *this;
}

JsonObject &JsonObject::add(const char *name, const std::string &value) { return addRaw(name, quoted(value)); }

JsonObject &JsonObject::add(const char *name, uint64_t value) { return addRaw(name, std::to_string(value)); }

JsonObject &JsonObject::add(const char *name, double value) { return addRaw(name, numberText(value)); }

JsonObject &JsonObject::add(const char *name, bool value) { return addRaw(name, value ? "true" : "false"); }

JsonObject &JsonObject::add(const char *name, const JsonObject &value) { return addRaw(name, value.text()); }

JsonObject &JsonObject::addNull(const char *name) { return addRaw(name, "null"); }

JsonObject &JsonObject::add(const char *name, const std::vector<JsonObject> &values) {
  return addRaw(name, listText(values, [](const JsonObject &value) { return value.text(); }));
}

JsonObject &JsonObject::add(const char *name, const std::vector<uint32_t> &values) {
  return addRaw(name, listText(values, [](uint32_t value) { return std::to_string(value); }));
}

JsonObject &JsonObject::add(const char *name, const std::vector<uint64_t> &values) {
  return addRaw(name, listText(values, [](uint64_t value) { return std::to_string(value); }));
}

JsonObject &JsonObject::add(const char *name, const std::vector<double> &values) {
  return addRaw(name, listText(values, numberText));
}

} // namespace wage::rt
