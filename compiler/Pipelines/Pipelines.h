//===- Pipelines.h - which pass follows which ----------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_PIPELINES_PIPELINES_H
#define WAGE_COMPILER_PIPELINES_PIPELINES_H

#include "compiler/Pipelines/CompileOptions.h"

#include "mlir/Pass/PassManager.h"

namespace wage {

/// Each function appends the passes of one stage; every stage ends with the proof that its level is reached. Passes run on
/// the module.

/// A file's float graph in the few forms that later levels know, computing the same. With `training`, what training counts on
/// stays: layers, weights and the order of their numbers.
void buildOnnxCanonicalPipeline(mlir::OpPassManager &passes, bool training);
/// The float graph in canonical form and, with samples in `options`, its channels in sizes that suit grids.
void buildFloatPipeline(mlir::OpPassManager &passes, const CompileOptions &options);
/// Such a graph to wage, on grids that the samples choose; for training also the training step.
void buildQuantizePipeline(mlir::OpPassManager &passes, const CompileOptions &options);
/// Both: onnx to wage.
void buildOnnxToWagePipeline(mlir::OpPassManager &passes, const CompileOptions &options);
/// wage to integer, with proved widths.
void buildWageToIntegerPipeline(mlir::OpPassManager &passes);
/// integer to a placed program for `chip`, without addresses. Cores and packing of `placement` are the mapping's.
void buildPlacementPipeline(mlir::OpPassManager &passes, llvm::StringRef chip, const chip::MappingOptions &mapping,
                            const chip::ChipPlacePassOptions &placement);
/// integer to a placed and allocated program for `chip`.
void buildIntegerToChipPipeline(mlir::OpPassManager &passes, llvm::StringRef chip, const chip::MappingOptions &mapping,
                                const chip::ChipPlacePassOptions &placement);
/// The whole way.
void buildOnnxToChipPipeline(mlir::OpPassManager &passes, const CompileOptions &options);

/// Makes the stages available to wage-opt as --wage-onnx-canonical-pipeline, --wage-onnx-to-wage-pipeline,
/// --wage-to-integer-pipeline, --wage-integer-to-chip-pipeline and --wage-onnx-to-chip-pipeline, with the options of
/// wage-translate.
void registerPipelines();

} // namespace wage

#endif // WAGE_COMPILER_PIPELINES_PIPELINES_H
