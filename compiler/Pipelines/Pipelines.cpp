//===- Pipelines.cpp - which pass follows which ------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Pipelines/Pipelines.h"

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/WageToInteger/Passes.h"
#include "compiler/FloatTransforms/Passes.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace wage {

void buildOnnxCanonicalPipeline(OpPassManager &passes, bool training) {
  passes.addPass(onnxir::createStripQuantization());
  passes.addPass(onnxir::createSimplifyShapes());
  passes.addPass(onnxir::createFoldConstants());
  passes.addPass(onnxir::createExpandFunctions({training}));
  passes.addPass(onnxir::createFormLayers({training}));
  passes.addPass(onnxir::createMoveTransposes({training}));
  passes.addPass(onnxir::createFoldAffine({training}));
  passes.addPass(onnxir::createMergePads());
  passes.addPass(onnxir::createNameConstants());
}

namespace {

/// Brings a network to be trained to canonical form if it needs that. What the specification's training step says of a network is
/// counted in its own nodes (each Relu rounds, and takes an error), so a network of nothing else is left alone.
struct CanonicalizeForTraining : PassWrapper<CanonicalizeForTraining, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CanonicalizeForTraining)
  StringRef getName() const override { return "CanonicalizeForTraining"; }

  static bool isKnown(Operation *op) {
    if (isa<onnxir::ReshapeOp, onnxir::FlattenOp, onnxir::IdentityOp>(op))
      return !isa_and_nonnull<onnxir::ConstantOp, ml_program::GlobalLoadConstOp>(op->getOperand(0).getDefiningOp());
    return isa<onnxir::ConvOp, onnxir::GemmOp, onnxir::MatMulOp, onnxir::AddOp, onnxir::ReluOp, onnxir::MaxPoolOp,
               onnxir::AveragePoolOp, onnxir::DropoutOp, onnxir::ConstantOp, onnxir::SoftmaxOp, onnxir::ArgMaxOp,
               ml_program::GlobalLoadConstOp, func::ReturnOp>(op);
  }

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || llvm::all_of(main.getBody().front(), [](Operation &op) { return isKnown(&op); }))
      return;
    OpPassManager passes(ModuleOp::getOperationName());
    buildOnnxCanonicalPipeline(passes, /*training=*/true);
    if (failed(runPipeline(passes, getOperation())))
      signalPassFailure();
  }
};

} // namespace

void buildFloatPipeline(OpPassManager &passes, const CompileOptions &options) {
  if (options.network.mode == Mode::Train)
    passes.addPass(std::make_unique<CanonicalizeForTraining>());
  else
    buildOnnxCanonicalPipeline(passes, /*training=*/false);
  // In training, where gradients have no scales (arithmetic.md section 7), neurons of very different ones learn badly.
  if (const auto &chosen = options.calibration; chosen && options.network.mode == Mode::Infer) {
    passes.addPass(
        createOnnxEqualize({chosen->images, chosen->input, chosen->limit, chosen->method, chosen->activations,
                            chosen->weights, chosen->layerBits, chosen->pixelScale, chosen->pixelOffset}));
    passes.addPass(onnxir::createNameConstants());
  }
}

void buildQuantizePipeline(OpPassManager &passes, const CompileOptions &options) {
  if (options.calibration) {
    passes.addPass(createOnnxCalibrate(*options.calibration));
    passes.addPass(onnxir::createNameConstants());
  }
  const ConvertOnnxToWageOptions &network = options.network;
  passes.addPass(createConvertOnnxToWage(network));
  if (network.mode == Mode::Train)
    passes.addPass(createBuildTrainingStep());
  passes.addPass(createWageVerifyLevel());
}

void buildOnnxToWagePipeline(OpPassManager &passes, const CompileOptions &options) {
  buildFloatPipeline(passes, options);
  buildQuantizePipeline(passes, options);
}

void buildWageToIntegerPipeline(OpPassManager &passes) {
  passes.addPass(createConvertWageToInteger());
  passes.addPass(createIntegerAssignWidths());
  passes.addPass(createIntegerVerifyLevel());
}

void buildPlacementPipeline(OpPassManager &passes, StringRef chip, const chip::MappingOptions &mapping,
                            const chip::ChipPlacePassOptions &placement) {
  chip::ConvertIntegerToChipPassOptions options;
  options.chip = chip.str();
  options.objective = mapping.objective;
  options.cores = mapping.budget;
  options.copies.append(mapping.copies.begin(), mapping.copies.end());
  options.pack = mapping.sharing;
  options.bufferSlots = mapping.bufferSlots;
  options.recomputeGradients.append(mapping.recomputed.begin(), mapping.recomputed.end());
  options.watchTicks = mapping.watchTicks;
  options.spikeCode = mapping.spikeCode;
  options.faultyCores.append(mapping.faultyCores.begin(), mapping.faultyCores.end());
  passes.addPass(chip::createConvertIntegerToChipPass(options));
  passes.addPass(chip::createChipEncodeSpikesPass({mapping.spikeCode}));
  chip::ChipPlacePassOptions positions = placement;
  positions.cores = mapping.budget;
  positions.pack = mapping.sharing;
  passes.addPass(chip::createChipPlacePass(positions));
}

