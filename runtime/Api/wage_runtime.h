//===- wage_runtime.h - the one public header of the runtime ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Open a chip binary, run it on one of two engines, train it, read its counters, save it.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_API_WAGE_RUNTIME_H
#define WAGE_RUNTIME_API_WAGE_RUNTIME_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wage::rt {

/// What executes the binary. Both give the same bits.
enum class EngineKind {
  Core, ///< every core's instruction stream and every packet, counted
  Fused ///< whole layers lifted from the streams, at the host's speed
};

/// What a caller needs to know of a binary before feeding it.
struct ProgramInfo {
  std::string chipName;
  bool trainable = false;
  uint32_t maxBatch = 0;                          ///< largest batch the binary holds, in samples
  uint32_t channels = 0, height = 0, width = 0;   ///< of one input image of bytes; channel-major
  uint32_t classes = 0;                           ///< output accumulators per sample
  bool hasClassAxis = true;                       ///< they are one per class, and the largest is the prediction
  std::vector<uint32_t> realInputShape;           ///< the model's own, without the batch
  std::vector<uint32_t> realOutputShape;          ///< the model's own, without the batch; if hasRealOutput
  uint32_t inputBits = 0;                         ///< of an input activation
  bool hasRealOutput = false;                     ///< the binary says what its accumulators are worth
  bool outputIsIndex = false;                     ///< the model ends in an arg_max
  uint32_t errorQuantisers = 0;                   ///< J: number of Q_E in a training step
  uint32_t weightTensors = 0;                     ///< I: number of weight tensors of linear layers
  std::vector<std::vector<int64_t>> weightShapes; ///< per weight tensor, the ONNX initializer's own shape
  std::vector<std::vector<int32_t>> scaleLog2;    ///< per weight tensor, x_c of each output channel
  std::vector<uint32_t> trainedTensors;           ///< the weight tensors that training changes, ascending
  uint32_t cores = 0, layers = 0;
  uint32_t weightBits = 0, activationBits = 0, errorBits = 0; ///< k_W, k_A, k_E
};

/// A whole tensor gathered from the cores, for tracing. Names are the golden model's without the step: "out",
/// "error.J", "grad.I", "delta.I", "master.I". `shape` has the batch first for "out" and "error.J".
struct TraceTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<int64_t> values;
};
using TraceSink = std::function<void(const TraceTensor &)>;

/// How many of a set of integers are 0, and how many stand at an end of their range.
struct ValueCounts {
  uint64_t total = 0, zero = 0, largest = 0;
};

/// What one training step, or the weights as they stand, show of a linear layer.
struct LayerCounts {
  std::string layer;       ///< name of the ONNX node
  bool frozen = false;     ///< does not learn, in a program that trains
  ValueCounts activations; ///< after each Q_A on the layer's cores; largest: +-(2^(k_A-1) - 1). None at the output
  ValueCounts errors;      ///< after each Q_E there, before the mask of a Relu; largest: +-(2^(k_E-1) - 1)
  ValueCounts weights;     ///< zero: of the weights in use; largest: masters at an end of their range
  uint32_t weightsCrc = 0; ///< CRC-32 of the masters: equal if none has changed
};

/// What a session tells while it works.
struct SessionWatch {
  /// Called on the thread that called the session, when a phase of its work begins (true) and ends (false): phases of the
  /// chip by name, and what opening does.
  std::function<void(const std::string &phase, bool begins)> onPhase;
  /// StepReport::layers is wanted. Costs one reading of every activation and error.
  bool countLayers = false;
  /// Session::layerWork() is wanted.
  bool timeLayers = false;
  /// Session::spikeActivity() is wanted, on the core engine, and of image `shownImage` what single neurons fired. Costs one
  /// reading of all that is sent as events.
  bool countSpikes = false;
  uint64_t shownImage = 0;
};

