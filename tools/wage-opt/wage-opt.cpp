//===- wage-opt.cpp - every dialect and pass of wage, one at a time ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//


#include "dialects/check/IR/CheckOps.h"
#include "dialects/integer/IR/IntegerOps.h"
#ifdef HAVE_WageOnnxDialect
#include "dialects/onnx/IR/OnnxOps.h"
#endif
#ifdef HAVE_WageWageDialect
#include "dialects/wage/IR/WageOps.h"
#endif
#ifdef HAVE_WageChipDialect
#include "dialects/chip/IR/ChipOps.h"
#endif
#ifdef HAVE_WageOnnxToWage
#include "compiler/Conversion/OnnxToWage/Passes.h"
#endif
#ifdef HAVE_WageTransforms
#include "compiler/Transforms/Passes.h"
#endif
#ifdef HAVE_WageWageToInteger
#include "compiler/Conversion/WageToInteger/Passes.h"
#endif
#ifdef HAVE_WageIntegerToChip
#include "compiler/Conversion/IntegerToChip/Passes.h"
#endif
#ifdef HAVE_WageAnalysis
#include "compiler/Analysis/Passes.h"
#endif
#ifdef HAVE_WageInterpreter
#include "compiler/Interpreter/Passes.h"
#endif

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::ml_program::MLProgramDialect,
                  wage::check::CheckDialect, wage::integer::IntegerDialect>();
#ifdef HAVE_WageOnnxDialect
  registry.insert<wage::onnxir::OnnxDialect>();
#endif
#ifdef HAVE_WageWageDialect
  registry.insert<wage::WageDialect>();
#endif
#ifdef HAVE_WageChipDialect
  registry.insert<wage::chip::ChipDialect>();
#endif
  mlir::registerTransformsPasses();
#ifdef HAVE_WageOnnxToWage
  wage::registerOnnxToWagePasses();
#endif
#ifdef HAVE_WageTransforms
  wage::registerTransformsPasses();
#endif
#ifdef HAVE_WageWageToInteger
  wage::registerWageToIntegerPasses();
#endif
#ifdef HAVE_WageIntegerToChip
  wage::registerIntegerToChipPasses();
#endif
#ifdef HAVE_WageAnalysis
  wage::registerAnalysisPasses();
#endif
#ifdef HAVE_WageInterpreter
  wage::registerInterpreterPasses();
#endif
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "wage optimiser driver\n", registry));
}
