//===- ChannelClassesTest.cpp - which channels are scaled alike ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/ChannelClasses.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

namespace {

using namespace mlir;
using namespace wage;

/// The classes of the values of a network.
class Network {
public:
  explicit Network(const std::string &body) {
    context.loadDialect<onnxir::OnnxDialect, func::FuncDialect>();
    module = parseSourceString<ModuleOp>(body, &context);
    if (module)
      classes.emplace(module->lookupSymbol<func::FuncOp>("main"), constants);
  }

  /// Of each channel of the result of the node called `name`.
  std::vector<int64_t> of(StringRef name) const {
    std::vector<int64_t> result;
    ModuleOp whole = module.get();
    whole.walk([&](Operation *op) {
      auto loc = dyn_cast<NameLoc>(op->getLoc());
      if (loc && loc.getName() == name)
        for (int64_t c = 0; c < classes->channels(op->getResult(0)); ++c)
          result.push_back(classes->classOf(op->getResult(0), c));
    });
    return result;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  onnxir::Constants constants;
  std::optional<ChannelClasses> classes;
};

using Classes = std::vector<int64_t>;

/// A convolution of 1x1 from `channels` channels of 4x4 to `neurons`.
std::string conv(StringRef result, StringRef input, int channels, int neurons, int groups = 1) {
  const auto shape = [](int count) { return "tensor<?x" + std::to_string(count) + "x4x4xf32>"; };
  const std::string weights =
      "tensor<" + std::to_string(neurons) + "x" + std::to_string(channels / groups) + "x1x1xf32>";
  return ("%w_" + result + " = onnx.constant \"w_" + result + "\", value = dense<1.0> : " + weights + "\n%" + result +
          " = onnx.conv %" + input + ", %w_" + result +
          ", strides = [1, 1], pads = [0, 0, 0, 0] group = " + Twine(groups) + " : (" + shape(channels) + ", " +
          weights + ") -> " + shape(neurons) + " loc(\"" + result + "\")\n")
      .str();
}

std::string relu(StringRef result, StringRef input, int channels) {
  return ("%" + result + " = onnx.relu %" + input + " : tensor<?x" + Twine(channels) + "x4x4xf32> loc(\"" + result +
          "\")\n")
      .str();
}

/// A function of an input of 2 channels of 4x4.
std::string function(const std::string &body, const std::string &output, const std::string &type) {
  return "func.func @main(%x: tensor<?x2x4x4xf32>) -> " + type + " {\n" + body + "return %" + output + " : " + type +
         "\n}";
}

const char *const fourChannels = "tensor<?x4x4x4xf32>";

TEST(ChannelClasses, ReluAndPoolsLetNumbersPass) {
  const Network network(function(conv("a", "x", 2, 3) + relu("b", "a", 3) +
                                     R"(%c = onnx.max_pool %b, kernel = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
                                          : tensor<?x3x4x4xf32> -> tensor<?x3x4x4xf32> loc("c")
                                        %d = onnx.average_pool %c, kernel = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0]
                                          : tensor<?x3x4x4xf32> -> tensor<?x3x4x4xf32> loc("d")
                                        %e = onnx.unary leaky_relu %d, alpha = 0.125 : tensor<?x3x4x4xf32> loc("e"))"
                                     "\n" +
                                     conv("f", "e", 3, 4),
                                 "f", fourChannels));
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("a"), Classes({1, 2, 3}));
  for (StringRef value : {"b", "c", "d", "e"})
    EXPECT_EQ(network.of(value), network.of("a")) << value.str();
  EXPECT_EQ(network.of("f"), Classes(4, 0)); // the output
  EXPECT_EQ(network.classes->size(), 4);
}

TEST(ChannelClasses, InputIsFixed) {
  const Network network(function(relu("a", "x", 2) + conv("b", "a", 2, 4), "b", fourChannels));
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("a"), Classes({0, 0}));
  EXPECT_EQ(network.classes->size(), 1);
}

TEST(ChannelClasses, SummandsShare) {
  const Network network(function(conv("a", "x", 2, 3) + relu("b", "a", 3) + conv("c", "b", 3, 3) +
                                     "%d = onnx.add %b, %c : tensor<?x3x4x4xf32>, tensor<?x3x4x4xf32> loc(\"d\")\n" +
                                     conv("e", "d", 3, 2) + relu("f", "e", 2) + conv("g", "f", 2, 4),
                                 "g", fourChannels));
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("a"), Classes({1, 2, 3}));
  EXPECT_EQ(network.of("c"), Classes({1, 2, 3}));
  EXPECT_EQ(network.of("d"), Classes({1, 2, 3}));
  EXPECT_EQ(network.of("e"), Classes({4, 5}));
}

