//===- Parameters.cpp - initial weights and biases ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Numbers in, numbers out: nothing here knows a graph. Products and roundings in double precision are as the golden
// model makes them; all scalings are by powers of two, and exact.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/OnnxToWage/Parameters.h"

#include "runtime/Numerics/Philox.h"
#include "runtime/Numerics/Rounding.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mlir;

namespace wage {

int alphaExponent(int64_t fanIn, int64_t gain, int weightBits) {
  constexpr int64_t most = int64_t(1) << 32;
  assert(fanIn >= 1 && fanIn <= most && gain >= 1 && gain <= most && weightBits >= 1 && weightBits <= 8);
  // 2·9·fanIn >= gain·4^weightBits·2^(2e), cleared of its fraction; both sides stay below 2^38 and 2^56.
  const auto wanted = static_cast<uint64_t>(18 * fanIn);
  uint64_t reached = static_cast<uint64_t>(gain) << (2 * weightBits);
  int exponent = 0;
  while (wanted >= reached * 4) {
    reached *= 4;
    ++exponent;
  }
  return exponent;
}

int64_t roundHalfEven(double x) {
  const double floor = std::floor(x);
  const double rest = x - floor; // exact: beyond 2^53 there is no fraction
  const auto below = static_cast<int64_t>(floor);
  return below + (rest > 0.5 || (rest == 0.5 && (below & 1)));
}

std::optional<std::vector<float>> readFloats(ElementsAttr value) {
  if (!value.getElementType().isF32())
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    auto range = dense.getValues<float>();
    return std::vector<float>(range.begin(), range.end());
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  const AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  const auto count = static_cast<size_t>(value.getNumElements());
  if (!blob || blob->getData().size() != count * sizeof(float))
    return std::nullopt;
  std::vector<float> floats(count);
  std::memcpy(floats.data(), blob->getData().data(), count * sizeof(float));
  return floats;
}

/// `scaled` = w·2^(k_W-1).
static int16_t roundToMaster(double scaled, WeightWidths widths) {
  const auto [weightBits, masterBits] = widths;
  const int64_t limit = rt::masterLimit(weightBits, masterBits);
  if (weightBits == 1)
    return static_cast<int16_t>(scaled < 0 ? -limit : limit);
  // 2^8 is beyond the range of any k_W: clipping there first keeps the rounding inside 64 bits.
  const int64_t rounded = roundHalfEven(std::clamp(scaled, -256.0, 256.0));
  return static_cast<int16_t>(rt::clipTo(rounded * (int64_t(1) << (masterBits - weightBits)), limit));
}

std::vector<int16_t> roundToMasters(ArrayRef<float> weights, WeightWidths widths) {
  std::vector<int16_t> masters(weights.size());
  std::transform(weights.begin(), weights.end(), masters.begin(), [&](float weight) {
    return roundToMaster(static_cast<double>(weight) * (1 << (widths.used - 1)), widths);
  });
  return masters;
}

std::vector<int16_t> scaleToMasters(ArrayRef<float> weights, ArrayRef<int32_t> scaleLog2, bool axonsFirst,
                                    WeightWidths widths) {
  const int64_t limit = rt::masterLimit(widths.used, widths.stored);
  const size_t channels = scaleLog2.size(), fanIn = weights.size() / channels;
  std::vector<int16_t> masters(weights.size());
  for (size_t c = 0; c < channels; ++c) {
    const double factor = std::ldexp(1.0, scaleLog2[c] + widths.stored - 1);
    for (size_t k = 0; k < fanIn; ++k) {
      const size_t i = axonsFirst ? k * channels + c : c * fanIn + k;
      // 2^16 is beyond every limit: clipping there first keeps the rounding inside 64 bits.
      const double scaled = std::clamp(weights[i] * factor, -65536.0, 65536.0);
      masters[i] = static_cast<int16_t>(rt::clipTo(roundHalfEven(scaled), limit));
    }
  }
  return masters;
}

std::vector<int16_t> drawMasters(int64_t count, int64_t fanIn, int64_t gain, uint32_t ordinal, uint64_t seed,
                                 WeightWidths widths) {
  const double least = std::ldexp(1.5, 1 - widths.used);
  const double limit = std::max(std::sqrt(static_cast<double>(gain) / static_cast<double>(fanIn)), least);
  std::vector<int16_t> masters(static_cast<size_t>(count));
  for (int64_t block = 0; block * 4 < count; ++block) {
    const auto words = rt::philox4x32({static_cast<uint32_t>(block), rt::InitStream, ordinal, 0}, seed);
    for (int64_t i = block * 4; i < std::min(block * 4 + 4, count); ++i) {
      const double unit = std::ldexp(static_cast<double>(words[i % 4]) + 0.5, -31) - 1;
      masters[i] = roundToMaster(std::ldexp(unit * limit, widths.used - 1), widths);
    }
  }
  return masters;
}

std::vector<int8_t> quantizeMasters(ArrayRef<int16_t> masters, WeightWidths widths, Rounding ties) {
  const auto rounding = ties == Rounding::HalfAway ? rt::Rounding::HalfAway : rt::Rounding::HalfEven;
  std::vector<int8_t> weights(masters.size());
  std::transform(masters.begin(), masters.end(), weights.begin(), [&](int16_t master) {
    return static_cast<int8_t>(rt::quantizeWeight(master, widths.used, widths.stored, rounding));
  });
  return weights;
}

DenseIntElementsAttr makeEntries(RankedTensorType type, ArrayRef<int16_t> entries) {
  if (type.getElementTypeBitWidth() == 16)
    return DenseIntElementsAttr::get(type, entries);
  return DenseIntElementsAttr::get(type, ArrayRef(SmallVector<int8_t, 0>(entries.begin(), entries.end())));
}

template <typename T>
static ElementsAttr makeResourceOf(MLIRContext *context, ArrayRef<int64_t> shape, StringRef name,
                                   ArrayRef<T> integers) {
  auto type = RankedTensorType::get(shape, IntegerType::get(context, 8 * sizeof(T)));
  return DenseResourceElementsAttr::get(type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign(integers));
}

ElementsAttr makeResource(MLIRContext *context, ArrayRef<int64_t> shape, StringRef name, ArrayRef<int8_t> integers) {
  return makeResourceOf(context, shape, name, integers);
}

ElementsAttr makeResource(MLIRContext *context, ArrayRef<int64_t> shape, StringRef name, ArrayRef<int16_t> integers) {
  return makeResourceOf(context, shape, name, integers);
}

ElementsAttr makeResource(MLIRContext *context, ArrayRef<int64_t> shape, StringRef name, ArrayRef<int64_t> integers) {
  return makeResourceOf(context, shape, name, integers);
}

} // namespace wage
