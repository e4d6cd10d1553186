//===- HostAttributes.cpp - the model's own tensors as attributes ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace wage::chip {

namespace {

static_assert(static_cast<uint8_t>(rt::HostFunctionKind::Reshape) == static_cast<uint32_t>(HostFunctionKind::Reshape) &&
                  getMaxEnumValForHostFunctionKind() + 1 == rt::hostFunctionKinds,
              "the attribute's functions are those of the binary");

// The attributes' verifiers have bounded every extent.
std::vector<uint32_t> extentsOf(DenseI64ArrayAttr numbers) {
  return std::vector<uint32_t>(numbers.asArrayRef().begin(), numbers.asArrayRef().end());
}

std::vector<double> factorsOf(DenseF64ArrayAttr factors) {
  return factors ? factors.asArrayRef().vec() : std::vector<double>();
}

rt::Rearrangement orderOf(HostOrderAttr order) {
  if (!order)
    return {};
  return {order.getSizes().asArrayRef().vec(), order.getFrom().asArrayRef().vec(), order.getTo().asArrayRef().vec()};
}

rt::HostFunction functionOf(HostFunctionAttr f) {
  return {static_cast<rt::HostFunctionKind>(f.getKind()), static_cast<uint32_t>(f.getAxis()), f.getKeepDims(),
          f.getLast(), f.getShape() ? extentsOf(f.getShape()) : std::vector<uint32_t>()};
}

struct HostWriter {
  Builder b;

  DenseI64ArrayAttr extents(const std::vector<uint32_t> &list) {
    return b.getDenseI64ArrayAttr(SmallVector<int64_t>(list.begin(), list.end()));
  }
  DenseF64ArrayAttr factors(const std::vector<double> &list) {
    return list.empty() ? DenseF64ArrayAttr() : b.getDenseF64ArrayAttr(list);
  }
  HostOrderAttr order(const rt::Rearrangement &o) {
    if (rt::isIdentity(o))
      return {};
    return HostOrderAttr::get(b.getContext(), b.getDenseI64ArrayAttr(o.sizes), b.getDenseI64ArrayAttr(o.from),
                              b.getDenseI64ArrayAttr(o.to));
  }
  Attribute function(const rt::HostFunction &f) {
    const bool isReshape = f.kind == rt::HostFunctionKind::Reshape;
    return HostFunctionAttr::get(b.getContext(), static_cast<HostFunctionKind>(f.kind), f.axis, f.keepDims, f.last,
                                 isReshape ? extents(f.shape) : DenseI64ArrayAttr());
  }
  HostInputAttr input(const rt::HostInput &i) {
    return HostInputAttr::get(b.getContext(), extents(i.shape), i.batch, b.getF64FloatAttr(i.step), i.bits,
                              factors(i.scale), factors(i.offset), order(i.order));
  }
  HostOutputAttr output(const rt::HostOutput &o) {
    ArrayAttr functions;
    if (!o.functions.empty())
      functions =
          b.getArrayAttr(llvm::map_to_vector(o.functions, [&](const rt::HostFunction &f) { return function(f); }));
    return HostOutputAttr::get(b.getContext(), extents(o.shape), o.batch, b.getF64FloatAttr(o.step), order(o.order),
                               functions);
  }
};

} // namespace

void readHostAttributes(ModuleOp module, rt::Program &program) {
  if (auto input = module->getAttrOfType<HostInputAttr>(WageDialect::inputAttr))
    program.input = {extentsOf(input.getShape()),        static_cast<uint32_t>(input.getBatch()),
                     factorsOf(input.getScale()),        factorsOf(input.getOffset()),
                     input.getStep().getValueAsDouble(), static_cast<uint32_t>(input.getBits()),
                     orderOf(input.getOrder())};
  auto output = module->getAttrOfType<HostOutputAttr>(WageDialect::outputAttr);
  if (!output)
    return;
  program.output = {extentsOf(output.getShape()),
                    static_cast<uint32_t>(output.getBatch()),
                    output.getStep().getValueAsDouble(),
                    orderOf(output.getOrder()),
                    {}};
  if (output.getFunctions())
    for (auto function : output.getFunctions().getAsRange<HostFunctionAttr>())
      program.output->functions.push_back(functionOf(function));
}

void writeHostAttributes(const rt::Program &program, ModuleOp module) {
  HostWriter writer{Builder(module.getContext())};
  module->removeAttr(WageDialect::inputAttr);
  module->removeAttr(WageDialect::outputAttr);
  if (program.input)
    module->setAttr(WageDialect::inputAttr, writer.input(*program.input));
  if (program.output)
    module->setAttr(WageDialect::outputAttr, writer.output(*program.output));
}

} // namespace wage::chip
