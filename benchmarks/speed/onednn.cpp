//===- onednn.cpp - the products of single layers, by oneDNN --------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-onednn --product=forward|transposed|outer --type=s8|f32|bf16 --channels=C --width=N [--kernel=3] [--side=32]
//        [--batch=128]
// Answers `run N` with the seconds of one product of a convolution padded to keep its side (of kernel and side 1: a fully
// connected layer), in whatever
// layouts oneDNN likes best; images and errors stay in them. Types: of errors, weights and images; forward with s8 takes
// images of u8 and gives u8, transposed gives s32, outer with s8 there is none. Exit code 3: oneDNN has no such product.
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/speed/Server.h"

#include <dnnl.hpp>

#include <unordered_map>

using namespace dnnl;
using namespace wage::speed;

namespace {
struct Shape {
  memory::dims images, weights, outputs, strides, pads;
};

/// A product with its memory.
struct Product {
  primitive run;
  std::unordered_map<int, memory> operands;
};

using Type = memory::data_type;
} // namespace

static memory::desc anyLayout(const memory::dims &dims, Type type) { return {dims, type, memory::format_tag::any}; }

/// Memory in the layout wanted, filled with small numbers: what of them is meant does not matter to the speed.
static memory filled(const memory::desc &description, const engine &cpu) {
  memory operand(description, cpu);
  const std::vector<int8_t> numbers = smallNumbers<int8_t>(description.get_size());
  const bool isFloat = description.data_type() == Type::f32;
  if (isFloat)
    for (size_t i = 0; i < numbers.size() / 4; ++i)
      static_cast<float *>(operand.get_data_handle())[i] = float(numbers[i]);
  else if (description.data_type() == Type::bf16)
    for (size_t i = 0; i < numbers.size() / 2; ++i)
      static_cast<uint16_t *>(operand.get_data_handle())[i] = uint16_t(0x3f80 + numbers[i]);
  else
    std::copy(numbers.begin(), numbers.end(), static_cast<int8_t *>(operand.get_data_handle()));
  return operand;
}

static Product makeForward(const Shape &shape, Type type, const engine &cpu, primitive_attr attributes) {
  const Type outer = type == Type::s8 ? Type::u8 : type;
  convolution_forward::desc description(prop_kind::forward_inference, algorithm::convolution_direct,
                                        anyLayout(shape.images, outer), anyLayout(shape.weights, type),
                                        anyLayout(shape.outputs, outer), shape.strides, shape.pads, shape.pads);
  const convolution_forward::primitive_desc chosen(description, attributes, cpu);
  return {convolution_forward(chosen),
          {{DNNL_ARG_SRC, filled(chosen.src_desc(), cpu)},
           {DNNL_ARG_WEIGHTS, filled(chosen.weights_desc(), cpu)},
           {DNNL_ARG_DST, filled(chosen.dst_desc(), cpu)},
           {DNNL_ARG_SCRATCHPAD, memory(chosen.scratchpad_desc(), cpu)}}};
}

/// There is no integer gradient of the input; a deconvolution computes the same sums forward, and has one.
static Product makeTransposedOfBytes(const Shape &shape, const engine &cpu, primitive_attr attributes) {
  const memory::dims turned = {shape.weights[1], shape.weights[0], shape.weights[2], shape.weights[3]};
  deconvolution_forward::desc description(prop_kind::forward_inference, algorithm::deconvolution_direct,
                                          anyLayout(shape.outputs, Type::s8), anyLayout(turned, Type::s8),
                                          anyLayout(shape.images, Type::s32), shape.strides, shape.pads, shape.pads);
  const deconvolution_forward::primitive_desc chosen(description, attributes, cpu);
  return {deconvolution_forward(chosen),
          {{DNNL_ARG_SRC, filled(chosen.src_desc(), cpu)},
           {DNNL_ARG_WEIGHTS, filled(chosen.weights_desc(), cpu)},
           {DNNL_ARG_DST, filled(chosen.dst_desc(), cpu)},
           {DNNL_ARG_SCRATCHPAD, memory(chosen.scratchpad_desc(), cpu)}}};
}

