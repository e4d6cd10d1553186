//===- LinearStreams.cpp - products, partial sums, activations and errors ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/SpikeEncoding.h"
#include "compiler/Conversion/IntegerToChip/StreamLowering.h"
#include "dialects/wage/IR/WageTypes.h"

#include <deque>

using namespace mlir;

namespace wage::chip {

namespace {

/// The stretch of a layer's input, channel-major and flat, that rows [begin, end) of its matrix read.
std::pair<int64_t, int64_t> inputRange(const rt::Layer &layer, int64_t begin, int64_t end) {
  rt::LinearBlock block = layer.geometry;
  block.rowBegin = begin;
  block.rowEnd = end;
  return {block.channelBegin() * block.plane(), block.channelEnd() * block.plane()};
}

/// The cores of a stage by the rows that they read, these in order: cores with the same rows take the same packets.
std::map<std::pair<int64_t, int64_t>, std::vector<int64_t>> readersOf(const Stage &stage) {
  std::map<std::pair<int64_t, int64_t>, std::vector<int64_t>> readers;
  const Partition &cut = stage.partition;
  for (int64_t n = 0; n < cut.neuronBlocks(); ++n)
    for (int64_t k = 0; k < cut.rowBlocks(); ++k)
      readers[{cut.rowBegin(k, n), cut.rowEnd(k, n)}].push_back(stage.core(k, n));
  return readers;
}

} // namespace

//===----------------------------------------------------------------------===//
// Layers and stages
//===----------------------------------------------------------------------===//

bool StreamLowering::addLayer(Operation *op, Value input, Value weights) {
  const StringRef name = globalName(weights);
  auto global = name.empty() ? nullptr : module.lookupSymbol<ml_program::GlobalOp>(name);
  auto ordinal = global ? global->getAttrOfType<IntegerAttr>(WageDialect::ordinalAttr) : nullptr;
  auto scale = global ? global->getAttrOfType<DenseI32ArrayAttr>(WageDialect::scaleAttr) : nullptr;
  if (!ordinal || !scale) {
    op->emitOpError() << "weights must come from an ml_program.global with " << WageDialect::ordinalAttr << " and "
                      << WageDialect::scaleAttr;
    return false;
  }
  rt::Layer layer;
  layer.weightName = name.str();
  layer.name = layerName(op);
  if (copyOf(op) > 0) {
    const std::optional<int> original = stageOfLayer(op, name, 0);
    if (!original)
      return false;
    layer.copyOf = static_cast<uint32_t>(stages[*original].layer);
    layer.name += ".copy" + std::to_string(copyOf(op));
  }
  layer.ordinal = static_cast<uint32_t>(ordinal.getInt());
  layer.scaleLog2.assign(scale.asArrayRef().begin(), scale.asArrayRef().end());
  for (int64_t extent : cast<RankedTensorType>(weights.getType()).getShape())
    layer.weightShape.push_back(static_cast<uint32_t>(extent));
  layer.frozen = config.mode == rt::Mode::Train && !global.getIsMutable();
  rt::LinearBlock &g = layer.geometry;
  const std::vector<int64_t> out = sampleShape(op->getResult(0));
  g.neurons = out[0];
  if (auto conv = dyn_cast<integer::Conv2DOp>(op)) {
    const std::vector<int64_t> in = sampleShape(input);
    g.height = in[1], g.width = in[2];
    g.kernelHeight = layer.weightShape[2], g.kernelWidth = layer.weightShape[3];
    g.strideY = conv.getStrides()[0], g.strideX = conv.getStrides()[1];
    g.padTop = conv.getPads()[0], g.padLeft = conv.getPads()[1];
    g.dilationY = conv.getDilations()[0], g.dilationX = conv.getDilations()[1];
    g.groups = conv.getGroups();
    g.outHeight = out[1], g.outWidth = out[2];
    g.rowEnd = in[0] * g.window();
  } else {
    layer.axonsFirst = cast<integer::MatmulOp>(op).getAxonsFirst();
    g.rowEnd = elementsPerSample(input);
  }
  builder.program.layers.push_back(std::move(layer));
  return true;
}

int StreamLowering::addStage(const std::string &name, int64_t layer, const Partition &partition) {
  stages.push_back(builder.addStage(name, layer, partition));
  stageInputs.emplace_back();
  stageInputValues.emplace_back();
  stageErrors.emplace_back();
  return static_cast<int>(stages.size()) - 1;
}

/// A buffer for `value` on every core of a stage, each of its own size.
BufferMap StreamLowering::createAtBlocks(Value value, int stageIndex, rt::Lifetime lifetime,
                                         llvm::function_ref<int64_t(const rt::Core &)> elements) {
  BufferMap map;
  for (int t : stages[stageIndex].templates()) {
    std::vector<int64_t> sizes;
    for (int64_t core : builder.coresOf(t))
      sizes.push_back(elements(builder.program.cores[core]));
    map[t] = builder.addBuffer(t, valueName(value), elementType(value), lifetime, sizes);
  }
  return map;
}

void StreamLowering::emitBlockProduct(int stageIndex, size_t phase, rt::Opcode opcode,
                                      ArrayRef<const BufferMap *> operands) {
  const Stage &stage = stages[stageIndex];
  for (int t : stage.templates()) {
    std::vector<rt::Operand> list;
    for (const BufferMap *map : operands)
      list.push_back(immediate(map->at(t)));
    list.push_back(immediate(stage.layer));
    for (const rt::Operand &operand : builder.blockOperands(t))
      list.push_back(operand);
    builder.emit(t, phase, opcode, std::move(list));
  }
}

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

/// What the blocks of each row range read of their layer's input. Of its error those of neuron range 0, the first, have the same
/// part, once they have summed the others'.
std::vector<Portion> StreamLowering::inputPortions(const Stage &stage) const {
  std::vector<Portion> portions;
  for (const auto &[rows, cores] : readersOf(stage)) {
    const auto [begin, end] = inputRange(builder.program.layers[stage.layer], rows.first, rows.second);
    portions.push_back(Portion{begin, end - begin, cores});
  }
  return portions;
}

/// Adds products of errors to an error on the roots of stage `owner`. Row ranges that share a channel add up too.
void StreamLowering::returnErrors(Value error, int ownerIndex, size_t phase, ArrayRef<ReturnedRows> products) {
  createAtRoots(error, ownerIndex);
  const Stage &owner = stages[ownerIndex];
  const int t = owner.rootTemplate;
  builder.emit(t, phase, rt::Opcode::Clear, {bufferOperand(error, t)});
  const int64_t elements = elementsPerSample(error);
  std::vector<GatheredTransfer> transfers;
  for (const ReturnedRows &part : products) {
    for (const Portion &held : part.holders) {
      for (int64_t run = 0; run < part.runs; ++run) {
        const int64_t from = part.from + run * part.fromStep, shift = part.to + run * part.toStep - from;
        const int64_t first = std::max(held.begin, from);
        const int64_t last = std::min(held.begin + held.elements, from + part.elements);
        for (int64_t m = 0; first < last && m < owner.partition.neuronBlocks(); ++m) {
          const int64_t own = owner.sliceBegin(m, elements), low = std::max(first + shift, own);
          const int64_t high = std::min(last + shift, owner.sliceBegin(m + 1, elements));
          if (low < high)
            transfers.push_back(
                {{held.cores.front(), low - shift - held.begin, {{owner.root(m), low - own}}, high - low},
                 part.product});
        }
      }
    }
  }
  builder.gather(phase, valueName(error) + ".return", elementType(error), transfers, buffers[error], 1);
}

void StreamLowering::sendInput(Value input, int stageIndex) {
  const Stage &stage = stages[stageIndex];
  const rt::Layer &layer = builder.program.layers[stage.layer];
  const bool kept = llvm::any_of(input.getUses(), [](OpOperand &use) {
    return isLayerInput(use) && isa<integer::Conv2DOuterOp, integer::MatmulOuterOp>(use.getOwner());
  });
  const rt::Lifetime lifetime = kept ? rt::Lifetime::Batch : rt::Lifetime::Sample;
  auto length = [&](const rt::Core &core) {
    const auto [begin, end] = inputRange(layer, core.rowBegin, core.rowEnd);
    return end - begin;
  };
  stageInputs[stageIndex] = createAtBlocks(input, stageIndex, lifetime, length);
  stageInputValues[stageIndex] = input;
  size_t phase = 0;
  while (!builder.program.phases[phase].perSample)
    ++phase;
  // To all blocks of a row range.
  gather(phase, layer.name + ".input", input, inputPortions(stage), stageInputs[stageIndex]);
}

/// Partial sums of a neuron range climb a tree of its cores; no node adds more than the chip's reduce fan-in.
void StreamLowering::sumOverRows(const Stage &stage, Value sum, size_t phase) {
  if (stage.partition.rowBlocks() == 1)
    return;
  const std::vector<int64_t> elements = sliceElements(stage, sum);
  std::vector<Transfer> transfers;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n)
    for (int64_t k = 1; k < stage.partition.rowBlocks(); ++k)
      transfers.push_back({stage.core(k, n), 0, {{stage.core(treeParent(k, treeFanIn(stage)), n), 0}}, elements[n]});
  builder.exchange(phase, valueName(sum) + ".partial", elementType(sum), transfers, buffers[sum], buffers[sum], 1,
                   /*receiveFirst=*/true);
}

