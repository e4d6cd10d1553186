//===- Json.h - one JSON object, written member by member ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_JSON_H
#define WAGE_RUNTIME_SUPPORT_JSON_H

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// Builds the text of one JSON object. Members keep the order in which they are added.
class JsonObject {
public:
  JsonObject &add(const char *name, const std::string &value);
  JsonObject &add(const char *name, const char *value) { return add(name, std::string(value)); }
  JsonObject &add(const char *name, uint64_t value);
  /// A number with 15 significant digits; what is not finite becomes null.
  JsonObject &add(const char *name, double value);
  JsonObject &addNull(const char *name);
  JsonObject &add(const char *name, bool value);
  JsonObject &add(const char *name, const JsonObject &value);
  JsonObject &add(const char *name, const std::vector<JsonObject> &values);
  JsonObject &add(const char *name, const std::vector<uint32_t> &values);
  JsonObject &add(const char *name, const std::vector<uint64_t> &values);
  /// Numbers as add(name, double) writes them.
  JsonObject &add(const char *name, const std::vector<double> &values);

  /// The object on one line, without a newline.
  std::string text() const { return "{" + members + "}"; }

private:
  JsonObject &addRaw(const char *name, const std::string &text);
  std::string members;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_JSON_H