void buildIntegerToChipPipeline(OpPassManager &passes, StringRef chip, const chip::MappingOptions &mapping,
                                const chip::ChipPlacePassOptions &placement) {
  buildPlacementPipeline(passes, chip, mapping, placement);
  chip::ChipAllocatePassOptions addresses;
  addresses.bufferSlots = mapping.bufferSlots;
  passes.addPass(chip::createChipAllocatePass(addresses));
  chip::ChipVerifyPassOptions checks;
  checks.watchTicks = mapping.watchTicks;
  passes.addPass(chip::createChipVerifyPass(checks));
}

void buildOnnxToChipPipeline(OpPassManager &passes, const CompileOptions &options) {
  buildOnnxToWagePipeline(passes, options);
  buildWageToIntegerPipeline(passes);
  buildIntegerToChipPipeline(passes, options.chip, options.mapping, options.placement);
}

namespace {

/// The choices of wage-translate that concern the network, in its spelling.
struct NetworkChoices : PassPipelineOptions<NetworkChoices> {
  Option<std::string> mode{*this, "mode", llvm::cl::desc("train or infer"), llvm::cl::init("train")};
  Option<std::string> bits{*this, "bits", llvm::cl::desc("k_W-k_A-k_G-k_E[-k_R]"), llvm::cl::init("2-8-8-8")};
  Option<std::string> rounding{*this, "rounding", llvm::cl::desc("half-even or half-away"),
                               llvm::cl::init("half-even")};
  Option<std::string> init{*this, "init", llvm::cl::desc("model, wage or pretrained"), llvm::cl::init("model")};
  Option<uint64_t> initSeed{*this, "init-seed", llvm::cl::desc("seed of init=wage"),
                            llvm::cl::init(networkDefaults().initSeed)};
  Option<int> initGain{*this, "init-gain", llvm::cl::desc("g of the fan-in limit"),
                       llvm::cl::init(networkDefaults().initGain)};
  Option<int> batch{*this, "batch", llvm::cl::desc("largest batch, samples"), llvm::cl::init(networkDefaults().batch)};

  ListOption<std::string> trainLayers{*this, "train-layers",
                                      llvm::cl::desc("layers that go on learning (default: all)")};

  /// Errors: a word or widths that are not known.
  llvm::Expected<ConvertOnnxToWageOptions> read() const {
    ConvertOnnxToWageOptions network;
    network.initSeed = initSeed;
    network.initGain = initGain;
    network.batch = batch;
    network.trainLayers.assign(trainLayers.begin(), trainLayers.end());
    if (llvm::Error problem = parseMode(mode, network))
      return problem;
    if (llvm::Error problem = parseBits(bits, network))
      return problem;
    if (llvm::Error problem = parseRounding(rounding, network))
      return problem;
    if (llvm::Error problem = parseInit(init, network))
      return problem;
    return network;
  }
};

struct CanonicalChoice : PassPipelineOptions<CanonicalChoice> {
  Option<bool> training{*this, "training",
                        llvm::cl::desc("keep what training counts on: layers, weights and their order"),
                        llvm::cl::init(false)};
};

struct ChipChoice : PassPipelineOptions<ChipChoice> {
  Option<std::string> chip{*this, "chip", llvm::cl::desc("listed chip, or a chip description that ends in .yaml")};
  Option<chip::Objective> objective{
      *this, "objective", llvm::cl::desc("what the mapping is to have least of"),
      llvm::cl::values(clEnumValN(chip::Objective::Cores, "cores", "cores"),
                       clEnumValN(chip::Objective::Latency, "latency", "cycles from a sample's pixels to its logits"),
                       clEnumValN(chip::Objective::Throughput, "throughput", "cycles between two samples")),
      llvm::cl::init(chip::Objective::Cores)};
  Option<uint64_t> cores{*this, "cores", llvm::cl::desc("most cores taken (0: all that the chip has)"),
                         llvm::cl::init(0)};
  ListOption<std::string> copies{*this, "copies", llvm::cl::desc("position copies, N or LAYER:N")};
  Option<chip::Sharing> pack{*this, "pack", llvm::cl::desc("whether several blocks share a core"),
                             llvm::cl::values(clEnumValN(chip::Sharing::Off, "off", "each has a core of its own"),
                                              clEnumValN(chip::Sharing::Fit, "fit", "where there are too few cores"),
                                              clEnumValN(chip::Sharing::On, "on", "wherever they fit")),
                             llvm::cl::init(chip::Sharing::Fit)};
  Option<uint64_t> bufferSlots{*this, "buffer-slots",
                               llvm::cl::desc("most samples that a buffer holds for which packets come (0: the batch)"),
                               llvm::cl::init(0)};
  ListOption<std::string> recomputeGradients{
      *this, "recompute-gradients", llvm::cl::desc("layers whose gradients are formed from the batch, or all")};
  Option<bool> watchTicks{*this, "watch-ticks",
                          llvm::cl::desc("let fixed ticks be too short for the most events there can be"),
                          llvm::cl::init(false)};
  Option<std::string> spikeCode{*this, "spike-code",
                                llvm::cl::desc("dense, graded, rate or phase (default: the chip's first)")};
  Option<std::string> placer{*this, "placer", llvm::cl::desc("raster, hilbert, hilbert+force or traffic"),
                             llvm::cl::init(chip::ChipPlacePassOptions().placer)};
  ListOption<std::string> faultyCores{*this, "faulty-cores",
                                      llvm::cl::desc("cores that must not be used, x:y or a number")};
  ListOption<std::string> pin{*this, "pin", llvm::cl::desc("rectangles of layers, LAYER:X:Y:COLUMNS:ROWS")};
  Option<std::string> keep{*this, "keep", llvm::cl::desc("program whose positions are kept")};

