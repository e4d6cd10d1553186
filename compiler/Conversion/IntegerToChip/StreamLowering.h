//===- StreamLowering.h - integer functions to instruction streams ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// Walks one integer function in order and emits, for each operation, the instructions of every role that takes part:
//
//   value                       lives on
//   image                       the host
//   activation, error, mask     the roots of a stage, each a contiguous slice of the channel-major tensor
//   weight gradient             all cores of a stage, each its block
//   product of errors           all cores of a stage, each the part for its rows of the input
//   concatenation, slice        nowhere: a view of other values
//   maximum, exponent           the roots, or all cores, of a stage
//
// A linear operation opens a stage. Everything that follows per channel runs on the stage's roots, so that pooling and masks
// never cross a core. What crosses is a packet: activations from roots to the blocks that multiply them, partial sums up a
// tree, errors from roots to blocks, their products back, maxima up a tree and down again; and, where the graph is no chain,
// copies of values and of their errors between the roots of two stages.
//
// Concatenations and slices live nowhere: they are views, lists of parts of other values, whose packets go from the parts'
// owners to whoever reads the view. What computes on a view lets a stage of cores without weights put it together first.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_STREAMLOWERING_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_STREAMLOWERING_H

#include "compiler/Conversion/IntegerToChip/ProgramBuilder.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <optional>
#include <tuple>

namespace wage::chip {

/// Where a value lives; see the table above.
struct Place {
  enum Kind { Host, Labels, Control, Weights, Roots, Blocks, Products, View } kind = Host;
  int stage = -1; ///< Roots, Blocks, Products: index of the stage
  /// Of what the copies of a layer have alike (gradients, maxima, exponents) and of maxima of bands: the other stages.
  llvm::SmallVector<int, 2> others = {};

  llvm::SmallVector<int> stages() const {
    llvm::SmallVector<int> all{stage};
    all.append(others.begin(), others.end());
    return all;
  }
  /// The same kind on all stages of several places, each once.
  static Place join(llvm::ArrayRef<Place> places);
};

/// Elements [begin, begin + elements) per sample of a value that lives on roots or at the host.
struct ViewPart {
  mlir::Value whole;
  int64_t begin = 0, elements = 0;
};
using View = std::vector<ViewPart>;

/// Elements [begin, begin + elements) per sample that each of some cores gets at the front of its buffer.
struct Portion {
  int64_t begin = 0, elements = 0;
  std::vector<int64_t> cores;
};

/// What a stage's product of errors adds to an error of `rows` elements: its runs of `elements` elements, the first of which
/// stands at `from` in the product and at `to` in the error; one run after the other every `fromStep` and `toStep`. Of the cores
/// that hold a portion of the product the first sends it.
struct ReturnedRows {
  std::vector<Portion> holders;
  const BufferMap *product = nullptr;
  int64_t from = 0, to = 0, elements = 0, runs = 1, fromStep = 0, toStep = 0;
};

class StreamLowering {
public:
  /// `group` is the kind of core to map to, `layerGroups` that of each layer where they differ; `limits` holds for the blocks of
  /// each layer, in order, none beyond the list. The gradients of the layers named in `recomputed` are formed from the batch. The
  /// program is dense, but cut so that it can be encoded in `code`: signed inputs then take two axons each.
  /// The function's operations must be of the integer level.
  StreamLowering(mlir::ModuleOp module, mlir::func::FuncOp function, const rt::Config &config,
                 const rt::ChipDescription &chip, const rt::CoreGroup &group, llvm::ArrayRef<BlockLimit> limits = {},
                 llvm::ArrayRef<const rt::CoreGroup *> layerGroups = {}, llvm::ArrayRef<std::string> recomputed = {},
                 rt::SpikeCode code = rt::SpikeCode::Dense);

  /// The program, without addresses and positions; nothing after a diagnostic at the operation that cannot be mapped.
  std::optional<rt::Program> lower();

private:
  // The host.
  bool checkArguments();
  bool readImageShape();

  // Phases.
  void assignPhases();
  bool isPerSample(mlir::Operation *op) const;
  bool emitsNothing(mlir::Operation *op) const;

