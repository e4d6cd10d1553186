//===- Commands.cpp - the translations of wage-translate ---------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/Commands.h"

#include "compiler/Conversion/WageToInteger/Passes.h"
#include "compiler/Export/OnnxExporter.h"
#include "compiler/Fit/FitReport.h"
#include "compiler/Import/OnnxImporter.h"
#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Quantization/AccuracyReport.h"
#include "compiler/Quantization/CalibrationData.h"
#include "dialects/chip/IR/ChipOps.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "runtime/Support/ReadFile.h"
#include "runtime/Support/Text.h"
#include "targets/Binary/Encoder.h"
#include "targets/ChipModel/ChipReader.h"
#include "tools/wage-translate/CompileProfile.h"
#include "tools/wage-translate/DiagnosticPrinter.h"
#include "tools/OutputFile/OutputFile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace wage {

namespace {

/// Prints `module` with its locations: they hold the names of the ONNX nodes, which the later levels need.
ExitStatus printModule(ModuleOp module, StringRef output) {
  auto file = OutputFile::open(output.empty() ? "-" : output);
  if (!file)
    return fail(exitInputWrong, toString(file.takeError()));
  module->print((*file)->os(), OpPrintingFlags().enableDebugInfo());
  (*file)->os() << "\n";
  if (llvm::Error problem = (*file)->keep())
    return fail(exitInputWrong, toString(std::move(problem)));
  return exitDone;
}

ExitStatus writeBytes(const char *bytes, size_t count, OutputFile &file) {
  file.os().write(bytes, count);
  if (llvm::Error problem = file.keep())
    return fail(exitInputWrong, toString(std::move(problem)));
  return exitDone;
}

/// Writes the binary of a program of the chip level.
ExitStatus encodeModule(ModuleOp module, OutputFile &file) {
  std::vector<uint8_t> bytes;
  if (failed(encodeProgram(module, bytes)))
    return exitInputWrong;
  return writeBytes(reinterpret_cast<const char *>(bytes.data()), bytes.size(), file);
}

/// Writes a module of the integer level as ONNX.
ExitStatus exportModule(ModuleOp module, OutputFile &file) {
  FailureOr<std::string> bytes = exportOnnx(module);
  return succeeded(bytes) ? writeBytes(bytes->data(), bytes->size(), file) : exitInputWrong;
}

/// A module in MLIR's text, of the given dialects; `-` is standard input, else what may have no end is refused. Null after an
/// error, which has been said.
template <typename... Dialects> OwningOpRef<ModuleOp> readModule(StringRef input, MLIRContext &context) {
  if (rt::Status status = input == "-" ? rt::Status() : rt::checkRegularFile(input.str()); !status.ok()) {
    fail(exitInputWrong, input + ": " + status.text());
    return nullptr;
  }
  context.loadDialect<Dialects...>();
  return parseSourceFile<ModuleOp>(input, &context);
}

/// The float graph of an ONNX file, or of a module of the onnx level in MLIR's text. Null after an error.
OwningOpRef<ModuleOp> readNetwork(StringRef input, MLIRContext &context) {
  if (!input.ends_with(".mlir"))
    return importOnnxFile(input, context);
  return readModule<onnxir::OnnxDialect, func::FuncDialect, ml_program::MLProgramDialect>(input, context);
}

/// Prints what `print` writes, in which names of nodes are the file's, for a terminal.
void printReport(llvm::raw_ostream &out, llvm::function_ref<void(llvm::raw_ostream &)> print) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  print(stream);
  out << rt::linesWithoutControls(text);
}

/// Where the chip is what refused, the report says of every limit by how much, and what would fit.
void explainRefusal(StringRef input, const CompileOptions &options) {
  MLIRContext context;
  ScopedDiagnosticHandler silence(&context, [](Diagnostic &) { return success(); }); // has been said
  OwningOpRef<ModuleOp> module = readNetwork(input, context);
  auto chip = loadChip(options.chip);
  if (!chip)
    return llvm::consumeError(chip.takeError());
  if (!module)
    return;
  FailureOr<FitReport> report = makeFitReport(*module, llvm::sys::path::filename(input), options, *chip);
  if (succeeded(report) && !report->fits)
    printReport(llvm::errs(), [&](llvm::raw_ostream &out) { printFitText(*report, out); });
}

