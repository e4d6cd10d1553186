//===- wage-opt.cpp - every dialect and pass of wage, one at a time ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Exits with 0, or with 1 if the input is wrong or a pass failed.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/Passes.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "compiler/Conversion/OnnxToWage/Passes.h"
#include "compiler/Conversion/WageToInteger/Passes.h"
#include "compiler/FloatTransforms/Passes.h"
#include "compiler/Interpreter/Passes.h"
#include "compiler/Pipelines/Pipelines.h"
#include "compiler/Quantization/Passes.h"
#include "compiler/Synthetic/Passes.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Validation/LevelCheck.h"
#include "dialects/check/IR/CheckOps.h"
#include "dialects/chip/IR/ChipOps.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/wage/IR/WageOps.h"
#include "runtime/Format/Version.h"
#include "runtime/Support/ReadFile.h"
#include "tools/OutputFile/OutputFile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SourceMgr.h"

namespace {

constexpr char examples[] = R"(
EXAMPLES:

  The levels of a network, one pipeline after another:
    wage-translate --import-onnx lenet.onnx -o lenet.mlir
    wage-opt lenet.mlir --wage-onnx-to-wage-pipeline="mode=train" --mlir-print-debuginfo -o wage.mlir
    wage-opt wage.mlir --wage-to-integer-pipeline --integer-print-bounds --mlir-print-debuginfo -o integer.mlir
    wage-opt integer.mlir --wage-integer-to-chip-pipeline="chip=generic-64" --mlir-print-debuginfo -o chip.mlir
    wage-translate --chip-to-binary chip.mlir -o chip.wbin
  Whether any of these passes changes what the network computes:
    wage-opt lenet.mlir --wage-onnx-to-chip-pipeline="mode=train chip=generic-64" --verify-each-level \
        --level-images=i.npy --level-labels=l.npy --level-batch=4 -o chip.mlir
  One pass by itself:
    wage-opt wage.mlir --wage-verify-level

Exit status: 0 done, 1 the input or the usage is wrong; a shell shows 130 and 143 where SIGINT or SIGTERM
ended it.
)";

llvm::cl::OptionCategory levelCategory("Checking what passes do to a network");
llvm::cl::opt<bool> verifyEachLevel{
    "verify-each-level", llvm::cl::cat(levelCategory),
    llvm::cl::desc(
        "Interpret the module behind every pass on sample images and compare with the pass before: floats to a\n"
        "thousandth, integers exactly, chip programs on both engines. One line each on standard error")};
llvm::cl::opt<std::string> levelImages{"level-images", llvm::cl::cat(levelCategory), llvm::cl::value_desc("F.npy"),
                                       llvm::cl::desc("uint8 images, [samples, channels, height, width]; needed")};
llvm::cl::opt<std::string> levelLabels{"level-labels", llvm::cl::cat(levelCategory), llvm::cl::value_desc("F.npy"),
                                       llvm::cl::desc("Their classes: modules that train also train")};
llvm::cl::opt<int64_t> levelBatch{"level-batch", llvm::cl::cat(levelCategory), llvm::cl::init(1),
                                  llvm::cl::desc("Samples per step (default 1)")};
llvm::cl::list<int64_t> levelRates{"level-lr-log2", llvm::cl::cat(levelCategory), llvm::cl::CommaSeparated,
                                   llvm::cl::desc("Base-two logarithm of the learning rate, one per step (default 0)")};

/// Prints an error. Always fails.
llvm::LogicalResult fail(const llvm::Twine &text) {
  llvm::errs() << "wage-opt: error: " << text << "\n";
  return llvm::failure();
}

