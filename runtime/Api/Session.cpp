//===- Session.cpp - a binary on an engine ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/Engine.h"
#include "runtime/Api/HostTensors.h"
#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/Cost/TickLoads.h"
#include "runtime/Data/AtomicFile.h"
#include "runtime/Format/Checksum.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Events.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/Verifier.h"
#include "runtime/FusedEngine/FusedEngine.h"
#include "runtime/FusedEngine/LiftProof.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace wage::rt {

namespace {

/// What `work` returns, telling the watch when it begins and ends.
template <typename Work> auto told(const SessionWatch &watch, const char *phase, Work work) {
  if (watch.onPhase)
    watch.onPhase(phase, true);
  auto result = work();
  if (watch.onPhase)
    watch.onPhase(phase, false);
  return result;
}

bool isNotANumber(double value) { return std::isnan(value); }

class ProgramSession : public Session {
public:
  ProgramSession(Program p, EngineKind kind, unsigned threads, SessionWatch watch)
      : program(std::move(p)), kind(kind), threads(threads < 1 ? 1 : threads), openedWeights(crcOf(program.images)),
        hostInput(inputFormat(program)), watched(std::move(watch)) {
    fillInfo();
  }

  Status start() {
    // A binary whose packets do not put its blocks together again is refused by either engine: the core engine would run it
    // and give numbers of another network.
    if (Status status = told(watched, "prove", [&] { return proveLift(program, StreamIndex(program)); }); !status.ok())
      return status;
    // Events that a chip would lose change its numbers. The core engine sees every tick and stops at the first that is too full.
    if (const std::string overload = describeTickOverload(program); !overload.empty() && kind != EngineKind::Core)
      return Status::error("ticks of chip '" + program.chip.name + "' may be too short: " + overload +
                           "; needed --engine=core, which watches them");
    return told(watched, "size memory", [&] { return makeEngine(); });
  }

  void makeRecorder() {
    const bool counts = watched.countSpikes && kind == EngineKind::Core && program.hasEvents();
    spikes = counts ? std::make_unique<SpikeRecorder>(program, watched.shownImage) : nullptr;
  }

  Status makeEngine() {
    engine.reset();
    makeRecorder();
    if (kind == EngineKind::Core) {
      if (Status status = checkHostMemory(CoreEngine::leastHostMemory(program)); !status.ok())
        return status;
      engine = std::make_unique<CoreEngine>(program, threads);
      return Status();
    }
    Expected<std::unique_ptr<FusedEngine>> fused = FusedEngine::create(program, threads);
    if (!fused)
      return fused.status();
    engine = std::move(*fused);
    return Status();
  }

  const ProgramInfo &info() const override { return summary; }

  Status infer(const uint8_t *images, uint32_t count, std::vector<int64_t> &logits) override {
    if (Status status = checkCount(count); !status.ok())
      return status;
    StepInput input;
    input.images = images;
    return runInference(input, count, logits);
  }

  Status inferReal(const double *values, uint32_t count, std::vector<int64_t> &logits) override;
  Status inferActivations(const int16_t *activations, uint32_t count, std::vector<int64_t> &logits) override;
  double inputInteger(uint32_t channel, double value) const override {
    return rt::inputInteger(hostInput, channel, value);
  }
  Expected<std::vector<double>> realOutputs(const std::vector<int64_t> &logits) const override;

  Status trainStep(const uint8_t *images, const uint32_t *labels, uint32_t count, int lrLog2, uint64_t seed,
                   uint64_t step, StepReport &report, const TraceSink *trace) override;