TEST(ChannelClasses, ConcatHandsOnTheClassesOfEach) {
  const Network network(
      function(conv("a", "x", 2, 2) + conv("b", "x", 2, 1) +
                   "%c = onnx.concat %b, %a, %b axis = 1 : (tensor<?x1x4x4xf32>, tensor<?x2x4x4xf32>, "
                   "tensor<?x1x4x4xf32>) -> tensor<?x4x4x4xf32> loc(\"c\")\n" +
                   conv("d", "c", 4, 4),
               "d", fourChannels));
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("a"), Classes({1, 2}));
  EXPECT_EQ(network.of("b"), Classes({3}));
  EXPECT_EQ(network.of("c"), Classes({3, 1, 2, 3}));
}

TEST(ChannelClasses, ConcatWithTheInputIsFixedThere) {
  const Network network(function(conv("a", "x", 2, 2) +
                                     "%b = onnx.concat %a, %x axis = 1 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> "
                                     "tensor<?x4x4x4xf32> loc(\"b\")\n" +
                                     conv("c", "b", 4, 4),
                                 "c", fourChannels));
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("b"), Classes({1, 2, 0, 0}));
}

TEST(ChannelClasses, ReshapesSpreadChannelsAndGatherThem) {
  const Network network(function(conv("a", "x", 2, 3) +
                                     R"(%b = onnx.flatten %a : tensor<?x3x4x4xf32> -> tensor<?x48xf32> loc("b")
                                        %c = onnx.reshape %b : tensor<?x48xf32> -> tensor<?x3x16xf32> loc("c")
                                        %d = onnx.reshape %c : tensor<?x3x16xf32> -> tensor<?x2x24xf32> loc("d")
                                        %e = onnx.constant "e", value = dense<1.0> : tensor<48x4xf32>
                                        %f = onnx.gemm %b, %e : (tensor<?x48xf32>, tensor<48x4xf32>) -> tensor<?x4xf32>)"
                                     "\n",
                                 "f", "tensor<?x4xf32>"));
  ASSERT_TRUE(network.classes);
  // Two channels of 24 numbers hold one and a half of three each: all share.
  EXPECT_EQ(network.of("a"), Classes({1, 1, 1}));
  EXPECT_EQ(network.of("d"), Classes({1, 1}));
  EXPECT_EQ(network.of("b"), Classes(48, 1));

  const Network back(function(conv("a", "x", 2, 3) +
                                  R"(%b = onnx.flatten %a : tensor<?x3x4x4xf32> -> tensor<?x48xf32> loc("b")
                                     %c = onnx.reshape %b : tensor<?x48xf32> -> tensor<?x3x4x4xf32> loc("c"))"
                                  "\n" +
                                  conv("d", "c", 3, 4),
                              "d", fourChannels));
  ASSERT_TRUE(back.classes);
  EXPECT_EQ(back.of("a"), Classes({1, 2, 3}));
  EXPECT_EQ(back.of("c"), Classes({1, 2, 3}));
  Classes flat;
  for (int64_t channel : {1, 2, 3})
    flat.insert(flat.end(), 16, channel);
  EXPECT_EQ(back.of("b"), flat);
}

TEST(ChannelClasses, WhatLetsNoNumberPassIsFixed) {
  const Network network(function(conv("a", "x", 2, 3) + conv("b", "x", 2, 3) + conv("c", "x", 2, 1) +
                                     R"(%d = onnx.unary sigmoid %a : tensor<?x3x4x4xf32> loc("d")
                                        %e = onnx.binary mul %d, %b : (tensor<?x3x4x4xf32>, tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32> loc("e")
                                        %f = onnx.binary add %e, %c : (tensor<?x3x4x4xf32>, tensor<?x1x4x4xf32>) -> tensor<?x3x4x4xf32> loc("f"))"
                                     "\n" +
                                     conv("g", "f", 3, 4),
                                 "g", fourChannels));
  ASSERT_TRUE(network.classes);
  for (StringRef value : {"a", "b", "c", "d", "e", "f", "g"})
    for (int64_t index : network.of(value))
      EXPECT_EQ(index, 0) << value.str();
  EXPECT_EQ(network.of("c"), Classes({0})); // one channel for three
}

TEST(ChannelClasses, GroupsEndClassesToo) {
  const Network network(function(conv("a", "x", 2, 4) + relu("b", "a", 4) + conv("c", "b", 4, 4, /*groups=*/4) +
                                     relu("d", "c", 4) + conv("e", "d", 4, 4, /*groups=*/2),
                                 "e", fourChannels));
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("b"), Classes({1, 2, 3, 4}));
  EXPECT_EQ(network.of("d"), Classes({5, 6, 7, 8}));
}

TEST(ChannelClasses, LayersWithComputedWeightsAreFixed) {
  const Network network(R"(func.func @main(%x: tensor<?x2xf32>, %w: tensor<2x2xf32>) -> tensor<?x2xf32> {
    %a = onnx.gemm %x, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("a")
    %b = onnx.relu %a : tensor<?x2xf32> loc("b")
    %c = onnx.gemm %b, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32> loc("c")
    return %c : tensor<?x2xf32>
  })");
  ASSERT_TRUE(network.classes);
  EXPECT_EQ(network.of("b"), Classes({0, 0}));
}

} // namespace
