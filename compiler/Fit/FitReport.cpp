//===- FitReport.cpp - whether a network fits a chip, and what would ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Fit/FitReport.h"

#include "compiler/Pipelines/Pipelines.h"
#include "targets/ChipModel/ChipReader.h"

#include "mlir/Pass/PassManager.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace wage {

namespace {

using chip::Assessment;
using chip::Limit;

/// The network at the integer level, under other choices; null after a diagnostic.
OwningOpRef<ModuleOp> lowerToInteger(ModuleOp onnx, const ConvertOnnxToWageOptions &network) {
  OwningOpRef<ModuleOp> module(onnx.clone());
  PassManager passes(onnx.getContext());
  buildOnnxToWagePipeline(passes, {network, {}, {}}); // grids change no limit
  buildWageToIntegerPipeline(passes);
  return succeeded(passes.run(*module)) ? std::move(module) : OwningOpRef<ModuleOp>();
}

/// Looks for single changes with which a network fits.
struct ChangeSearch {
  ModuleOp onnx;
  const ConvertOnnxToWageOptions &network;
  const rt::ChipDescription &description;
  const chip::MappingOptions mapping; ///< of cores alone: an objective changes nothing about what fits
  std::vector<FitChange> &changes;

  bool fitsWith(const ConvertOnnxToWageOptions &changed) {
    // A choice that cannot be lowered is no way out; its diagnostics are of no interest.
    ScopedDiagnosticHandler silence(onnx.getContext(), [](Diagnostic &) { return success(); });
    OwningOpRef<ModuleOp> module = lowerToInteger(onnx, changed);
    if (!module)
      return false;
    FailureOr<Assessment> found = chip::assess(*module, description, mapping, /*onlyWhetherFits=*/true);
    return succeeded(found) && found->fits();
  }

  /// Finds the largest value of a choice in [least, its own) that fits, given that smaller needs less.
  void reduce(const char *choice, int ConvertOnnxToWageOptions::*field, int least) {
    ConvertOnnxToWageOptions changed = network;
    changed.*field = least;
    if (least >= network.*field || !fitsWith(changed))
      return;
    int fits = least, fails = network.*field;
    while (fails - fits > 1) {
      const int middle = fits + (fails - fits) / 2;
      changed.*field = middle;
      (fitsWith(changed) ? fits : fails) = middle;
    }
    changes.push_back({choice, static_cast<uint64_t>(network.*field), static_cast<uint64_t>(fits)});
  }

  /// Gradients that are formed from the batch take no memory.
  void addRecomputed(ModuleOp module) {
    if (!mapping.recomputed.empty())
      return;
    chip::MappingOptions changed = mapping;
    changed.recomputed = {"all"};
    FailureOr<Assessment> found = chip::assess(module, description, changed, /*onlyWhetherFits=*/true);
    if (succeeded(found) && found->fits())
      changes.push_back({"recomputed gradients", 0, found->program.weightTensors()});
  }