  // Buffers.
  rt::Lifetime lifetimeOf(mlir::Value value) const;
  std::vector<int64_t> sliceElements(const Stage &stage, mlir::Value value) const;
  void createAtRoots(mlir::Value value, int stage);
  void createScalar(mlir::Value value, Place place, rt::ElementType type);
  bool reuseOperand(mlir::Operation *op);
  void shareBuffers(mlir::Value from, mlir::Value to);
  rt::Operand bufferOperand(mlir::Value value, int templateIndex);
  /// Of a value that has none there, which IR by hand can ask for: 0, once with an error, and `lower` fails.
  BufferIndex bufferAt(mlir::Value value, int templateIndex);
  std::vector<int> templatesOf(Place place) const;

  // Operations, by kind.
  bool visit(mlir::Operation *op);
  bool visitTable(integer::TableOp op);
  bool visitLinear(mlir::Operation *op, mlir::Value input, mlir::Value weights);
  bool visitTransposed(mlir::Operation *op, mlir::Value error);
  bool visitOuter(mlir::Operation *op, mlir::Value error);
  bool keepForBatch(mlir::Value gradient, int stage, const BufferMap &errors);
  bool visitPool(integer::MaxPoolOp op);
  bool visitScatter(integer::MaxPoolScatterOp op);
  template <typename Op>
  bool emitSumPool(Op op, rt::Opcode opcode, mlir::Value input, mlir::Value wide, mlir::Value narrow);
  bool visitSumPool(integer::SumPoolOp op);
  bool visitSumPoolSpread(integer::SumPoolSpreadOp op);
  bool visitBinary(mlir::Operation *op);
  bool visitLookup(integer::LookupOp op);
  bool visitConcat(integer::ConcatOp op);
  bool visitJoinRows(integer::JoinRowsOp op);
  bool visitAddRows(integer::AddRowsOp op);
  bool visitSum(integer::SumOp op);
  bool visitRearrange(integer::RearrangeOp op);
  std::optional<int> stageOfElementwise(mlir::Operation *op);
  void emitElementwise(mlir::Operation *op, const Stage &stage, rt::Operand in);
  bool visitElementwise(mlir::Operation *op);
  bool visitMaxAbs(integer::MaxAbsOp op);
  bool visitShiftExponent(integer::ShiftExponentOp op);
  bool visitStore(mlir::ml_program::GlobalStoreOp op);
  bool visitOneHot(integer::SubtractOneHotOp op);
  bool visitReturn(mlir::func::ReturnOp op);
  void sendLogits(mlir::Value logits, size_t phase);
  bool visitWeights(mlir::Operation *op);

  // Communication.
  std::optional<BufferMap> atRoots(mlir::Operation *op, mlir::Value value, int stage);
  std::optional<int> stageOfLayer(mlir::Operation *op, mlir::StringRef weights, int64_t copy) const;
  void returnErrors(mlir::Value error, int owner, size_t phase, llvm::ArrayRef<ReturnedRows> products);
  std::vector<Portion> inputPortions(const Stage &stage) const;
  void sendInput(mlir::Value input, int stage);
  BufferMap createAtBlocks(mlir::Value value, int stage, rt::Lifetime lifetime,
                           llvm::function_ref<int64_t(const rt::Core &)> elements);
  std::optional<BufferMap> errorAtBlocks(mlir::Operation *op, mlir::Value error, int stage);
  void emitBlockProduct(int stage, size_t phase, rt::Opcode opcode, llvm::ArrayRef<const BufferMap *> operands);
  void sumOverRows(const Stage &stage, mlir::Value sum, size_t phase);
  void reduceMaximum(Place place, mlir::Value maximum, size_t phase);
  void receiveControl(int stageIndex, size_t phase);

  // Views and movement.
  View viewOf(mlir::Value value) const;
  void setView(mlir::Value value, View view);
  bool isWhole(const View &view) const;
  std::optional<View> viewOfRuns(integer::RearrangeOp op, const rt::Rearrangement &move) const;
  int64_t assemblyOf(mlir::Value value);
  void gather(size_t phase, const std::string &name, mlir::Value value, llvm::ArrayRef<Portion> portions,
              const BufferMap &destinations);
  std::vector<Portion> slicesAtRoots(const Stage &stage, mlir::Value value) const;
  std::vector<int64_t> cutChannels(mlir::Value value) const;
  bool movesWithinRoots(const Stage &stage, const rt::Rearrangement &move, mlir::Value input, mlir::Value result) const;
  void rearrangeAtRoots(integer::RearrangeOp op, const rt::Rearrangement &move, int stage);
  void rearrangeElsewhere(integer::RearrangeOp op, const rt::Rearrangement &move);
  int64_t addMove(const rt::Rearrangement &move, integer::RearrangeOp op);
  BufferIndex addTables(integer::LookupOp op, const Stage &stage, int64_t span);
  std::optional<std::pair<int, BufferMap>> atPool(mlir::Operation *op, mlir::Value value);