  chip::MappingOptions mapping() const {
    return {objective,  cores,       {copies.begin(), copies.end()},
            pack,       bufferSlots, {recomputeGradients.begin(), recomputeGradients.end()},
            watchTicks, spikeCode,   {faultyCores.begin(), faultyCores.end()}};
  }
  chip::ChipPlacePassOptions placement() const {
    chip::ChipPlacePassOptions options;
    options.placer = placer;
    options.pin.assign(pin.begin(), pin.end());
    options.keep = keep;
    return options;
  }
};

struct AllChoices : NetworkChoices, ChipChoice {};

/// Registers a pipeline whose choices include those of the network. (PassPipelineRegistration has no way to refuse them.)
template <typename Choices>
void registerNetworkPipeline(
    StringRef name, StringRef summary,
    std::function<void(OpPassManager &, const ConvertOnnxToWageOptions &, const Choices &)> build) {
  registerPassPipeline(
      name, summary,
      [build](OpPassManager &passes, StringRef text, function_ref<LogicalResult(const Twine &)> refuse) {
        Choices choices;
        if (failed(choices.parseFromString(text)))
          return failure();
        llvm::Expected<ConvertOnnxToWageOptions> network = choices.read();
        if (!network)
          return refuse(toString(network.takeError()));
        build(passes, *network, choices);
        return success();
      },
      [](function_ref<void(const ::mlir::detail::PassOptions &)> show) { show(Choices()); });
}

} // namespace

void registerPipelines() {
  PassPipelineRegistration<CanonicalChoice>("wage-onnx-canonical-pipeline",
                                            "a file's float graph in the few forms that later levels know",
                                            [](OpPassManager &passes, const CanonicalChoice &choice) {
                                              buildOnnxCanonicalPipeline(passes, choice.training);
                                            });
  registerNetworkPipeline<NetworkChoices>(
      "wage-onnx-to-wage-pipeline", "onnx to wage; for training also the training step",
      [](OpPassManager &passes, const ConvertOnnxToWageOptions &network, const NetworkChoices &) {
        buildOnnxToWagePipeline(passes, {network, {}, {}, {}, {}});
      });
  PassPipelineRegistration<>("wage-to-integer-pipeline", "wage to integer, with proved widths",
                             buildWageToIntegerPipeline);
  PassPipelineRegistration<ChipChoice>("wage-integer-to-chip-pipeline", "integer to a program of a chip",
                                       [](OpPassManager &passes, const ChipChoice &choice) {
                                         buildIntegerToChipPipeline(passes, choice.chip, choice.mapping(),
                                                                    choice.placement());
                                       });
  registerNetworkPipeline<AllChoices>(
      "wage-onnx-to-chip-pipeline", "onnx to a program of a chip, the whole way",
      [](OpPassManager &passes, const ConvertOnnxToWageOptions &network, const AllChoices &choices) {
        buildOnnxToChipPipeline(passes, {network, {}, choices.chip, choices.mapping(), choices.placement()});
      });
}

} // namespace wage