bool StreamLowering::visitLinear(Operation *op, Value input, Value weights) {
  if (!addLayer(op, input, weights))
    return false;
  const int64_t layerIndex = static_cast<int64_t>(builder.program.layers.size()) - 1;
  const rt::Layer layer = builder.program.layers.back();
  const unsigned bits = rt::storedBits(chip, config, config.mode == rt::Mode::Train && !layer.frozen);
  const size_t first = layer.isCopy() ? layer.copyOf : static_cast<size_t>(layerIndex); // copies are cut alike
  const rt::CoreGroup &cores = groupOf(layerIndex);
  const int64_t axons = cores.axonsFor(config.weightBits) / channelsPerAxon(input, code);
  const int index = addStage(
      layer.name, layerIndex,
      partitionLayer(layer.geometry, bits, axons, cores, first < limits.size() ? limits[first] : BlockLimit()));
  stagesOfWeights[layer.weightName].push_back(index);
  sendInput(input, index);
  Value sum = op->getResult(0);
  places[sum] = {Place::Roots, index};
  const int64_t positions = layer.geometry.positions();
  buffers[sum] = createAtBlocks(sum, index, rt::Lifetime::Sample,
                                [&](const rt::Core &core) { return (core.neuronEnd - core.neuronBegin) * positions; });
  const Stage &stage = stages[index];
  builder.program.templates[stage.rootTemplate].buffers[bufferAt(sum, stage.rootTemplate)].lifetime = lifetimeOf(sum);
  emitBlockProduct(index, phaseOf(op), rt::Opcode::Forward, {&stageInputs[index], &buffers[sum]});
  sumOverRows(stage, sum, phaseOf(op));
  addTracePoints(op, rt::TraceKind::Slice, places[sum], sum);
  return true;
}