  std::vector<int64_t> weights(uint32_t ordinal) const override;
  std::vector<LayerCounts> weightCounts() const override;
  void watch(const SessionWatch &watch) override {
    watched = watch;
    makeRecorder();
  }
  Counters counters() const override { return engine->counters(); }
  std::vector<LayerWork> layerWork() const override { return engine->layerWork(); }
  std::shared_ptr<const SpikeActivity> spikeActivity() const override {
    return spikes ? std::make_shared<const SpikeActivity>(spikes->activity()) : nullptr;
  }
  ProgramIdentity identity() const override;
  std::vector<uint8_t> weightImages() const override;
  Status restoreWeights(const std::vector<uint8_t> &images) override;
  Status save(const std::string &path, uint64_t step, uint64_t seed, uint64_t samplePosition) const override;

private:
  void fillInfo();
  Status runInference(StepInput &input, uint32_t count, std::vector<int64_t> &logits) {
    if (Status status = checkSigns(input.activations, count); !status.ok())
      return status;
    input.count = count;
    input.watch = &watched;
    input.spikes = spikes.get();
    StepOutput output;
    Status status = engine->run(input, output);
    if (spikes)
      spikes->endBatch(count);
    logits = std::move(output.logits);
    return status;
  }
  const Layer *layerOf(uint32_t ordinal) const;
  Status checkCount(uint32_t count) const {
    if (count >= 1 && count <= program.config.maxBatch)
      return Status();
    return Status::error("batch of " + std::to_string(count) + " samples, but the binary holds 1 to " +
                         std::to_string(program.config.maxBatch));
  }

  /// Encoded inputs below zero, where axons have no channel for the sign.
  Status checkSigns(const int16_t *activations, uint32_t count) const {
    const uint64_t elements = activations ? count * program.inputElements() : 0;
    if (!elements || takesNegativeInput(program))
      return Status();
    const int16_t *end = activations + elements,
                  *negative = std::find_if(activations, end, [](int16_t a) { return a < 0; });
    if (negative == end)
      return Status();
    const auto index = static_cast<uint64_t>(negative - activations);
    return Status::error("sample " + std::to_string(index / program.inputElements()) + ": input element " +
                         std::to_string(index % program.inputElements()) + " is " + std::to_string(*negative) +
                         ", needed 0 or more: the chip's axons have no channel for negative inputs");
  }

  static uint32_t crcOf(const std::vector<uint8_t> &bytes) {
    return static_cast<uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
  }

