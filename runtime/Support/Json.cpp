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

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      result += escape;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

} // namespace

JsonObject &JsonObject::addRaw(const char *name, const std::string &text) {
  members += (members.empty() ? "" : ", ") + quoted(name) + ": " + text;
  return *this;
}

JsonObject &JsonObject::add(const char *name, const std::string &value) { return addRaw(name, quoted(value)); }

JsonObject &JsonObject::add(const char *name, uint64_t value) { return addRaw(name, std::to_string(value)); }

JsonObject &JsonObject::add(const char *name, double value) {
  if (!std::isfinite(value))
    return addNull(name);
  char text[40];
  std::snprintf(text, sizeof text, "%.15g", value);
  return addRaw(name, text);
}

JsonObject &JsonObject::add(const char *name, bool value) { return addRaw(name, value ? "true" : "false"); }

JsonObject &JsonObject::add(const char *name, const JsonObject &value) { return addRaw(name, value.text()); }

JsonObject &JsonObject::addNull(const char *name) { return addRaw(name, "null"); }

JsonObject &JsonObject::add(const char *name, const std::vector<JsonObject> &values) {
  std::string text = "[";
  for (const JsonObject &value : values)
    text += (text.size() > 1 ? ", " : "") + value.text();
  return addRaw(name, text + "]");
}

} // namespace wage::rt