static convolution_forward::primitive_desc hintFor(const Shape &shape, Type type, const engine &cpu) {
  return {{prop_kind::forward_training, algorithm::convolution_direct, anyLayout(shape.images, type),
           anyLayout(shape.weights, type), anyLayout(shape.outputs, type), shape.strides, shape.pads, shape.pads},
          cpu};
}

static Product makeTransposed(const Shape &shape, Type type, const engine &cpu, primitive_attr attributes) {
  if (type == Type::s8)
    return makeTransposedOfBytes(shape, cpu, attributes);
  convolution_backward_data::desc description(algorithm::convolution_direct, anyLayout(shape.images, type),
                                              anyLayout(shape.weights, type), anyLayout(shape.outputs, type),
                                              shape.strides, shape.pads, shape.pads);
  const convolution_backward_data::primitive_desc chosen(description, attributes, cpu, hintFor(shape, type, cpu));
  return {convolution_backward_data(chosen),
          {{DNNL_ARG_DIFF_DST, filled(chosen.diff_dst_desc(), cpu)},
           {DNNL_ARG_WEIGHTS, filled(chosen.weights_desc(), cpu)},
           {DNNL_ARG_DIFF_SRC, filled(chosen.diff_src_desc(), cpu)},
           {DNNL_ARG_SCRATCHPAD, memory(chosen.scratchpad_desc(), cpu)}}};
}

static Product makeOuter(const Shape &shape, Type type, const engine &cpu, primitive_attr attributes) {
  convolution_backward_weights::desc description(algorithm::convolution_direct, anyLayout(shape.images, type),
                                                 anyLayout(shape.weights, Type::f32), anyLayout(shape.outputs, type),
                                                 shape.strides, shape.pads, shape.pads);
  const convolution_backward_weights::primitive_desc chosen(description, attributes, cpu, hintFor(shape, type, cpu));
  return {convolution_backward_weights(chosen),
          {{DNNL_ARG_SRC, filled(chosen.src_desc(), cpu)},
           {DNNL_ARG_DIFF_DST, filled(chosen.diff_dst_desc(), cpu)},
           {DNNL_ARG_DIFF_WEIGHTS, filled(chosen.diff_weights_desc(), cpu)},
           {DNNL_ARG_SCRATCHPAD, memory(chosen.scratchpad_desc(), cpu)}}};
}

static Product makeProduct(const std::string &product, const Shape &shape, Type type, const engine &cpu) {
  primitive_attr attributes;
  attributes.set_scratchpad_mode(scratchpad_mode::user);
  if (product == "outer")
    return makeOuter(shape, type, cpu, attributes);
  if (product == "transposed")
    return makeTransposed(shape, type, cpu, attributes);
  if (type == Type::s8)
    attributes.set_output_scales(0, {1.0f / 256});
  return makeForward(shape, type, cpu, attributes);
}

static Shape shapeOf(int argc, char **argv) {
  const auto number = [&](const char *name, int otherwise) {
    return memory::dim(numberOption(argc, argv, name, otherwise));
  };
  const memory::dim batch = number("--batch", 128), channels = number("--channels", 128),
                    width = number("--width", 128);
  const memory::dim kernel = number("--kernel", 3), side = number("--side", 32), pad = kernel / 2;
  return {
      {batch, channels, side, side}, {width, channels, kernel, kernel}, {batch, width, side, side}, {1, 1}, {pad, pad}};
}

int main(int argc, char **argv) {
  const std::string name = option(argc, argv, "--type", "s8"), product = option(argc, argv, "--product", "forward");
  const Type type = name == "f32" ? Type::f32 : name == "bf16" ? Type::bf16 : Type::s8;
  const engine cpu(engine::kind::cpu, 0);
  stream order(cpu);
  try {
    Product made = makeProduct(product, shapeOf(argc, argv), type, cpu);
    const version_t *version = dnnl_version();
    char what[64];
    std::snprintf(what, sizeof what, "oneDNN %d.%d.%d", version->major, version->minor, version->patch);
    return serve(what, [&] {
      made.run.execute(order, made.operands);
      order.wait();
    });
  } catch (const error &problem) {
    std::fprintf(stderr, "benchmark-onednn: no %s of %s: %s\n", product.c_str(), name.c_str(), problem.what());
    return 3;
  }
}