/// What MlirOptMain does with one module, with the check behind each pass.
llvm::LogicalResult runChecked(llvm::raw_ostream &out, std::unique_ptr<llvm::MemoryBuffer> input,
                               mlir::DialectRegistry &registry) {
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects(false);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(input), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
  if (!module)
    return llvm::failure();
  wage::interpreter::RunOptions samples;
  samples.imagesPath = levelImages, samples.labelsPath = levelLabels, samples.batch = levelBatch;
  samples.lrLog2.assign(levelRates.begin(), levelRates.end());
  if (samples.lrLog2.empty())
    samples.lrLog2.push_back(0);
  wage::validation::LevelCheck check(samples, llvm::errs());
  check.look(*module, "the input");
  mlir::PassManager passes(&context);
  if (check.hasFailed() || failed(mlir::MlirOptMainConfig::createFromCLOptions().setupPassPipeline(passes)))
    return llvm::failure();
  passes.addInstrumentation(std::make_unique<wage::validation::LevelCheckInstrumentation>(check));
  if (failed(passes.run(*module)) || check.hasFailed())
    return llvm::failure();
  module->print(out);
  out << '\n';
  return llvm::success();
}

/// Runs the passes from file to file. MlirOptMain given a path writes in place, and removes what stood there when a pass
/// fails; here the output is whole or not there. Nothing is written if it fails.
llvm::LogicalResult runFile(llvm::StringRef input, llvm::StringRef output, mlir::DialectRegistry &registry) {
  if (verifyEachLevel && levelImages.empty())
    return fail("--verify-each-level needs --level-images=F.npy");
  if (input == "-" && llvm::sys::Process::StandardInIsUserInput())
    llvm::errs() << "(reading standard input, which Ctrl-D ends)\n";
  std::string text;
  std::unique_ptr<llvm::MemoryBuffer> module = mlir::openInputFile(input, &text);
  if (!module)
    return fail(text);
  llvm::Expected<std::unique_ptr<wage::OutputFile>> file = wage::OutputFile::open(output);
  if (!file)
    return fail(llvm::toString(file.takeError()));
  llvm::raw_ostream &out = (*file)->os();
  if (failed(verifyEachLevel
                 ? runChecked(out, std::move(module), registry)
                 : mlir::MlirOptMain(out, std::move(module), registry, mlir::MlirOptMainConfig::createFromCLOptions())))
    return llvm::failure();
  llvm::Error problem = (*file)->keep();
  return problem ? fail(llvm::toString(std::move(problem))) : llvm::success();
}

/// Whether all input files can be read to an end. Pipes of the shell, /dev/fd/N, may be given; other pipes and devices may
/// have no end. Errors: printed.
bool checkInputs(llvm::ArrayRef<char *> arguments) {
  llvm::StringRef before;
  for (llvm::StringRef argument : arguments) {
    const bool isInput =
        !argument.starts_with("-") && before != "-o" && !argument.starts_with("/dev/fd/") && argument != "/dev/stdin";
    before = argument;
    if (!isInput)
      continue;
    if (wage::rt::Status status = wage::rt::checkRegularFile(argument.str()); !status.ok()) {
      llvm::errs() << "wage-opt: error: " << argument << ": " << status.text() << "\n";
      return false;
    }
  }
  return true;
}

} // namespace

int main(int argc, char **argv) {
  const llvm::InitLLVM init(argc, argv);
  const llvm::cl::extrahelp help(examples);
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << wage::rt::versionText() << "\n"; });
  if (!checkInputs({argv + 1, argv + argc}))
    return 1;
  mlir::DialectRegistry registry;
  registry.insert<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::ml_program::MLProgramDialect,
                  wage::WageDialect, wage::check::CheckDialect, wage::chip::ChipDialect, wage::integer::IntegerDialect,
                  wage::onnxir::OnnxDialect>();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  wage::onnxir::registerFloatTransformsPasses();
  wage::registerOnnxToWagePasses();
  wage::registerQuantizationPasses();
  wage::registerTransformsPasses();
  wage::registerWageToIntegerPasses();
  wage::registerAnalysisPasses();
  wage::registerInterpreterPasses();
  wage::registerSyntheticPasses();
  wage::registerIntegerToChipPasses();
  wage::registerPipelines();
  const auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv, "wage-opt: every dialect and pass of wage, one at a time\n", registry);
  const mlir::MlirOptMainConfig config = mlir::MlirOptMainConfig::createFromCLOptions();
  // Lists need no input.
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, input, output, registry));
  return mlir::asMainReturnCode(runFile(input, output, registry));
}
