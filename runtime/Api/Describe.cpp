//===- Describe.cpp - what is in a binary, for people ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/wage_runtime.h"
#include "runtime/Cost/Occupancy.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Positions.h"
#include "runtime/Report/CostJson.h"
#include "runtime/Report/CostText.h"
#include "runtime/Report/Measurement.h"
#include "runtime/Report/Page.h"
#include "runtime/Support/Json.h"

#include <algorithm>
#include <cstdio>
#include <functional>

namespace wage::rt {

namespace {

const char *typeName(ElementType type) {
  static const char *const names[] = {"i1", "i8", "i16", "i32", "i64"};
  return names[static_cast<size_t>(type)];
}
const char *lifetimeName(Lifetime lifetime) {
  static const char *const names[] = {"sample", "batch", "step"};
  return names[static_cast<size_t>(lifetime)];
}

/// How a layer stands on the chip.
struct LayerPlace {
  uint32_t cores = 0, blocks = 0, rowBlocks = 0, neuronBlocks = 0;
  uint64_t dataBytes = 0;    ///< of the core with the most
  uint64_t offChipBytes = 0; ///< of all cores
  uint64_t weights = 0, weightRoom = 0;
};

LayerPlace placeOf(const Program &p, const Positions &positions, uint32_t layer) {
  LayerPlace place;
  for (uint32_t c = 0; c < p.cores.size(); ++c) {
    const Core &core = p.cores[c];
    if (core.layer != layer)
      continue;
    const bool isFirst = positions.isFirst(c, [&](uint32_t other) { return p.cores[other].layer == layer; });
    place.cores += isFirst;
    ++place.blocks;
    place.rowBlocks += core.neuronBegin == 0;
    place.neuronBlocks += isRootCore(p, core);
    const CoreMemory memory = memoryOf(p, core);
    const CoreWeights own = weightsOf(p, core);
    place.weights += own.held;
    place.weightRoom += isFirst ? own.room : 0;
    place.dataBytes = std::max(place.dataBytes, memory.core);
    place.offChipBytes += memory.offChip;
  }
  return place;
}

struct StreamSizes {
  uint64_t words = 0, parameters = 0, links = 0;
};

StreamSizes sizesOf(const Program &p) {
  StreamSizes sizes;
  for (const Template &t : p.templates)
    sizes.words += t.words.size();
  for (const Core &core : p.cores)
    sizes.parameters += core.parameters.size(), sizes.links += core.links.size();
  return sizes;
}

void describeLayers(const Program &p, Text &text) {
  const Positions positions(p);
  text.add("layers:\n  %-20s %9s %9s %11s %6s %6s %6s %7s %12s %12s\n", "name", "axons", "neurons", "positions", "K",
           "N", "cores", "used", "data/core", "off-chip");
  for (uint32_t i = 0; i < p.layers.size(); ++i) {
    const Layer &layer = p.layers[i];
    const LayerPlace place = placeOf(p, positions, i);
    text.add("  %-20s %9lld %9lld %11lld %6u %6u %6u %5.1f %% %12llu %12llu\n", layer.name.c_str(),
             static_cast<long long>(layer.geometry.rowEnd), static_cast<long long>(layer.geometry.neurons),
             static_cast<long long>(layer.geometry.positions()), place.rowBlocks, place.neuronBlocks, place.cores,
             place.weightRoom ? 100 * double(place.weights) / double(place.weightRoom) : 0.0,
             static_cast<unsigned long long>(place.dataBytes), static_cast<unsigned long long>(place.offChipBytes));
  }
}

/// "[n, 28, 28]", n being the batch, and what the model's file fixes it to.
std::string tensorText(const std::vector<uint32_t> &shape, uint32_t batch) {
  std::string text = "[n";
  for (uint32_t extent : shape)
    text += ", " + std::to_string(extent);
  return text + (batch ? "] (n = " + std::to_string(batch) + " in the model's file)" : "]");
}

/// " times 2" for one factor of all channels, " times channel by channel" for more; nothing for none.
std::string factorText(const char *verb, const std::vector<double> &factors) {
  char number[40];
  std::snprintf(number, sizeof number, "%.9g", factors.empty() ? 0 : factors[0]);
  const bool equal = std::adjacent_find(factors.begin(), factors.end(), std::not_equal_to<double>()) == factors.end();
  return factors.empty() ? "" : std::string(", ") + verb + " " + (equal ? number : "a number per channel");
}

std::string functionText(const HostFunction &f) {
  std::string text = std::string(", ") + hostFunctionName(f.kind);
  if (f.axis)
    text += " along axis " + std::to_string(f.axis);
  return text + (f.last ? " (the last of equals)" : "");
}

void describeHostTensors(const Program &p, Text &text) {
  if (p.input)
    text.add("real input %s%s%s, in steps of %.9g to %u bits%s\n", tensorText(p.input->shape, p.input->batch).c_str(),
             factorText("times", p.input->scale).c_str(), factorText("plus", p.input->offset).c_str(), p.input->step,
             p.input->bits, isIdentity(p.input->order) ? "" : ", reordered for the chip");
  if (!p.output)
    return;
  const std::vector<uint32_t> shape = p.output->finalShape();
  std::string end;
  for (const HostFunction &function : p.output->functions)
    end += functionText(function);
  if (p.output->givesIndices())
    end += ": indices " + tensorText(shape, 0);
  else if (shape != p.output->shape)
    end += ": " + tensorText(shape, 0);
  text.add("real output %s, in steps of %.9g%s%s\n", tensorText(p.output->shape, p.output->batch).c_str(),
           p.output->step, isIdentity(p.output->order) ? "" : ", reordered for the model", end.c_str());
}

/// "conv1, conv2": the layers of a program that trains, those that learn or those that do not.
std::string layerList(const Program &p, bool frozen) {
  std::string list;
  for (const Layer &layer : p.layers)
    if (layer.frozen == frozen && !layer.isCopy())
      list += (list.empty() ? "" : ", ") + layer.name;
  return list;
}

void describeHeader(const Program &p, Text &text) {
  const Config &c = p.config;
  text.add("network '%s' for chip '%s' (%u x %u cores, %u x %u chips)\n", p.name.c_str(), p.chip.name.c_str(),
           p.chip.gridColumns, p.chip.gridRows, p.chip.chipColumns, p.chip.chipRows);
  text.add("format %u.%u, %s, bits %d-%d-%d-%d-%d, ties %s, largest batch %u\n", p.readMajor, p.readMinor,
           c.mode == Mode::Train ? "trains" : "infers", c.weightBits, c.activationBits, c.gradientBits, c.errorBits,
           c.randomBits, c.rounding == Rounding::HalfAway ? "away from zero" : "to even", c.maxBatch);
  text.add("input %u x %u x %u bytes, %u classes\n", p.inputChannels, p.inputHeight, p.inputWidth, p.classes);
  describeHostTensors(p, text);
  if (c.mode == Mode::Train)
    text.add("training state: step %llu, seed %llu, sample position %llu\n",
             static_cast<unsigned long long>(p.state.step), static_cast<unsigned long long>(p.state.seed),
             static_cast<unsigned long long>(p.state.samplePosition));
  if (p.hasFrozenLayers())
    text.add("learning layers: %s; frozen: %s\n", layerList(p, false).c_str(), layerList(p, true).c_str());
  const StreamSizes sizes = sizesOf(p);
  const uint32_t cores = Positions(p).size();
  text.add("%u cores", cores);
  if (cores < p.cores.size())
    text.add(" with %zu blocks", p.cores.size());
  text.add(", %zu routes, %zu templates of %llu words in all, %llu parameter words and %llu links "
           "(%.1f words per core), %zu bytes of weights\n",
           p.routes.size(), p.templates.size(), static_cast<unsigned long long>(sizes.words),
           static_cast<unsigned long long>(sizes.parameters), static_cast<unsigned long long>(sizes.links),
           double(sizes.parameters + 2 * sizes.links) / std::max<double>(cores, 1), p.images.size());
}

JsonObject layerJson(const Program &p, const Positions &positions, uint32_t index) {
  const Layer &layer = p.layers[index];
  const LayerPlace place = placeOf(p, positions, index);
  JsonObject json;
  json.add("layer", layer.name).add("axons", uint64_t(layer.geometry.rowEnd));
  json.add("neurons", uint64_t(layer.geometry.neurons)).add("positions", uint64_t(layer.geometry.positions()));
  json.add("row_blocks", uint64_t(place.rowBlocks)).add("neuron_blocks", uint64_t(place.neuronBlocks));
  json.add("cores", uint64_t(place.cores)).add("largest_core_data_bytes", place.dataBytes);
  json.add("off_chip_bytes", place.offChipBytes);
  if (place.blocks != place.cores)
    json.add("blocks", uint64_t(place.blocks));
  return layer.frozen ? json.add("frozen", true) : json;
}

JsonObject functionJson(const HostFunction &f) {
  JsonObject json;
  json.add("function", hostFunctionName(f.kind));
  if (f.axis)
    json.add("axis", uint64_t(f.axis));
  if (f.kind == HostFunctionKind::ArgMax)
    json.add("keep_dims", f.keepDims).add("last", f.last);
  if (f.kind == HostFunctionKind::Reshape)
    json.add("shape", f.shape);
  return json;
}

void addHostTensors(const Program &p, JsonObject &json) {
  if (p.input) {
    JsonObject input;
    input.add("shape", p.input->shape).add("model_batch", uint64_t(p.input->batch)).add("scale", p.input->scale);
    input.add("offset", p.input->offset).add("step", p.input->step).add("bits", uint64_t(p.input->bits));
    json.add("real_input", input.add("reordered", !isIdentity(p.input->order)));
  }
  if (!p.output)
    return;
  JsonObject output;
  std::vector<JsonObject> functions;
  for (const HostFunction &function : p.output->functions)
    functions.push_back(functionJson(function));
  output.add("shape", p.output->finalShape()).add("model_batch", uint64_t(p.output->batch));
  output.add("type", p.output->givesIndices() ? "int64" : "float32").add("step", p.output->step);
  output.add("reordered", !isIdentity(p.output->order));
  json.add("real_output", output.add("functions", functions));
}

void addNetwork(const Program &p, JsonObject &json) {
  const Config &c = p.config;
  JsonObject bits, input, state;
  bits.add("weights", uint64_t(c.weightBits)).add("activations", uint64_t(c.activationBits));
  bits.add("gradients", uint64_t(c.gradientBits)).add("errors", uint64_t(c.errorBits));
  bits.add("random", uint64_t(c.randomBits));
  input.add("channels", uint64_t(p.inputChannels)).add("height", uint64_t(p.inputHeight));
  input.add("width", uint64_t(p.inputWidth));
  json.add("network", p.name).add("mode", c.mode == Mode::Train ? "train" : "infer").add("bits", bits);
  json.add("rounding", c.rounding == Rounding::HalfAway ? "half-away" : "half-even");
  json.add("largest_batch", uint64_t(c.maxBatch)).add("input", input).add("classes", uint64_t(p.classes));
  addHostTensors(p, json);
  state.add("step", p.state.step).add("seed", p.state.seed).add("sample_position", p.state.samplePosition);
  if (c.mode == Mode::Train)
    json.add("training_state", state);
}

std::string operandText(const Operand &operand, const Template &t) {
  return operand.isParameter ? "$" + t.parameters[operand.value] : std::to_string(operand.value);
}

void dumpTemplate(const Program &p, const Template &t, Text &text) {
  text.add("template %s\n", t.name.c_str());
  for (const BufferDecl &b : t.buffers)
    text.add("  buffer %-40s %-3s %-6s elements %s, address %s%s\n", b.name.c_str(), typeName(b.type),
             lifetimeName(b.lifetime), operandText(b.elements, t).c_str(), operandText(b.address, t).c_str(),
             b.slots > 1 ? (", " + std::to_string(b.slots) + " slots").c_str() : "");
  for (uint32_t phase = 0; phase < p.phases.size(); ++phase) {
    if (t.phaseBegin[phase] == t.phaseBegin[phase + 1])
      continue;
    text.add("  phase %s\n", p.phases[phase].name.c_str());
    for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i) {
      const Instruction in = decodeInstruction(t.words, i);
      const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
      text.out += "    " + std::string(info.mnemonic);
      for (size_t k = 0; k < info.fields.size(); ++k)
        text.out += (k ? ", " : " ") + std::string(info.fields[k].name) + " = " +
                    (info.fields[k].isBuffer() ? t.buffers[in.operands[k].value].name : operandText(in.operands[k], t));
      text.out += "\n";
    }
  }
}

void dumpCores(const Program &p, Text &text) {
  for (size_t i = 0; i < p.cores.size(); ++i) {
    const Core &core = p.cores[i];
    const Template &t = p.templates[core.templateIndex];
    text.add("core %zu at (%u, %u) %s rows [%u, %u) neurons [%u, %u)\n ", i, core.x, core.y, t.name.c_str(),
             core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd);
    for (size_t k = 0; k < core.parameters.size(); ++k)
      text.add(" %s=%u", t.parameters[k].c_str(), core.parameters[k]);
    text.out += "\n  links";
    for (const Link &link : core.links)
      text.add(" %u@%u", link.route, link.offset);
    text.out += "\n";
  }
  for (size_t i = 0; i < p.routes.size(); ++i) {
    const Route &r = p.routes[i];
    text.add("route %zu: %u x %s%s%s from %s to", i, r.elements, typeName(r.type), r.carriesEvents() ? " as " : "",
             r.carriesEvents() ? spikeCodeName(r.code) : "",
             r.source == hostNode ? "host" : std::to_string(r.source).c_str());
    for (uint32_t d : r.destinations)
      text.add(" %s", d == hostNode ? "host" : std::to_string(d).c_str());
    text.out += "\n";
  }
}

/// `measured` may be null.
std::string infoText(const Program &p, const StaticCost &cost, const Measurement *measured) {
  Text text;
  describeHeader(p, text);
  describeLayers(p, text);
  describeCost(p, cost, text);
  if (measured)
    describeMeasurement(p, cost, *measured, text);
  return text.out;
}

std::string infoJson(const Program &p, const StaticCost &cost, const Measurement *measured) {
  const Positions positions(p);
  JsonObject json, chip;
  std::vector<JsonObject> layers;
  chip.add("name", p.chip.name).add("core_columns", uint64_t(p.chip.gridColumns));
  chip.add("core_rows", uint64_t(p.chip.gridRows)).add("chip_columns", uint64_t(p.chip.chipColumns));
  chip.add("chip_rows", uint64_t(p.chip.chipRows));
  for (uint32_t i = 0; i < p.layers.size(); ++i)
    layers.push_back(layerJson(p, positions, i));
  const StreamSizes sizes = sizesOf(p);
  json.add("command", "info");
  addNetwork(p, json);
  json.add("chip", chip).add("cores", uint64_t(positions.size())).add("routes", uint64_t(p.routes.size()));
  if (positions.anyShared())
    json.add("blocks", uint64_t(p.cores.size()));
  json.add("templates", uint64_t(p.templates.size())).add("instruction_words", sizes.words);
  json.add("parameter_words", sizes.parameters).add("links", sizes.links);
  json.add("weight_bytes", uint64_t(p.images.size())).add("layers", layers);
  addCostMembers(p, cost, json);
  if (measured)
    json.add("measured", measurementJson(p, cost, *measured));
  return json.text();
}

/// The names that a text shows. In JSON they are strings, whatever they hold.
void makeNamesPlain(Program &p) {
  const auto makePlain = [](std::string &name) { name = withoutControls(std::move(name)); };
  makePlain(p.name), makePlain(p.chip.name);
  for (Layer &layer : p.layers)
    makePlain(layer.name);
  for (PhaseDecl &phase : p.phases)
    makePlain(phase.name);
  for (Template &t : p.templates) {
    makePlain(t.name);
    for (std::string &parameter : t.parameters)
      makePlain(parameter);
    for (BufferDecl &buffer : t.buffers)
      makePlain(buffer.name);
  }
}

/// What `describe` makes of the program in `path`, of its costs for batches of `samples`, 0 for the largest, and of what
/// `session`, which may be null, has measured.
template <typename Describe>
Expected<std::string> describeWithCost(const std::string &path, uint32_t samples, const Session *session,
                                       bool plainNames, Describe describe) {
  Expected<Program> program = loadProgram(path);
  if (!program)
    return program.status();
  if (plainNames)
    makeNamesPlain(*program);
  const uint32_t largest = program->config.maxBatch;
  if (samples > largest)
    return Status::error(path + ": a batch of " + std::to_string(samples) + " samples, the binary holds at most " +
                         std::to_string(largest));
  const Expected<StaticCost> cost = staticCost(*program, samples ? samples : largest);
  if (!cost)
    return Status::error(path + ": " + cost.status().text());
  std::optional<Measurement> measured;
  if (session)
    measured = Measurement{*session->spikeActivity(), session->counters()};
  if (measured && plainNames)
    for (LayerActivity &layer : measured->activity.layers)
      layer.layer = withoutControls(std::move(layer.layer));
  return describe(*program, *cost, measured ? &*measured : nullptr);
}

} // namespace

Expected<std::string> describeProgram(const std::string &path, uint32_t samples, const Session *measured) {
  return describeWithCost(path, samples, measured, true, infoText);
}

Expected<std::string> describeProgramAsJson(const std::string &path, uint32_t samples, const Session *measured) {
  return describeWithCost(
      path, samples, measured, false,
      [](const Program &p, const StaticCost &cost, const Measurement *m) { return infoJson(p, cost, m) + "\n"; });
}

Expected<std::string> reportProgram(const std::string &path, uint32_t samples, const Session *measured) {
  return describeWithCost(path, samples, measured, false,
                          [](const Program &p, const StaticCost &cost, const Measurement *m) {
                            return reportPageOf(infoJson(p, cost, m));
                          });
}

Expected<std::string> dumpProgram(const std::string &path) {
  Expected<Program> program = loadProgram(path);
  if (!program)
    return program.status();
  makeNamesPlain(*program);
  Text text;
  describeHeader(*program, text);
  for (const Template &t : program->templates)
    dumpTemplate(*program, t, text);
  dumpCores(*program, text);
  return text.out;
}

} // namespace wage::rt
