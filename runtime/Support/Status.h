//===- Status.h - what went wrong, passed up and printed once ---------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_STATUS_H
#define WAGE_RUNTIME_SUPPORT_STATUS_H

#include "runtime/Support/Text.h"

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace wage::rt {

/// Success, or one line of text that says where, what was found and what was needed. It is passed up, never thrown, and
/// printed once, in the tool.
class [[nodiscard]] Status {
public:
  Status() = default;
  /// Takes withoutControls() of it.
  static Status error(std::string text) {
    Status status;
    status.message = withoutControls(std::move(text));
    return status;
  }
  bool ok() const { return !message; }
  /// The text; empty on success.
  const std::string &text() const {
    static const std::string none;
    return message ? *message : none;
  }

private:
  std::optional<std::string> message;
};

/// A value, or the Status that says why there is none.
template <typename T> class [[nodiscard]] Expected {
public:
  Expected(T v) : value(std::move(v)) {}
  Expected(Status s) : problem(std::move(s)) { assert(!problem.ok() && "an Expected without value needs an error"); }
  explicit operator bool() const { return value.has_value(); }
  T &operator*() { return *value; }
  const T &operator*() const { return *value; }
  T *operator->() { return &*value; }
  const T *operator->() const { return &*value; }
  const Status &status() const { return problem; }

private:
  std::optional<T> value;
  Status problem;
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_STATUS_H