/// Where a report goes: beside a result on standard output it would be part of it.
llvm::raw_ostream &reportStream(const OutputFile &result) {
  return result.isStandardOutput() ? llvm::errs() : llvm::outs();
}

/// Corrects the biases, and reports how far the integers are from the floats on the samples that the grids were chosen by.
LogicalResult compareWithFloats(ModuleOp floats, ModuleOp integers, const OnnxCalibrateOptions &calibration,
                                llvm::raw_ostream &out) {
  const SampleSource source{
      calibration.images, calibration.input, calibration.limit, {calibration.pixelScale, calibration.pixelOffset}};
  auto samples = readSamples(source, matchInput(floats.lookupSymbol<func::FuncOp>("main")));
  if (!samples)
    return floats.emitError() << toString(samples.takeError());
  FailureOr<AccuracyReport> report = correctBiases(floats, integers, *samples);
  if (failed(report))
    return failure();
  printReport(out, [&](llvm::raw_ostream &stream) { printAccuracy(*report, stream); });
  warnOfLostLayers(*report, floats.getLoc());
  return success();
}

LogicalResult runPasses(ModuleOp module, CompileProfile *profile, llvm::function_ref<void(OpPassManager &)> build) {
  PassManager passes(module.getContext());
  build(passes);
  if (profile)
    passes.addInstrumentation(profile->makeInstrumentation());
  return passes.run(module);
}

/// Down to the integer level, with a report where grids are chosen from samples; `profile` may be null.
LogicalResult lowerToInteger(ModuleOp module, CompileProfile *profile, const CompileOptions &options,
                             llvm::raw_ostream &out) {
  const auto run = [&](auto build) { return runPasses(module, profile, build); };
  if (failed(run([&](OpPassManager &passes) { buildFloatPipeline(passes, options); })))
    return failure();
  OwningOpRef<ModuleOp> floats;
  if (options.calibration)
    floats = module.clone();
  else if (options.network.mode == Mode::Infer && options.network.init == Initialization::Pretrained)
    module.emitWarning("no samples to choose grids from: every activation is clipped at 1 (see --calibrate-images)");
  if (failed(run([&](OpPassManager &passes) { buildQuantizePipeline(passes, options); })))
    return failure();
  if (floats && failed(compareWithFloats(*floats, module, *options.calibration, out)))
    return failure();
  return run(buildWageToIntegerPipeline);
}

/// The whole way; `profile` may be null.
ExitStatus compile(StringRef input, OutputFile &file, CompileProfile *profile, const CompileOptions &options) {
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  CompileProfile::begin(profile, "import");
  OwningOpRef<ModuleOp> module = readNetwork(input, context);
  CompileProfile::end(profile);
  if (!module)
    return exitInputWrong;
  if (failed(lowerToInteger(*module, profile, options, reportStream(file))))
    return exitInputWrong;
  if (failed(runPasses(*module, profile, [&](OpPassManager &passes) {
        buildIntegerToChipPipeline(passes, options.chip, options.mapping, options.placement);
      }))) {
    explainRefusal(input, options);
    return exitInputWrong;
  }
  CompileProfile::begin(profile, "encode");
  const ExitStatus status = encodeModule(*module, file);
  CompileProfile::end(profile);
  return status;
}

bool isChipFile(StringRef nameOrPath) { return nameOrPath.ends_with(".yaml"); }

} // namespace

ExitStatus fail(ExitStatus status, const llvm::Twine &text) {
  llvm::errs() << "wage-translate: error: " << toLine(text.str()) << "\n";
  return status;
}

ExitStatus importOnnxCommand(StringRef input, StringRef output) {
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  OwningOpRef<ModuleOp> module = importOnnxFile(input, context, BatchPolicy::OpenOrFixed);
  return module ? printModule(*module, output) : exitInputWrong;
}