  Program program; ///< changed only while there is no engine, which refers to it, or it rests
  const EngineKind kind;
  const unsigned threads;
  const uint32_t openedWeights;
  const HostInput hostInput;
  SessionWatch watched;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<SpikeRecorder> spikes; ///< null: not wanted
  ProgramInfo summary;
};

const Layer *ProgramSession::layerOf(uint32_t ordinal) const {
  for (const Layer &layer : program.layers)
    if (layer.ordinal == ordinal && !layer.isCopy())
      return &layer;
  return nullptr;
}

void ProgramSession::fillInfo() {
  summary.chipName = program.chip.name;
  summary.trainable = program.config.mode == Mode::Train;
  summary.maxBatch = program.config.maxBatch;
  summary.channels = program.inputChannels;
  summary.height = program.inputHeight;
  summary.width = program.inputWidth;
  summary.classes = program.classes;
  summary.hasClassAxis = hasClassAxis(program);
  summary.realInputShape = hostInput.shape;
  summary.inputBits = hostInput.bits;
  summary.hasRealOutput = program.output.has_value();
  if (program.output) {
    summary.realOutputShape = program.output->finalShape();
    summary.outputIsIndex = program.output->givesIndices();
  }
  summary.weightBits = program.config.weightBits;
  summary.activationBits = program.config.activationBits;
  summary.errorBits = program.config.errorBits;
  for (const TracePoint &point : program.tracePoints)
    summary.errorQuantisers += point.kind == TraceKind::ErrorExponent;
  summary.weightTensors = static_cast<uint32_t>(program.weightTensors());
  for (uint32_t i = 0; i < summary.weightTensors; ++i) {
    const Layer &layer = *layerOf(i);
    summary.weightShapes.emplace_back(layer.weightShape.begin(), layer.weightShape.end());
    summary.scaleLog2.push_back(layer.scaleLog2);
    if (program.learns(layer))
      summary.trainedTensors.push_back(i);
  }
  summary.cores = Positions(program).size();
  summary.layers = static_cast<uint32_t>(program.layers.size());
}

Status ProgramSession::inferReal(const double *values, uint32_t count, std::vector<int64_t> &logits) {
  if (Status status = checkCount(count); !status.ok())
    return status;
  const uint64_t elements = elementsOf(hostInput.shape);
  if (const double *end = values + count * elements, *wrong = std::find_if(values, end, isNotANumber); wrong != end)
    return Status::error("element " + std::to_string((wrong - values) % elements) + " of sample " +
                         std::to_string((wrong - values) / elements) + " of the batch is NaN, a number is needed");
  std::vector<int16_t> activations(count * program.inputElements());
  quantizeInput(program, hostInput, values, count, activations.data());
  StepInput input;
  input.activations = activations.data();
  return runInference(input, count, logits);
}

Status ProgramSession::inferActivations(const int16_t *activations, uint32_t count, std::vector<int64_t> &logits) {
  if (Status status = checkCount(count); !status.ok())
    return status;
  const int64_t limit = largestInteger(int(hostInput.bits));
  const uint64_t elements = program.inputElements();
  for (uint64_t i = 0; i < count * elements; ++i)
    if (std::abs(int64_t(activations[i])) > limit)
      return Status::error("element " + std::to_string(i % elements) + " of sample " + std::to_string(i / elements) +
                           " of the batch is " + std::to_string(activations[i]) + ", the input needs -" +
                           std::to_string(limit) + " to " + std::to_string(limit));
  StepInput input;
  input.activations = activations;
  return runInference(input, count, logits);
}

Expected<std::vector<double>> ProgramSession::realOutputs(const std::vector<int64_t> &logits) const {
  if (!program.output)
    return Status::error("the binary does not say what its output is worth, one of format 1.2 or newer is needed");
  std::vector<double> values;
  for (size_t first = 0; first < logits.size(); first += program.classes) {
    const std::vector<double> sample = realOutput(*program.output, &logits[first]);
    values.insert(values.end(), sample.begin(), sample.end());
  }
  return values;
}

Status ProgramSession::trainStep(const uint8_t *images, const uint32_t *labels, uint32_t count, int lrLog2,
                                 uint64_t seed, uint64_t step, StepReport &report, const TraceSink *trace) {
  if (!summary.trainable)
    return Status::error("the binary was compiled for inference (--mode=infer); training needs one of --mode=train");
  if (Status status = checkCount(count); !status.ok())
    return status;
  if (lrLog2 < -32 || lrLog2 > 15)
    return Status::error("learning rate 2^" + std::to_string(lrLog2) + ", needed 2^-32 to 2^15");
  for (uint32_t i = 0; i < count; ++i)
    if (labels[i] >= program.classes)
      return Status::error("label " + std::to_string(labels[i]) + " of sample " + std::to_string(i) +
                           " of the batch, needed less than " + std::to_string(program.classes));
  StepInput input;
  input.images = images;
  input.labels = labels;
  input.count = count;
  input.learningRateLog2 = lrLog2;
  input.seed = seed;
  input.step = step;
  input.trace = trace != nullptr;
  input.watch = &watched;
  ActivityCounter activity(program);
  input.activity = watched.countLayers ? &activity : nullptr;
  TraceCollector collector(count);
  StepOutput output;
  output.trace = &collector;
  if (Status status = engine->run(input, output); !status.ok())
    return status;
  report = StepReport();
  if (watched.countLayers)
    report.layers = activity.layers();
  for (uint32_t i = 0; i < summary.errorQuantisers; ++i)
    report.errorExponents.push_back(output.exponents["exponent.error." + std::to_string(i)]);
  for (uint32_t i : summary.trainedTensors)
    report.gradientExponents.push_back(output.exponents["exponent.grad." + std::to_string(i)]);
  for (uint32_t s = 0; s < count; ++s) {
    const int64_t *row = &output.logits[size_t(s) * program.classes];
    uint32_t best = 0;
    for (uint32_t c = 1; c < program.classes; ++c)
      if (row[c] > row[best])
        best = c;
    report.wrong += best != labels[s];
  }
  if (trace)
    for (const auto &[name, tensor] : collector.tensors())
      (*trace)(tensor);
  return Status();
}

std::vector<int64_t> ProgramSession::weights(uint32_t ordinal) const {
  const Layer &layer = *layerOf(ordinal);
  std::vector<int64_t> values(layer.geometry.weights());
  std::vector<int16_t> block;
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    if (core.layer == noIndex || &program.layers[core.layer] != &layer)
      continue;
    block.resize(blockOf(program, core).weights());
    engine->readBlock(c, block.data());
    size_t i = 0;
    layer.forEachWeight(core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd,
                        [&](int64_t index) { values[index] = block[i++]; });
  }
  return values;
}

