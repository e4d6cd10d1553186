//===- IntegerToChip.cpp - the conversion, and what a chip must offer for it ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/IntegerToChip/Placement.h"
#include "compiler/Conversion/IntegerToChip/StreamLowering.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/wage/IR/WageOps.h"
#include "targets/ChipModel/ChipReader.h"

#define DEBUG_TYPE "convert-integer-to-chip"

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CONVERTINTEGERTOCHIPPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

namespace {

rt::Config readConfig(ConfigAttr attribute) {
  rt::Config config;
  config.mode = attribute.getMode() == Mode::Train ? rt::Mode::Train : rt::Mode::Infer;
  config.weightBits = static_cast<uint8_t>(attribute.getWeights());
  config.activationBits = static_cast<uint8_t>(attribute.getActivations());
  config.gradientBits = static_cast<uint8_t>(attribute.getGradients());
  config.errorBits = static_cast<uint8_t>(attribute.getErrors());
  config.randomBits = static_cast<uint8_t>(attribute.getRandom());
  config.rounding = attribute.getRounding() == Rounding::HalfAway ? rt::Rounding::HalfAway : rt::Rounding::HalfEven;
  config.maxBatch = static_cast<uint32_t>(attribute.getBatch());
  return config;
}

/// The widest accumulator of the function, bits, and the operation that needs it.
std::pair<unsigned, Operation *> widestAccumulator(func::FuncOp function) {
  std::pair<unsigned, Operation *> widest{0, nullptr};
  function.walk([&](Operation *op) {
    for (Value result : op->getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      // Scalars (maxima, seeds) are registers, not accumulators; biases are constants.
      if (!type || type.getRank() == 0 || isa<ml_program::GlobalLoadConstOp>(op))
        continue;
      const unsigned bits = type.getElementTypeBitWidth();
      if (bits > widest.first)
        widest = {bits, op};
    }
  });
  return widest;
}

/// Says of one core group what it lacks for the configuration, one line per limit.
std::vector<std::string> missingIn(const rt::CoreGroup &group, const rt::Config &config, func::FuncOp function) {
  std::vector<std::string> missing;
  auto need = [&](bool ok, const std::string &text) {
    if (!ok)
      missing.push_back(text);
  };
  auto n = [](uint64_t value) { return std::to_string(value); };
  const auto [bits, op] = widestAccumulator(function);
  need(bits <= group.accumulatorBits, "accumulator width: layer '" + (op ? nodeName(op) : std::string()) + "' needs " +
                                          n(bits) + " bits, cores have " + n(group.accumulatorBits));
  need(llvm::is_contained(group.weightBits, config.weightBits),
       "weight width: " + n(config.weightBits) + " bits needed, not among those the cores offer");
  if (config.mode == rt::Mode::Infer)
    return missing;
  const rt::LearningCapabilities &l = group.learning;
  need(l.transposedRead, "learning: the transposed product of errors and weights is needed, cores lack it");
  need(l.outerProduct, "learning: the outer product of errors and activations is needed, cores lack it");
  need(l.maxReduce, "learning: the maximum over a layer's errors and gradients is needed, cores lack it");
  need(config.gradientBits <= l.masterBits,
       "learning: master weights of " + n(config.gradientBits) + " bits needed, cores keep " + n(l.masterBits));
  need(config.randomBits <= l.randomBits,
       "learning: " + n(config.randomBits) + " random bits needed, cores make " + n(l.randomBits));
  return missing;
}

struct ConvertIntegerToChip : impl::ConvertIntegerToChipPassBase<ConvertIntegerToChip> {
  using ConvertIntegerToChipPassBase::ConvertIntegerToChipPassBase;

  /// The group with the most cores among those that can do the work; a diagnostic that lists every limit if there is none.
  const rt::CoreGroup *chooseGroup(const rt::ChipDescription &description, const rt::Config &config,
                                   func::FuncOp function) {
    const rt::CoreGroup *best = nullptr;
    for (const rt::CoreGroup &g : description.groups)
      if (missingIn(g, config, function).empty() &&
          (!best || uint64_t(g.columns) * g.rows > uint64_t(best->columns) * best->rows))
        best = &g;
    if (best)
      return best;
    auto diagnostic = getOperation().emitError()
                      << "chip '" << description.name << "' cannot "
                      << (config.mode == rt::Mode::Train ? "train" : "run") << " this network";
    for (const rt::CoreGroup &g : description.groups)
      for (const std::string &text : missingIn(g, config, function))
        diagnostic.attachNote() << "cores '" << g.name << "': " << text;
    return nullptr;
  }

  /// Compares cores needed and cores there; says which layer needs how many.
  bool fitsCores(const rt::Program &program, const rt::ChipDescription &description, const rt::CoreGroup &g) {
    const size_t supply = workingPositions(description, g).size();
    if (program.cores.size() <= supply)
      return true;
    auto diagnostic = getOperation().emitError()
                      << "chip '" << program.chip.name << "': cores: " << program.cores.size() << " needed, " << supply
                      << " there";
    for (size_t i = 0; i < program.layers.size(); ++i) {
      const rt::Layer &layer = program.layers[i];
      const auto cores = llvm::count_if(program.cores, [i](const rt::Core &core) { return core.layer == i; });
      diagnostic.attachNote() << "layer '" << layer.name << "': " << layer.geometry.rowEnd << " axons x "
                              << layer.geometry.neurons << " neurons need " << cores << " cores of " << g.axons << " x "
                              << g.neurons << " (" << g.synapseBytes << " bytes of synapses, "
                              << program.storedWeightBits() << " bits per weight)";
    }
    return false;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto attribute = module->getAttrOfType<ConfigAttr>("wage.config");
    if (!attribute) {
      module.emitError("needs the attribute wage.config");
      return signalPassFailure();
    }
    const rt::Config config = readConfig(attribute);
    const char *entry = config.mode == rt::Mode::Train ? "train" : "infer";
    auto function = module.lookupSymbol<func::FuncOp>(entry);
    if (!function) {
      module.emitError() << "needs a function @" << entry;
      return signalPassFailure();
    }
    llvm::Expected<rt::ChipDescription> description = loadChip(chip);
    if (!description) {
      module.emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    const rt::CoreGroup *group = chooseGroup(*description, config, function);
    if (!group)
      return signalPassFailure();
    std::optional<rt::Program> program = StreamLowering(module, function, config, *description, *group).lower();
    if (!program || !fitsCores(*program, *description, *group))
      return signalPassFailure();
    program->name = module.getSymName().value_or("network").str();
    program->producer = "wage";
    coreCount += program->cores.size();
    routeCount += program->routes.size();
    for (auto old : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      old.erase();
    if (failed(writeProgramIR(*program, module)))
      signalPassFailure();
  }
};

} // namespace

} // namespace wage::chip
