//===- onednn.cpp - the products of single layers, by oneDNN --------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Usage: benchmark-onednn --product=forward|transposed|outer --type=s8|f32|bf16 --channels=C --width=N
//                         [--kernel=3] [--side=32] [--batch=128]
// Answers `run N` with the seconds of one product of a convolution padded to keep its side (of kernel and side 1: a
// fully connected layer), in whatever layouts oneDNN likes best; images and errors stay in them. Types: of errors,
// weights and images; forward with s8 takes images of u8 and gives u8, transposed gives s32, outer with s8 there is
// none. Exit code 3: oneDNN has no such product.
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

  bool isFull() const { return images.size() == 2; }
};

struct Machine {
  engine cpu;
  primitive_attr attributes;
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

/// What the gradients of a convolution want to know of its forward product.
static convolution_forward::primitive_desc hintFor(const Shape &shape, Type type, const engine &cpu) {
  return {{prop_kind::forward_training, algorithm::convolution_direct, anyLayout(shape.images, type),
           anyLayout(shape.weights, type), anyLayout(shape.outputs, type), shape.strides, shape.pads, shape.pads},
          cpu};
}

/// A primitive with its operands and results, in the layouts that it has chosen.
template <typename Primitive, typename Chosen>
static Product assemble(const Chosen &chosen, const engine &cpu, std::initializer_list<int> arguments) {
  Product made = {Primitive(chosen), {{DNNL_ARG_SCRATCHPAD, memory(chosen.scratchpad_desc(), cpu)}}};
  for (const int argument : arguments)
    made.operands.emplace(argument, filled(chosen.query_md(query::exec_arg_md, argument), cpu));
  return made;
}

static Product makeForward(const Shape &shape, Type type, const Machine &machine) {
  const Type bytes = type == Type::s8 ? Type::u8 : type;
  const auto images = anyLayout(shape.images, bytes), weights = anyLayout(shape.weights, type),
             outputs = anyLayout(shape.outputs, bytes);
  if (shape.isFull())
    return assemble<inner_product_forward>(
        inner_product_forward::primitive_desc({prop_kind::forward_inference, images, weights, outputs},
                                              machine.attributes, machine.cpu),
        machine.cpu, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST});
  return assemble<convolution_forward>(
      convolution_forward::primitive_desc({prop_kind::forward_inference, algorithm::convolution_direct, images, weights,
                                           outputs, shape.strides, shape.pads, shape.pads},
                                          machine.attributes, machine.cpu),
      machine.cpu, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST});
}

/// There is no integer gradient of the input. A deconvolution, or a product with turned weights, computes the same sums
/// forward, and has one.
static Product makeTransposedOfBytes(const Shape &shape, const Machine &machine) {
  memory::dims turned = shape.weights;
  std::swap(turned[0], turned[1]);
  const auto errors = anyLayout(shape.outputs, Type::s8), weights = anyLayout(turned, Type::s8),
             results = anyLayout(shape.images, Type::s32);
  if (shape.isFull())
    return assemble<inner_product_forward>(
        inner_product_forward::primitive_desc({prop_kind::forward_inference, errors, weights, results},
                                              machine.attributes, machine.cpu),
        machine.cpu, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST});
  return assemble<deconvolution_forward>(
      deconvolution_forward::primitive_desc({prop_kind::forward_inference, algorithm::deconvolution_direct, errors,
                                             weights, results, shape.strides, shape.pads, shape.pads},
                                            machine.attributes, machine.cpu),
      machine.cpu, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST});
}

static Product makeTransposed(const Shape &shape, Type type, const Machine &machine) {
  const auto images = anyLayout(shape.images, type), weights = anyLayout(shape.weights, type),
             errors = anyLayout(shape.outputs, type);
  const std::initializer_list<int> arguments = {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC};
  if (shape.isFull())
    return assemble<inner_product_backward_data>(
        inner_product_backward_data::primitive_desc(
            {images, weights, errors}, machine.attributes, machine.cpu,
            {{prop_kind::forward_training, images, weights, errors}, machine.cpu}),
        machine.cpu, arguments);
  return assemble<convolution_backward_data>(
      convolution_backward_data::primitive_desc(
          {algorithm::convolution_direct, images, weights, errors, shape.strides, shape.pads, shape.pads},
          machine.attributes, machine.cpu, hintFor(shape, type, machine.cpu)),
      machine.cpu, arguments);
}

static Product makeOuter(const Shape &shape, Type type, const Machine &machine) {
  const auto images = anyLayout(shape.images, type), gradient = anyLayout(shape.weights, Type::f32),
             errors = anyLayout(shape.outputs, type);
  const std::initializer_list<int> arguments = {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS};
  if (shape.isFull())
    return assemble<inner_product_backward_weights>(
        inner_product_backward_weights::primitive_desc(
            {images, gradient, errors}, machine.attributes, machine.cpu,
            {{prop_kind::forward_training, images, anyLayout(shape.weights, type), errors}, machine.cpu}),
        machine.cpu, arguments);
  return assemble<convolution_backward_weights>(
      convolution_backward_weights::primitive_desc(
          {algorithm::convolution_direct, images, gradient, errors, shape.strides, shape.pads, shape.pads},
          machine.attributes, machine.cpu, hintFor(shape, type, machine.cpu)),
      machine.cpu, arguments);
}

static Product makeProduct(const std::string &product, const Shape &shape, Type type, const engine &cpu) {
  Machine machine = {cpu, {}};
  machine.attributes.set_scratchpad_mode(scratchpad_mode::user);
  if (product == "outer")
    return makeOuter(shape, type, machine);
  if (product == "transposed")
    return type == Type::s8 ? makeTransposedOfBytes(shape, machine) : makeTransposed(shape, type, machine);
  if (type == Type::s8)
    machine.attributes.set_output_scales(0, {1.0f / 256});
  return makeForward(shape, type, machine);
}

static Shape shapeOf(int argc, char **argv) {
  const auto number = [&](const char *name, int otherwise) {
    return memory::dim(numberOption(argc, argv, name, otherwise));
  };
  const memory::dim batch = number("--batch", 128), channels = number("--channels", 128),
                    width = number("--width", 128);
  const memory::dim kernel = number("--kernel", 3), side = number("--side", 32), pad = kernel / 2;
  if (kernel == 1 && side == 1)
    return {{batch, channels}, {width, channels}, {batch, width}, {}, {}};
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