  /// More chips bring cores and off-chip memory. Each look says how many more; memory may then want finer cuts, hence again.
  void addChips(ModuleOp module, Assessment found) {
    constexpr uint64_t mostChips = 4096; // in a row: where the search ends
    rt::ChipDescription larger = description;
    while (!found.fits()) {
      uint64_t factor = 1;
      for (const Limit &limit : found.limits)
        if (limit.supply && (limit.name == "cores" || limit.name == "off-chip memory"))
          factor = std::max(factor, llvm::divideCeil(limit.need, limit.supply));
      if (factor == 1 || factor > mostChips / larger.chipColumns)
        return;
      larger.chipColumns *= static_cast<uint32_t>(factor);
      FailureOr<Assessment> more = chip::assess(module, larger, mapping);
      if (failed(more))
        return;
      found = std::move(*more);
    }
    changes.push_back({"chips", uint64_t(description.chipColumns) * description.chipRows,
                       uint64_t(larger.chipColumns) * larger.chipRows});
  }
};

bool lacksCapability(const Assessment &found) {
  return llvm::any_of(found.limits,
                      [](const Limit &l) { return l.unit == "capability" && l.state == Limit::Exceeded; });
}

/// Of a chip whose ticks come at a fixed time, the link with most to do in one: known once blocks stand where they will.
LogicalResult addLinkOfTick(ModuleOp module, const CompileOptions &options, FitReport &report) {
  OwningOpRef<ModuleOp> placed(module.clone());
  PassManager passes(module.getContext());
  buildPlacementPipeline(passes, options.chip, options.mapping, options.placement);
  if (failed(passes.run(*placed)))
    return failure();
  FailureOr<std::optional<Limit>> limit = chip::fullestLinkOfTick(*placed);
  if (failed(limit))
    return failure();
  if (*limit) {
    report.limits.push_back(**limit);
    report.fits = report.changesSought = (*limit)->state != Limit::Exceeded;
  }
  return success();
}

/// What a report says of a network by itself.
FitReport describeNetwork(const ConvertOnnxToWageOptions &network) {
  FitReport report;
  report.mode = stringifyMode(network.mode).str();
  for (int bits : {network.weights, network.activations, network.gradients, network.errors, network.random})
    report.bits += (report.bits.empty() ? "" : "-") + std::to_string(bits);
  report.batch = network.batch;
  return report;
}

void searchChanges(ModuleOp onnx, ModuleOp module, const CompileOptions &options,
                   const rt::ChipDescription &description, const Assessment &found, std::vector<FitChange> &changes) {
  chip::MappingOptions mapping = options.mapping;
  mapping.objective = chip::Objective::Cores;
  const bool trains = options.network.mode == Mode::Train;
  ChangeSearch search{onnx, options.network, description, mapping, changes};
  search.reduce("batch", &ConvertOnnxToWageOptions::batch, 1);
  search.reduce("weights", &ConvertOnnxToWageOptions::weights, 1);
  search.reduce("activations", &ConvertOnnxToWageOptions::activations, 2);
  if (trains) {
    search.reduce("gradients", &ConvertOnnxToWageOptions::gradients, std::max(2, options.network.weights));
    search.addRecomputed(module);
  }
  search.addChips(module, found);
}

/// The listed chips that take a network as it is. Errors: a chip that cannot be read; reported.
LogicalResult addFittingChips(ModuleOp module, StringRef spikeCode, std::vector<std::string> &names) {
  chip::MappingOptions mapping;
  mapping.spikeCode = spikeCode.str();
  for (const ListedChip &listed : getListedChips()) {
    llvm::Expected<rt::ChipDescription> chip = loadChip(listed.name);
    if (!chip)
      return module.emitError() << llvm::toString(chip.takeError());
    // A chip that does not speak the code is no way out; its diagnostic is of no interest.
    ScopedDiagnosticHandler silence(module.getContext(), [](Diagnostic &) { return success(); });
    FailureOr<Assessment> found = chip::assess(module, *chip, mapping, /*onlyWhetherFits=*/true);
    if (succeeded(found) && found->fits())
      names.push_back(listed.name.str());
  }
  return success();
}

} // namespace

FailureOr<FitReport> makeFitReport(ModuleOp onnx, StringRef network, const CompileOptions &options,
                                   const rt::ChipDescription &description) {
  OwningOpRef<ModuleOp> module = lowerToInteger(onnx, options.network);
  if (!module)
    return failure();
  FailureOr<Assessment> found = chip::assess(*module, description, options.mapping);
  if (failed(found))
    return failure();
  FitReport report = describeNetwork(options.network);
  report.network = network.str();
  report.chip = description.name;
  report.group = found->group;
  report.fits = found->fits();
  report.limits = found->limits;
  if (report.fits && description.spikes.fixedTicks && !options.mapping.watchTicks &&
      failed(addLinkOfTick(*module, options, report)))
    return failure();
  if (!found->fits() && !lacksCapability(*found))
    searchChanges(onnx, *module, options, description, *found, report.changes);
  if (failed(addFittingChips(*module, options.mapping.spikeCode, report.fittingChips)))
    return failure();
  return report;
}

} // namespace wage