ExitStatus onnxToChipCommand(StringRef input, StringRef output, StringRef profilePath, const CompileOptions &options) {
  // The chip first: a typing error should not cost the time of a compilation.
  if (auto chip = loadChip(options.chip); !chip)
    return fail(isChipFile(options.chip) ? exitInputWrong : exitUsageWrong, toString(chip.takeError()));
  if (const std::string &keep = options.placement.keep; !keep.empty())
    if (rt::Status status = rt::checkRegularFile(keep); !status.ok())
      return fail(exitInputWrong, keep + ": " + status.text());
  auto file = OutputFile::open(output);
  if (!file)
    return fail(exitInputWrong, toString(file.takeError()));
  if (profilePath.empty())
    return compile(input, **file, nullptr, options);
  auto profileFile = OutputFile::open(profilePath);
  if (!profileFile)
    return fail(exitInputWrong, toString(profileFile.takeError()));
  CompileProfile profile;
  const ExitStatus status = compile(input, **file, &profile, options);
  profile.write((*profileFile)->os());
  if (llvm::Error problem = (*profileFile)->keep())
    return fail(exitInputWrong, toString(std::move(problem)));
  return status;
}

ExitStatus exportOnnxCommand(StringRef input, StringRef output, const CompileOptions &options) {
  auto file = OutputFile::open(output);
  if (!file)
    return fail(exitInputWrong, toString(file.takeError()));
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  OwningOpRef<ModuleOp> module = readNetwork(input, context);
  if (!module)
    return exitInputWrong;
  return failed(lowerToInteger(*module, nullptr, options, reportStream(**file))) ? exitInputWrong
                                                                                 : exportModule(*module, **file);
}

ExitStatus integerToOnnxCommand(StringRef input, StringRef output) {
  auto file = OutputFile::open(output);
  if (!file)
    return fail(exitInputWrong, toString(file.takeError()));
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  OwningOpRef<ModuleOp> module = readModule<integer::IntegerDialect, WageDialect, ml_program::MLProgramDialect,
                                            func::FuncDialect, arith::ArithDialect>(input, context);
  if (!module)
    return exitInputWrong;
  PassManager passes(&context);
  passes.addPass(createIntegerVerifyLevel());
  return failed(passes.run(*module)) ? exitInputWrong : exportModule(*module, **file);
}

ExitStatus checkCommand(StringRef input, const CompileOptions &options, bool asJson) {
  auto chip = loadChip(options.chip);
  if (!chip)
    return fail(isChipFile(options.chip) ? exitInputWrong : exitUsageWrong, toString(chip.takeError()));
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  std::vector<std::string> problems;
  ScopedDiagnosticHandler collect(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      problems.push_back(formatDiagnostic(diagnostic, llvm::sys::path::filename(input)));
    return failure(); // the printer goes on
  });
  FailureOr<FitReport> report = failure();
  if (OwningOpRef<ModuleOp> module = readNetwork(input, context))
    report = makeFitReport(*module, llvm::sys::path::filename(input), options, *chip);
  if (succeeded(report)) {
    if (asJson)
      printFitJson(*report, llvm::outs());
    else
      printReport(llvm::outs(), [&](llvm::raw_ostream &out) { printFitText(*report, out); });
    return report->fits ? exitDone : exitInputWrong;
  }
  if (asJson)
    llvm::outs() << llvm::formatv("{0:2}\n",
                                  llvm::json::Value(llvm::json::Object{{"network", llvm::sys::path::filename(input)},
                                                                       {"supported", false},
                                                                       {"problems", llvm::json::Array(problems)}}));
  return exitInputWrong;
}

ExitStatus chipToBinaryCommand(StringRef input, StringRef output) {
  auto file = OutputFile::open(output);
  if (!file)
    return fail(exitInputWrong, toString(file.takeError()));
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  OwningOpRef<ModuleOp> module =
      readModule<chip::ChipDialect, WageDialect, ml_program::MLProgramDialect>(input, context);
  return module ? encodeModule(*module, **file) : exitInputWrong;
}

ExitStatus binaryToChipCommand(StringRef input, StringRef output) {
  rt::Expected<std::vector<uint8_t>> bytes = rt::readFile(input.str());
  if (!bytes)
    return fail(exitInputWrong, input + ": " + bytes.status().text());
  MLIRContext context;
  DiagnosticPrinter printer(context, input);
  // A folder's name in the text would make it differ from one machine to the next.
  OwningOpRef<ModuleOp> module =
      decodeProgram(*bytes, NameLoc::get(StringAttr::get(&context, llvm::sys::path::filename(input))));
  return module ? printModule(*module, output) : exitInputWrong;
}

} // namespace wage