//===----------------------------------------------------------------------===//
// Backward
//===----------------------------------------------------------------------===//

/// The stage whose roots own `value` sends its slices to the roots of another, cut as these are.
std::optional<BufferMap> StreamLowering::atRoots(Operation *op, Value value, int stageIndex) {
  if (places[value].stage == stageIndex && places[value].kind == Place::Roots)
    return buffers[value];
  const size_t phase = phaseOf(op);
  const auto key = std::make_tuple(value.getAsOpaquePointer(), stageIndex, phase);
  if (auto found = copies.find(key); found != copies.end())
    return found->second;
  if (places[value].kind != Place::Roots && places[value].kind != Place::Host && places[value].kind != Place::View) {
    op->emitOpError("works on a value that no root core owns");
    return std::nullopt;
  }
  // No core sends packets to its own stage: a view of what is here already is put together elsewhere.
  const bool isHere = llvm::any_of(viewOf(value), [&](const ViewPart &part) {
    const Place place = places.lookup(part.whole);
    return place.kind == Place::Roots && place.stage == stageIndex;
  });
  if (isHere && !inputStage(op, value))
    return std::nullopt;
  const Stage &stage = stages[stageIndex];
  const int64_t elements = elementsPerSample(value);
  if (!stage.canHold(elements)) {
    op->emitOpError() << "takes a value of " << elements << " elements to the " << stage.channels() << " channels of '"
                      << stage.name << "'";
    return std::nullopt;
  }
  BufferMap map{
      {stage.rootTemplate, builder.addBuffer(stage.rootTemplate, valueName(value) + ".copy", elementType(value),
                                             rt::Lifetime::Sample, sliceElements(stage, value))}};
  gather(phase, valueName(value) + ".copy", value, slicesAtRoots(stage, value), map);
  return copies[key] = map;
}

