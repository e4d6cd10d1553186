//===- CompileOptions.cpp - what a user chooses when compiling ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Pipelines/CompileOptions.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <optional>

using namespace llvm;

namespace wage {

namespace {

Error makeError(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

/// One of the widths of --bits: what it is, its range (that of wage.config), where it goes.
struct Width {
  StringRef name;
  int least, most;
  int ConvertOnnxToWageOptions::*field;
};

constexpr Width widths[] = {
    {"weight", 1, 8, &ConvertOnnxToWageOptions::weights},
    {"activation", 2, 16, &ConvertOnnxToWageOptions::activations},
    {"gradient", 2, 16, &ConvertOnnxToWageOptions::gradients},
    {"error", 2, 16, &ConvertOnnxToWageOptions::errors},
    {"random", 1, 16, &ConvertOnnxToWageOptions::random},
};

/// Stores a word's meaning, or says which words there are.
template <typename T> Error store(StringRef text, std::optional<T> meaning, StringRef needed, T &into) {
  if (!meaning)
    return makeError("found '" + text + "', needed " + needed);
  into = *meaning;
  return Error::success();
}

} // namespace

Error parseBits(StringRef text, ConvertOnnxToWageOptions &network) {
  SmallVector<StringRef> parts;
  text.split(parts, '-');
  const bool isShort = parts.size() == 2 && network.mode == Mode::Infer;
  if (parts.size() != 4 && parts.size() != 5 && !isShort)
    return makeError("found '" + text + "', needed weight-activation-gradient-error[-random] bits, as in 2-8-8-8 or "
                     "2-8-8-8-16, or for --mode=infer weight-activation bits, as in 8-8");
  ConvertOnnxToWageOptions read = network;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Width &width = widths[i];
    int &bits = read.*width.field;
    if (parts[i].getAsInteger(10, bits) || bits < width.least || bits > width.most)
      return makeError(formatv("found '{0}' {1} bits in '{2}', needed {3} to {4}", parts[i], width.name, text,
                               width.least, width.most));
  }
  if (isShort)
    read.gradients = std::max(2, read.weights);
  if (read.gradients < read.weights)
    return makeError(formatv("found {0} gradient bits in '{1}', needed at least the {2} weight bits", read.gradients,
                             text, read.weights));
  network = read;
  return Error::success();
}

Error parseMode(StringRef text, ConvertOnnxToWageOptions &network) {
  auto meaning = StringSwitch<std::optional<Mode>>(text)
                     .Case("train", Mode::Train)
                     .Case("infer", Mode::Infer)
                     .Default(std::nullopt);
  return store(text, meaning, "train or infer", network.mode);
}

Error parseRounding(StringRef text, ConvertOnnxToWageOptions &network) {
  auto meaning = StringSwitch<std::optional<Rounding>>(text)
                     .Case("half-even", Rounding::HalfEven)
                     .Case("half-away", Rounding::HalfAway)
                     .Default(std::nullopt);
  return store(text, meaning, "half-even or half-away", network.rounding);
}

Error parseInit(StringRef text, ConvertOnnxToWageOptions &network) {
  auto meaning = StringSwitch<std::optional<Initialization>>(text)
                     .Case("model", Initialization::Model)
                     .Case("wage", Initialization::Wage)
                     .Case("pretrained", Initialization::Pretrained)
                     .Default(std::nullopt);
  return store(text, meaning, "model, wage or pretrained", network.init);
}

Error parseMethod(StringRef text, OnnxCalibrateOptions &calibration) {
  auto meaning = StringSwitch<std::optional<GridMethod>>(text)
                     .Case("max", GridMethod::Max)
                     .Case("percentile", GridMethod::Percentile)
                     .Case("mse", GridMethod::Mse)
                     .Default(std::nullopt);
  return store(text, meaning, "max, percentile or mse", calibration.method);
}

Expected<SmallVector<double>> parseNumbers(StringRef text) {
  SmallVector<StringRef> parts;
  text.split(parts, ',');
  SmallVector<double> numbers;
  for (StringRef part : parts) {
    double number;
    if (part.getAsDouble(number) || !std::isfinite(number))
      return makeError("found '" + text + "', needed a number, or one per channel separated by commas");
    numbers.push_back(number);
  }
  return numbers;
}

} // namespace wage
