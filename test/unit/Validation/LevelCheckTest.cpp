//===- LevelCheckTest.cpp - passes that change what a network computes -------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Validation/LevelCheck.h"

#include "compiler/Interpreter/Npy.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/onnx/IR/OnnxOps.h"
#include "dialects/wage/IR/WageOps.h"
#include "test/unit/Data/TemporaryFolder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace wage;
using namespace wage::validation;

namespace {

class LevelChecks : public ::testing::Test {
protected:
  void SetUp() override {
    context.loadDialect<func::FuncDialect, ml_program::MLProgramDialect, WageDialect, integer::IntegerDialect,
                        onnxir::OnnxDialect>();
    samples.imagesPath = folder.path("images.npy");
    samples.batch = 2;
    interpreter::Tensor images({3, 1, 2, 2});
    for (size_t i = 0; i < images.elements.size(); ++i)
      images.elements[i] = static_cast<int64_t>(i * 21);
    ASSERT_FALSE(bool(interpreter::writeNpy(samples.imagesPath, images)));
  }

  OwningOpRef<ModuleOp> parse(const std::string &text) {
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return module;
  }

  /// A layer of the integer level, which takes pixels as they are, up to 127.
  OwningOpRef<ModuleOp> integerLayer(const std::string &weights) {
    std::string table;
    for (int i = 0; i < 256; ++i)
      table += (i ? ", " : "") + std::to_string(std::min(i, 127));
    return parse(
        R"(
      module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8, random = 16, rounding = half_even, batch = 4>} {
        ml_program.global private @w(dense<)" +
        weights +
        R"(> : tensor<2x4xi8>) : tensor<2x4xi8> {wage.layer = "y", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
        func.func @infer(%image: tensor<?x1x2x2xui8>) -> tensor<?x2xi32> {
          %w = ml_program.global_load_const @w : tensor<2x4xi8>
          %0 = integer.table %image, table = dense<[)" +
        table + R"(]> : tensor<256xi8> : tensor<?x1x2x2xui8> -> tensor<?x1x2x2xi8>
          %1 = integer.reshape %0 : tensor<?x1x2x2xi8> -> tensor<?x4xi8>
          %2 = integer.matmul %1, %w {wage.trace = "out"} : tensor<?x4xi8>, tensor<2x4xi8> -> tensor<?x2xi32>
          return %2 : tensor<?x2xi32>
        }
      })");
  }

  /// Looks at two modules, one behind the other; returns what is reported of the second.
  std::string difference(ModuleOp first, ModuleOp second) {
    std::string found, lines;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      found += diagnostic.str();
      return success();
    });
    llvm::raw_string_ostream out(lines);
    LevelCheck check(samples, out);
    check.look(first, "one");
    EXPECT_FALSE(check.hasFailed()) << found;
    check.look(second, "two");
    EXPECT_EQ(check.hasFailed(), !found.empty()) << lines;
    return found;
  }

  rt::test::TemporaryFolder folder;
  MLIRContext context;
  interpreter::RunOptions samples;
};

TEST_F(LevelChecks, IntegersMustBeEqual) {
  const char *weights = "[[1, -1, 1, 0], [0, 1, 1, -1]]";
  OwningOpRef<ModuleOp> layer = integerLayer(weights);
  EXPECT_EQ(difference(*layer, *integerLayer(weights)), "");
  EXPECT_EQ(difference(*layer, *integerLayer("[[1, -1, 1, 0], [0, 1, 1, 0]]")),
            "the integer level behind 'two' does not compute what the integer level behind 'one' does: "
            "'untrained.logits': 3 of 6 elements differ, the first number 1: 0 and 63");
}

TEST_F(LevelChecks, FloatsMustBeNear) {
  auto scaled = [&](const std::string &factor) {
    return parse(R"(
      func.func @main(%x: tensor<?x1x2x2xf32>) -> tensor<?x1x2x2xf32> {
        %c = onnx.constant "c", value = dense<)" +
                 factor + R"(> : tensor<1xf32>
        %y = onnx.binary mul %x, %c : (tensor<?x1x2x2xf32>, tensor<1xf32>) -> tensor<?x1x2x2xf32>
        return %y : tensor<?x1x2x2xf32>
      })");
  };
  EXPECT_EQ(difference(*scaled("2.0"), *scaled("2.0001")), "");
  EXPECT_NE(difference(*scaled("2.0"), *scaled("2.01")).find("12 real outputs"), std::string::npos);
}

TEST_F(LevelChecks, WhatCannotBeInterpretedFails) {
  OwningOpRef<ModuleOp> layer = integerLayer("[[1, -1, 1, 0], [0, 1, 1, -1]]");
  OwningOpRef<ModuleOp> other = integerLayer("[[1, -1, 1, 0], [0, 1, 1, -1]]");
  other->lookupSymbol<func::FuncOp>("infer").setName("deduce");
  EXPECT_NE(difference(*layer, *other).find("has no function @infer"), std::string::npos);
}

} // namespace