/// The error of a layer's accumulators on all cores of its stage: roots have it, blocks get a packet.
std::optional<BufferMap> StreamLowering::errorAtBlocks(Operation *op, Value error, int stageIndex) {
  std::optional<BufferMap> roots = atRoots(op, error, stageIndex);
  const Stage &stage = stages[stageIndex];
  if (!roots || stage.blockTemplate < 0)
    return roots;
  const size_t phase = phaseOf(op);
  auto [entry, isNew] = stageErrors[stageIndex].try_emplace(error.getAsOpaquePointer());
  if (!isNew)
    return entry->second;
  const int64_t perNeuron = elementsPerSample(error) / stage.channels();
  std::vector<int64_t> sizes;
  for (int64_t core : builder.coresOf(stage.blockTemplate))
    sizes.push_back((builder.program.cores[core].neuronEnd - builder.program.cores[core].neuronBegin) * perNeuron);
  BufferMap map = *roots;
  map[stage.blockTemplate] =
      builder.addBuffer(stage.blockTemplate, valueName(error), elementType(error), rt::Lifetime::Sample, sizes);
  const std::vector<int64_t> elements = sliceElements(stage, error);
  std::vector<Transfer> transfers;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n) {
    Transfer transfer{stage.root(n), 0, {}, elements[n]};
    for (int64_t k = 1; k < stage.partition.rowBlocks(); ++k)
      transfer.destinations.push_back({stage.core(k, n), 0});
    transfers.push_back(std::move(transfer));
  }
  builder.exchange(phase, valueName(error) + ".error", elementType(error), transfers, *roots, map, 0);
  entry->second = map;
  return map;
}

/// The stage of a layer's copy, by its weight tensor.
std::optional<int> StreamLowering::stageOfLayer(Operation *op, StringRef weights, int64_t copy) const {
  auto found = stagesOfWeights.find(weights);
  if (found != stagesOfWeights.end() && copy >= 0 && copy < static_cast<int64_t>(found->second.size()))
    return found->second[copy];
  op->emitOpError("belongs to no layer whose weights the forward graph multiplies");
  return std::nullopt;
}

/// Whether a product of errors is only taken apart into bands.
static bool isOfBands(Operation *user) {
  if (auto reshape = dyn_cast<integer::ReshapeOp>(user))
    return llvm::all_of(reshape->getUsers(), isOfBands);
  return isa<integer::AddRowsOp>(user);
}

bool StreamLowering::visitTransposed(Operation *op, Value error) {
  const std::optional<int> layerStage = stageOfLayer(op, globalName(op->getOperand(1)), copyOf(op));
  if (!layerStage)
    return false;
  const int index = *layerStage;
  const Stage &stage = stages[index];
  const size_t phase = phaseOf(op);
  Value result = op->getResult(0), input = stageInputValues[index];
  if (places[input].kind != Place::Roots && places[input].kind != Place::View) {
    op->emitOpError("forms an error for the network's input, which no core owns");
    return false;
  }
  const rt::Layer &layer = builder.program.layers[stage.layer];
  const std::optional<BufferMap> errors = errorAtBlocks(op, error, index);
  if (!errors)
    return false;
  const BufferMap products = createAtBlocks(result, index, rt::Lifetime::Sample, [&](const rt::Core &core) {
    const auto [begin, end] = inputRange(layer, core.rowBegin, core.rowEnd);
    return end - begin;
  });
  emitBlockProduct(index, phase, rt::Opcode::Transposed, {&*errors, &products});
  // Sums over the neuron ranges climb a tree to neuron range 0 …
  std::vector<Transfer> partial;
  for (int64_t k = 0; k < stage.partition.rowBlocks(); ++k) {
    const auto [begin, end] = inputRange(layer, stage.partition.rowEdges[k], stage.partition.rowEdges[k + 1]);
    for (int64_t n = 1; n < stage.partition.neuronBlocks(); ++n)
      partial.push_back({stage.core(k, n), 0, {{stage.core(k, treeParent(n, treeFanIn(stage))), 0}}, end - begin});
  }
  if (!partial.empty())
    builder.exchange(phase, valueName(result) + ".partial", elementType(result), partial, products, products, 1, true);
  // … and go from there to the roots that own the layer's input, at once or where the bands of it are added up.
  if (llvm::all_of(result.getUsers(), isOfBands)) {
    places[result] = {Place::Products, index};
    buffers[result] = products;
    return true;
  }
  if (places[input].kind != Place::Roots) {
    op->emitOpError("forms an error for a value that is put together from others");
    return false;
  }
  returnErrors(result, places[input].stage, phase,
               {{inputPortions(stage), &products, 0, 0, elementsPerSample(result)}});
  return true;
}