/// What the host's threads did for one part of one layer.
struct LayerWork {
  std::string layer;
  std::string part;   ///< forward, error, gradient or update
  double seconds = 0; ///< of all threads together
  uint64_t macs = 0;  ///< multiply-accumulates of the layer's product; none of an update
};

/// What one training step reports.
struct StepReport {
  std::vector<int32_t> errorExponents;    ///< k of each Q_E, the output's first
  std::vector<int32_t> gradientExponents; ///< k of each Q_G, in the order of ProgramInfo::trainedTensors
  uint32_t wrong = 0;                     ///< samples whose largest accumulator (lowest index) was not their label
  std::vector<LayerCounts> layers;        ///< in file order, activations and errors; if SessionWatch::countLayers
};

/// Events that carried the values of one layer, or of the input.
struct LayerSpikes {
  std::string layer;      ///< whose activations (or errors) they are; "input" of the network's
  bool areErrors = false; ///< of a training step's backward pass
  uint64_t values = 0;    ///< elements that packet streams have carried
  uint64_t spikes = 0;    ///< events of these
};

struct SpikeActivity; // SpikeRecorder.h

/// Totals since the session started. Cycles, byte-hops, memory and energy are counted by the core engine only, else 0.
struct Counters {
  uint64_t cycles = 0;             ///< chip clock cycles
  uint64_t packets = 0;            ///< packets injected into the NoC; of what is sent as events each is one
  uint64_t packetBytes = 0;        ///< payload bytes injected
  uint64_t byteHops = 0;           ///< payload bytes times links crossed
  uint64_t offChipBytes = 0;       ///< bytes to and from off-chip memory
  uint64_t macs = 0;               ///< multiply-accumulates
  uint64_t memoryBytes = 0;        ///< bytes to and from the cores' own memories
  uint64_t spikes = 0;             ///< events sent
  uint64_t synapticEvents = 0;     ///< weights that events added to potentials; they are among `macs`
  uint64_t ticks = 0;              ///< of all windows, one layer after the other
  std::vector<LayerSpikes> layers; ///< the input and the layers in file order that send events
  double energyPj = 0;             ///< picojoule, by the chip file's constants
  uint64_t peakBytes = 0;          ///< bytes of host memory sized for the run
};

/// Tells binaries apart, by CRC-32: against mistakes, not against forgery.
struct ProgramIdentity {
  uint32_t program = 0; ///< everything but weights and training state
  uint32_t weights = 0; ///< the weight images as they stand in the file
};

/// One binary on one engine. Not thread-safe; it uses its own threads inside.
class Session {
public:
  virtual ~Session();

  /// Reads and verifies `path` (in full, before anything runs).
  /// Errors: the file cannot be read, is no wage binary, is of another version, or fails verification.
  static Expected<std::unique_ptr<Session>> open(const std::string &path, EngineKind engine, unsigned threads,
                                                 const SessionWatch &watch = {});

  virtual const ProgramInfo &info() const = 0;

  /// Shape:  `images` count x channels x height x width bytes; `logits` count x classes, resized.
  /// Errors: none for count <= maxBatch on a verified binary; a lost packet is reported as an error.
  virtual Status infer(const uint8_t *images, uint32_t count, std::vector<int64_t> &logits) = 0;

  /// As infer, with real values in the model's own shape and order, which are brought to the input's grid first.
  ///
  /// Shape:  `values` count x realInputShape; `logits` count x classes, resized.
  /// Units:  as the model's input.
  /// Errors: those of infer; a value is no number.
  virtual Status inferReal(const double *values, uint32_t count, std::vector<int64_t> &logits) = 0;

  /// As infer, with input activations in place of bytes, which are looked up in no table.
  ///
  /// Shape:  `activations` count x channels x height x width; `logits` count x classes, resized.
  /// Units:  steps of the input's grid.
  /// Errors: those of infer; an activation is not within +-(2^(inputBits-1) - 1).
  virtual Status inferActivations(const int16_t *activations, uint32_t count, std::vector<int64_t> &logits) = 0;

