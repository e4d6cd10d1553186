//===- Weights.cpp - weight tensors and the cores' packed blocks ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/chip/Program/Weights.h"

#include "dialects/wage/IR/WageOps.h"
#include "runtime/Format/Verifier.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace wage::chip {

namespace {

/// Numbers of a global of i8, i16 or i64, whatever attribute carries them, where they lie: weights of a million cores are
/// not worth a second copy. Empty if there are none.
class Numbers {
public:
  explicit Numbers(ml_program::GlobalOp global) {
    Attribute attribute = global.getValueAttr();
    auto take = [](auto typed, auto &into) {
      if (typed)
        if (auto data = typed.tryGetAsArrayRef())
          into = *data;
    };
    take(dyn_cast_or_null<DenseI8ResourceElementsAttr>(attribute), bytes);
    take(dyn_cast_or_null<DenseI16ResourceElementsAttr>(attribute), words);
    take(dyn_cast_or_null<DenseI64ResourceElementsAttr>(attribute), wide);
    if (auto dense = dyn_cast_or_null<DenseIntElementsAttr>(attribute))
      for (const APInt &value : dense.getValues<APInt>())
        own.push_back(value.getSExtValue());
  }

  size_t size() const { return bytes.size() + words.size() + wide.size() + own.size(); }
  int64_t operator[](size_t i) const {
    return !bytes.empty() ? bytes[i] : !words.empty() ? words[i] : !wide.empty() ? wide[i] : own[i];
  }

private:
  ArrayRef<int8_t> bytes;
  ArrayRef<int16_t> words;
  ArrayRef<int64_t> wide;
  std::vector<int64_t> own;
};

FailureOr<Numbers> readNamed(ModuleOp module, const std::string &name, uint64_t count) {
  auto global = module.lookupSymbol<ml_program::GlobalOp>(name);
  if (!global)
    return module.emitError() << "a chip program needs ml_program.global @" << name << ", and there is none";
  Numbers numbers(global);
  if (numbers.size() != count)
    return global.emitOpError() << "holds " << numbers.size() << " numbers of i8, i16 or i64, but its layer needs "
                                << count;
  return numbers;
}

template <typename T, typename Attr>
Attribute makeResource(RankedTensorType type, StringRef name, const std::vector<int64_t> &values) {
  std::vector<T> narrow(values.begin(), values.end());
  return Attr::get(type, name, HeapAsmResourceBlob::allocateAndCopyInferAlign<T>(narrow));
}

void createGlobal(OpBuilder &b, const std::string &name, ArrayRef<int64_t> shape, unsigned bits, bool isMutable,
                  const std::vector<int64_t> &values, ArrayRef<NamedAttribute> attributes) {
  auto type = RankedTensorType::get(shape, b.getIntegerType(bits));
  Attribute value = bits == 8    ? makeResource<int8_t, DenseI8ResourceElementsAttr>(type, name, values)
                    : bits == 16 ? makeResource<int16_t, DenseI16ResourceElementsAttr>(type, name, values)
                                 : makeResource<int64_t, DenseI64ResourceElementsAttr>(type, name, values);
  auto global =
      ml_program::GlobalOp::create(b, b.getUnknownLoc(), name, type, isMutable, value, b.getStringAttr("private"));
  for (NamedAttribute attribute : attributes)
    global->setAttr(attribute.getName(), attribute.getValue());
}

std::vector<int64_t> unpackLayer(const rt::Program &p, size_t index) {
  const rt::Layer &layer = p.layers[index];
  std::vector<int64_t> values(layer.geometry.weights(), 0);
  std::vector<int16_t> block;
  for (const rt::Core &core : p.cores) {
    if (core.layer != index)
      continue;
    block.resize(rt::blockOf(p, core).weights());
    rt::unpackWeights(&p.images[core.imageOffset], block.size(), p.storedWeightBits(layer), block.data());
    size_t i = 0;
    layer.forEachWeight(core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd,
                        [&](int64_t index) { values[index] = block[i++]; });
  }
  return values;
}

} // namespace