bool StreamLowering::visitAddRows(integer::AddRowsOp op) {
  const Place owner = places[op.getValue()];
  if (owner.kind != Place::Roots) {
    op.emitOpError("adds up errors of a value that no root core owns");
    return false;
  }
  const std::vector<int64_t> shape = sampleShape(op.getResult());
  const int64_t first = op.getFirst(), last = first + shape[1], columns = shape[2];
  std::vector<ReturnedRows> parts;
  std::deque<BufferMap> sources; // the table of buffers grows while the error gets its own
  for (auto [product, begin] : llvm::zip_equal(op.getProducts(), op.getBegins())) {
    const Place place = places[product];
    const bool isOfPool = place.kind == Place::Roots && place.stage != owner.stage &&
                          isa_and_nonnull<integer::MaxPoolScatterOp>(product.getDefiningOp());
    if (place.kind != Place::Products && !isOfPool) {
      op.emitOpError("adds up what is no product of errors with a layer's weights, nor of a max pool elsewhere");
      return false;
    }
    const int64_t rows = sampleShape(product)[1], from = std::max(first, begin), to = std::min(last, begin + rows);
    if (from >= to)
      continue;
    sources.push_back(buffers[product]);
    const Stage &stage = stages[place.stage];
    parts.push_back({isOfPool ? slicesAtRoots(stage, product) : inputPortions(stage), &sources.back(),
                     (from - begin) * columns, (from - first) * columns, (to - from) * columns, shape[0],
                     rows * columns, shape[1] * columns});
  }
  returnErrors(op.getResult(), owner.stage, phaseOf(op), parts);
  return true;
}

/// Whether a gradient is formed from the whole batch, once its maximum is asked for and again for the update: then errors are
/// kept as inputs are, and of the gradient only the sums of some neurons at a time. Copies of a layer exchange their gradients,
/// so that these must be somewhere.
bool StreamLowering::keepForBatch(Value gradient, int stageIndex, const BufferMap &errors) {
  constexpr int64_t passes = 8; // inputs are read once for each
  const rt::Layer &layer = builder.program.layers[stages[stageIndex].layer];
  if (!llvm::is_contained(recomputed, layer.name) || stagesOfWeights[layer.weightName].size() > 1)
    return false;
  for (const auto &[t, buffer] : errors)
    builder.program.templates[t].buffers[buffer].lifetime = rt::Lifetime::Batch;
  batchErrors[gradient] = errors;
  buffers[gradient] = createAtBlocks(gradient, stageIndex, rt::Lifetime::Step, [](const rt::Core &core) {
    return int64_t(core.rowEnd - core.rowBegin) * ((core.neuronEnd - core.neuronBegin + passes - 1) / passes);
  });
  return true;
}

bool StreamLowering::visitOuter(Operation *op, Value error) {
  Value gradient = op->getResult(0);
  const std::optional<int> layerStage = stageOfLayer(op, updatedWeights(gradient), copyOf(op));
  if (!layerStage)
    return false;
  const int index = *layerStage;
  const std::optional<BufferMap> errors = errorAtBlocks(op, error, index);
  if (!errors)
    return false;
  places[gradient] = {Place::Blocks, index};
  if (keepForBatch(gradient, index, *errors))
    return true;
  buffers[gradient] = createAtBlocks(gradient, index, rt::Lifetime::Step, [](const rt::Core &core) {
    return int64_t(core.rowEnd - core.rowBegin) * (core.neuronEnd - core.neuronBegin);
  });
  for (const auto &[t, buffer] : buffers[gradient])
    builder.emit(t, 0, rt::Opcode::Clear, {immediate(buffer)});
  emitBlockProduct(index, phaseOf(op), rt::Opcode::Outer, {&*errors, &stageInputs[index], &buffers[gradient]});
  addTracePoints(op, rt::TraceKind::Weights, places[gradient], gradient);
  return true;
}

} // namespace wage::chip