std::vector<LayerCounts> ProgramSession::weightCounts() const {
  const Config &config = program.config;
  const int64_t limitOfUsed = largestWeightInUse(int(config.weightBits));
  const int64_t limitOfMasters = masterLimit(config.weightBits, config.gradientBits);
  std::vector<LayerCounts> result = ActivityCounter(program).layers();
  std::vector<int16_t> block;
  std::vector<int8_t> inUse;
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    if (core.layer == noIndex)
      continue;
    const int64_t count = blockOf(program, core).weights();
    const bool learns = program.learns(program.layers[core.layer]);
    block.resize(static_cast<size_t>(count));
    inUse.assign(block.size(), 0);
    engine->readBlock(c, block.data());
    if (learns)
      quantizeWeights(block.data(), inUse.data(), count, config.weightBits, config.gradientBits, config.rounding);
    else
      std::copy(block.begin(), block.end(), inUse.begin());
    LayerCounts &layer = result[core.layer];
    uint64_t unused = 0;
    layer.weights.total += block.size();
    countValues({block.data(), ElementType::Int16, count}, count, 1, learns ? limitOfMasters : limitOfUsed, unused,
                layer.weights.largest);
    countValues({inUse.data(), ElementType::Int8, count}, count, 1, 1, layer.weights.zero, unused);
    layer.weightsCrc = static_cast<uint32_t>(
        crc32_z(layer.weightsCrc, reinterpret_cast<const Bytef *>(block.data()), block.size() * sizeof(int16_t)));
  }
  return result;
}

std::vector<uint8_t> ProgramSession::weightImages() const {
  std::vector<uint8_t> images = program.images;
  std::vector<int16_t> block;
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    if (core.layer == noIndex)
      continue;
    block.resize(blockOf(program, core).weights());
    engine->readBlock(c, block.data());
    packWeights(block.data(), block.size(), program.storedWeightBits(program.layers[core.layer]),
                &images[core.imageOffset]);
  }
  return images;
}

ProgramIdentity ProgramSession::identity() const {
  Program bare = program;
  bare.state = TrainingState();
  bare.images.clear();
  return {computeChecksum(writeProgram(bare)), openedWeights};
}

Status ProgramSession::restoreWeights(const std::vector<uint8_t> &images) {
  if (images.size() != program.images.size())
    return Status::error("found weight images of " + std::to_string(images.size()) + " bytes, the binary needs " +
                         std::to_string(program.images.size()));
  for (const Core &core : program.cores)
    if (core.layer != noIndex && program.layers[core.layer].frozen &&
        !std::equal(&images[core.imageOffset], &images[core.imageOffset] + core.imageBytes,
                    &program.images[core.imageOffset]))
      return Status::error("found other weights of the frozen layer '" + program.layers[core.layer].name +
                           "' than the binary's, needed the same");
  // Tried while the engine rests: it goes on with the weights that it has if these are refused.
  std::vector<uint8_t> former = std::exchange(program.images, images);
  if (Status status = verifyProgram(program); !status.ok()) {
    program.images = std::move(former);
    return status;
  }
  engine.reset();
  return start();
}

Status ProgramSession::save(const std::string &path, uint64_t step, uint64_t seed, uint64_t samplePosition) const {
  Program copy = program;
  copy.state = {step, seed, samplePosition};
  copy.images = weightImages();
  const std::vector<uint8_t> bytes = writeProgram(copy);
  return writeFileAtomically(path, bytes.data(), bytes.size());
}

} // namespace

Session::~Session() = default;

Expected<std::unique_ptr<Session>> Session::open(const std::string &path, EngineKind kind, unsigned threads,
                                                 const SessionWatch &watch) {
  Expected<std::vector<uint8_t>> bytes = told(watch, "load", [&] { return readProgramFile(path); });
  if (!bytes)
    return bytes.status();
  Expected<Program> program = told(watch, "verify", [&] { return readProgram(*bytes); });
  if (!program)
    return Status::error(path + ": " + program.status().text());
  auto session = std::make_unique<ProgramSession>(std::move(*program), kind, threads, watch);
  if (Status status = session->start(); !status.ok())
    return Status::error(path + ": " + status.text());
  return std::unique_ptr<Session>(std::move(session));
}

} // namespace wage::rt