void writeGlobals(const rt::Program &p, ModuleOp module) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  for (size_t i = 0; i < p.layers.size(); ++i) {
    const rt::Layer &layer = p.layers[i];
    NamedAttribute name = b.getNamedAttr(WageDialect::layerAttr, b.getStringAttr(layer.name));
    if (!module.lookupSymbol(layer.weightName)) {
      const SmallVector<int64_t> shape(layer.weightShape.begin(), layer.weightShape.end());
      createGlobal(b, layer.weightName, shape, p.storedWeightBits(layer) <= 8 ? 8 : 16, p.learns(layer),
                   unpackLayer(p, i),
                   {b.getNamedAttr(WageDialect::ordinalAttr, b.getI32IntegerAttr(static_cast<int32_t>(layer.ordinal))),
                    b.getNamedAttr(WageDialect::scaleAttr, b.getDenseI32ArrayAttr(layer.scaleLog2)), name});
    }
    if (!layer.biasName.empty() && !module.lookupSymbol(layer.biasName))
      createGlobal(b, layer.biasName, {layer.geometry.neurons}, 64, false, layer.bias, {name});
  }
}

namespace {
/// Which weights a layer's width can store.
struct StoredRange {
  StoredRange(const rt::Program &p, const rt::Layer &layer)
      : limit(rt::largestStoredWeight(p, layer)), hasZero(p.storedWeightBits(layer) > 1) {}
  bool holds(int64_t weight) const { return weight >= -limit && weight <= limit && (weight != 0 || hasZero); }

  int64_t limit;
  bool hasZero; ///< one bit holds a sign
};
} // namespace

/// Says which weight is the first that `range` does not hold; there is one.
static LogicalResult refuseWeights(ModuleOp module, const rt::Layer &layer, const Numbers &values, StoredRange range) {
  size_t i = 0;
  while (range.holds(values[i]))
    ++i;
  return module.lookupSymbol(layer.weightName)->emitOpError()
         << "weight[" << i << "] is " << values[i] << ", needed at most " << range.limit << " in magnitude"
         << (range.hasZero ? "" : " and not 0");
}

LogicalResult packImages(ModuleOp module, rt::Program &p) {
  std::vector<Numbers> tensors;
  for (const rt::Layer &layer : p.layers) {
    auto values = readNamed(module, layer.weightName, layer.geometry.weights());
    if (failed(values))
      return failure();
    tensors.push_back(std::move(*values));
  }
  p.images.clear();
  std::vector<int16_t> block;
  for (rt::Core &core : p.cores) {
    core.imageOffset = p.images.size();
    if (core.layer == rt::noIndex)
      continue;
    const rt::Layer &layer = p.layers[core.layer];
    block.clear();
    const Numbers &values = tensors[core.layer];
    const StoredRange range(p, layer);
    bool holdsAll = true;
    layer.forEachWeight(core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd, [&](int64_t index) {
      holdsAll &= range.holds(values[index]);
      block.push_back(static_cast<int16_t>(values[index]));
    });
    if (!holdsAll)
      return refuseWeights(module, layer, values, range);
    const uint32_t bits = p.storedWeightBits(layer);
    core.imageBytes = rt::packedBytes(block.size(), bits);
    // Images start on 16-byte lines, as a chip's loader would want them.
    p.images.resize((core.imageOffset + core.imageBytes + 15) / 16 * 16, 0);
    rt::packWeights(block.data(), block.size(), bits, &p.images[core.imageOffset]);
  }
  return success();
}

LogicalResult readBiases(ModuleOp module, rt::Program &p) {
  for (rt::Layer &layer : p.layers) {
    if (layer.biasName.empty())
      continue;
    auto values = readNamed(module, layer.biasName, layer.geometry.neurons);
    if (failed(values))
      return failure();
    for (size_t i = 0; i < values->size(); ++i)
      layer.bias.push_back((*values)[i]);
  }
  return success();
}

} // namespace wage::chip