  // Tables.
  bool addLayer(mlir::Operation *op, mlir::Value input, mlir::Value weights);
  int addStage(const std::string &name, int64_t layer, const Partition &partition);
  void readBias(integer::AddBiasOp op, rt::Layer &layer);
  std::optional<int> inputStage(mlir::Operation *op, mlir::Value value);
  rt::Operand channelsOperand(const Stage &stage, int64_t channels);
  bool checkLayerChannels(mlir::Operation *op, const Stage &stage) const;
  int64_t addPool(mlir::ArrayRef<int64_t> in, mlir::ArrayRef<int64_t> kernel, mlir::ArrayRef<int64_t> strides,
                  mlir::ArrayRef<int64_t> pads, mlir::ArrayRef<int64_t> out);
  void addTracePoints(mlir::Operation *op, rt::TraceKind kind, Place place, mlir::Value value);
  void traceExponent(mlir::Value exponent, const std::string &name, rt::TraceKind kind);
  rt::Operand sliceBeginColumn(const Stage &stage, mlir::Value value, const std::string &name);
  const rt::CoreGroup &groupOf(int64_t layer) const {
    const size_t tensor = layer < 0 ? layerGroups.size() : builder.program.tensorIndex(static_cast<uint32_t>(layer));
    return tensor < layerGroups.size() ? *layerGroups[tensor] : group;
  }
  /// Cores that cannot add partial sums get trees all the same, so that the other limits can be counted (Limits.h).
  int64_t treeFanIn(const Stage &stage) const { return std::max(1u, groupOf(stage.layer).reduceFanIn); }
  size_t phaseOf(mlir::Operation *op) const { return phases.lookup(op); }

  mlir::ModuleOp module;
  mlir::func::FuncOp function;
  const rt::Config config;
  const rt::ChipDescription &chip;
  const rt::CoreGroup &group;
  const std::vector<BlockLimit> limits;
  const std::vector<const rt::CoreGroup *> layerGroups;
  const std::vector<std::string> recomputed;
  const rt::SpikeCode code;

  ProgramBuilder builder;
  bool isMisplaced = false; ///< a value had no buffer where it was asked for
  std::vector<Stage> stages;
  std::vector<BufferMap> stageInputs;                   ///< by stage: the copy of the layer's input
  std::vector<mlir::Value> stageInputValues;            ///< by stage: the layer's input
  std::vector<std::map<void *, BufferMap>> stageErrors; ///< by stage: errors copied to all its cores
  llvm::DenseMap<mlir::Value, View> views;              ///< of what lives nowhere
  llvm::DenseMap<mlir::Value, int64_t> assemblies;      ///< by view: its index in Program::assemblies
  llvm::DenseMap<mlir::Attribute, size_t> tableIndices; ///< in Program::tables
  llvm::DenseMap<mlir::Value, int> poolStages;          ///< stages that cut a value by its channels, for pools
  /// Copies of values on the roots of other stages: by value, stage and phase.
  std::map<std::tuple<void *, int, size_t>, BufferMap> copies;
  std::map<int, BufferMap> controlBuffers; ///< by stage
  /// Of gradients that are formed from the batch: the errors. The gradient's own buffers then hold the sums of some neurons.
  llvm::DenseMap<mlir::Value, BufferMap> batchErrors;
  llvm::DenseMap<mlir::Operation *, size_t> phases;
  llvm::DenseMap<mlir::Value, Place> places;
  llvm::DenseMap<mlir::Value, BufferMap> buffers;
  llvm::DenseMap<mlir::Value, std::string> biasNames; ///< the global that a value was loaded from
  llvm::StringMap<std::vector<int>> stagesOfWeights;  ///< by the global's name: of all its layer's copies
  size_t updatePhase = 0;
  size_t lossPhase = std::numeric_limits<size_t>::max(); ///< from here on errors flow
};

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_STREAMLOWERING_H