  /// The activation that a real value becomes in a channel of the input: rounded, but not clipped to inputBits.
  ///
  /// Units:  `value` as the model's input; the result in steps of the input's grid.
  /// Errors: none. Requires channel < channels.
  virtual double inputInteger(uint32_t channel, double value) const = 0;

  /// What the model's own output is for these logits: real values, or indices if outputIsIndex.
  ///
  /// Shape:  `logits` n x classes; the result n x realOutputShape.
  /// Errors: the binary does not say what its accumulators are worth.
  virtual Expected<std::vector<double>> realOutputs(const std::vector<int64_t> &logits) const = 0;

  /// One training step on `count` <= maxBatch samples.
  /// Shape:  as infer; `labels` count classes, each < classes.
  /// Units:  learning rate 2^lrLog2, -32 <= lrLog2 <= 15. `step` and `seed` select the random numbers (section 8).
  /// Errors: the binary was compiled for inference; a label is out of range; a lost packet.
  virtual Status trainStep(const uint8_t *images, const uint32_t *labels, uint32_t count, int lrLog2, uint64_t seed,
                           uint64_t step, StepReport &report, const TraceSink *trace) = 0;

  /// Master weights of weight tensor `index` in the initializer's own layout (weights in use for inference binaries).
  virtual std::vector<int64_t> weights(uint32_t index) const = 0;

  /// The weights of each layer, in file order, counted; equal on both engines.
  virtual std::vector<LayerCounts> weightCounts() const = 0;

  /// What to tell from now on. Without a watch nothing is counted or called.
  virtual void watch(const SessionWatch &watch) = 0;

  virtual Counters counters() const = 0;

  /// Since SessionWatch::timeLayers was set, layer by layer; empty where the engine runs other than layer by layer.
  virtual std::vector<LayerWork> layerWork() const { return {}; }

  /// Of the images inferred since SessionWatch::countSpikes was set; none otherwise, on the fused engine, and where no message is
  /// an event.
  virtual std::shared_ptr<const SpikeActivity> spikeActivity() const { return nullptr; }

  /// Identity of the binary that was opened, whatever the weights are now.
  virtual ProgramIdentity identity() const = 0;

  /// The present weights of all cores, packed as in the binary: all that a training step changes.
  virtual std::vector<uint8_t> weightImages() const = 0;

  /// Goes on with the weights that weightImages() gave in another session of the same binary, whatever its engine and
  /// number of threads. Counters start again from 0.
  /// Errors: the number of bytes is not this binary's, or the program does not verify with them; the session then keeps its own.
  virtual Status restoreWeights(const std::vector<uint8_t> &images) = 0;

  /// Writes the binary with the present weights; `step`, `seed` and `samplePosition` become its training state. Writes
  /// to a temporary and renames it. Errors: the path cannot be written.
  virtual Status save(const std::string &path, uint64_t step, uint64_t seed, uint64_t samplePosition) const = 0;
};

/// Human-readable summary (`wage-run info`), and the same as a JSON object on one line, with the costs of a batch of `samples`
/// samples, 0 for the largest. `measured`: a session of the same binary that has a spikeActivity(), which is told beside the
/// costs.
/// Errors: as Session::open; the binary holds no such batch; cores wait in a circle.
Expected<std::string> describeProgram(const std::string &path, uint32_t samples = 0, const Session *measured = nullptr);
Expected<std::string> describeProgramAsJson(const std::string &path, uint32_t samples = 0,
                                            const Session *measured = nullptr);
/// The same as one page of HTML that needs nothing beside it (`wage-run report`). Errors: as describeProgram.
Expected<std::string> reportProgram(const std::string &path, uint32_t samples = 0, const Session *measured = nullptr);
/// Full listing of a binary (`wage-run dump`). Errors: as Session::open.
Expected<std::string> dumpProgram(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_API_WAGE_RUNTIME_H
