//===- Comparison.cpp - arrays of two runs, side by side -----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Comparison.h"

#include "runtime/Api/RunTrace.h"
#include "runtime/Data/Npy.h"
#include "tools/wage-run/Arguments.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <tuple>

namespace wage::run {

using rt::Expected;
using rt::Status;

namespace {

std::string listText(const std::vector<int64_t> &numbers) {
  std::string text = "[";
  for (const int64_t number : numbers)
    text += (text.size() > 1 ? ", " : "") + std::to_string(number);
  return text + "]";
}

std::vector<int64_t> indexOf(int64_t element, const std::vector<int64_t> &shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d > 0; --d) {
    index[d - 1] = element % shape[d - 1];
    element /= shape[d - 1];
  }
  return index;
}

/// The place of an array in a run: part, step, kind within the step, number.
std::tuple<int, uint64_t, int, uint64_t, std::string> orderOf(const std::string &name) {
  std::string rest = name;
  int part = 2;
  uint64_t step = 0;
  const size_t dot = name.find('.');
  if (name.rfind("step", 0) == 0 && dot != std::string::npos)
    if (const std::optional<uint64_t> number = parseUnsigned(name.substr(4, dot - 4))) {
      part = 1;
      step = *number;
      rest = name.substr(dot + 1);
    }
  static const char *const kinds[] = {"out", "error", "grad", "delta", "master"};
  const std::string kind = rest.substr(0, rest.find('.'));
  if (part != 1)
    part = kind == "scale_log2" || kind == "initial" || kind == "weights" ? 0 : 2;
  const auto place = std::find(std::begin(kinds), std::end(kinds), kind) - std::begin(kinds);
  const size_t behind = rest.rfind('.');
  const std::optional<uint64_t> number =
      behind == std::string::npos ? std::nullopt : parseUnsigned(rest.substr(behind + 1));
  return {part, step, static_cast<int>(place), number.value_or(0), rest};
}

} // namespace

bool isMadeBefore(const std::string &a, const std::string &b) { return orderOf(a) < orderOf(b); }

void Comparison::add(const NamedArray &left, const NamedArray &right) {
  if (found)
    return;
  if (left.shape != right.shape) {
    found = {left.name, "shape " + listText(left.shape) + " and " + listText(right.shape)};
    return;
  }
  if (const std::optional<rt::ArrayDifference> differing = rt::differenceOf(left.values, right.values))
    found = {left.name, std::to_string(differing->count) + " of " + std::to_string(left.values.size()) +
                            " elements differ, the first at " +
                            listText(indexOf(static_cast<int64_t>(differing->first), left.shape)) + ": " +
                            std::to_string(left.values[differing->first]) + " and " +
                            std::to_string(right.values[differing->first])};
  else
    ++equalArrays, equalElements += left.values.size();
}

Expected<ArrayFolder> ArrayFolder::open(const std::string &path) {
  std::error_code code;
  ArrayFolder folder;
  folder.path = path;
  for (std::filesystem::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code))
    if (entry->path().extension() == ".npy")
      folder.sorted.push_back(entry->path().stem().string());
  if (code)
    return Status::error("'" + path + "': cannot be read: " + code.message());
  std::sort(folder.sorted.begin(), folder.sorted.end(), isMadeBefore);
  return folder;
}

bool ArrayFolder::has(const std::string &name) const {
  return std::find(sorted.begin(), sorted.end(), name) != sorted.end();
}

Expected<NamedArray> ArrayFolder::read(const std::string &name) const {
  Expected<rt::IntegerArray> array = rt::readNpyIntegers(path + "/" + name + ".npy");
  if (!array)
    return array.status();
  return NamedArray{name, std::move(array->shape), std::move(array->values)};
}

} // namespace wage::run
