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
#include "dialects/check/IR/CheckOps.h"
#include "dialects/chip/IR/ChipOps.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/wage/IR/WageOps.h"
#include "runtime/Support/ReadFile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

#include "llvm/Support/CommandLine.h"

namespace {

constexpr char examples[] = R"(
EXAMPLES:

  The levels of a network, one pipeline after another:
    wage-translate --import-onnx lenet.onnx -o lenet.mlir
    wage-opt lenet.mlir --wage-onnx-to-wage-pipeline="mode=train" --mlir-print-debuginfo -o wage.mlir
    wage-opt wage.mlir --wage-to-integer-pipeline --integer-print-bounds --mlir-print-debuginfo -o integer.mlir
    wage-opt integer.mlir --wage-integer-to-chip-pipeline="chip=generic-64" --mlir-print-debuginfo -o chip.mlir
    wage-translate --chip-to-binary chip.mlir -o chip.wbin
  One pass by itself:
    wage-opt wage.mlir --wage-verify-level

Exit status: 0 done, 1 the input or the usage is wrong; a shell shows 130 and 143 where SIGINT or SIGTERM
ended it.
)";

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
  const llvm::cl::extrahelp help(examples);
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
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "wage-opt: every dialect and pass of wage, one at a time\n", registry));
}
