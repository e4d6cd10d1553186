//===- ChipOps.cpp - the chip dialect -----------------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/chip/IR/ChipOps.h"

#include "runtime/Format/Opcodes.h"
#include "runtime/Numerics/Rearrangement.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace wage::chip;

#include "dialects/chip/IR/ChipDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/chip/IR/ChipOps.cpp.inc"

void ChipDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/chip/IR/ChipOps.cpp.inc"
      >();
}

namespace {

/// Whether `pair` has two entries, each at least `least` and of 31 bits: a program has no room for more.
bool isPair(ArrayRef<int64_t> pair, int64_t least) {
  return pair.size() == 2 && llvm::all_of(pair, [least](int64_t n) { return n >= least && n <= INT32_MAX; });
}

bool isElementType(Type type) {
  return llvm::any_of(ArrayRef<unsigned>{1, 8, 16, 32, 64}, [type](unsigned n) { return type.isSignlessInteger(n); });
}

/// A number, or the name of one of the template's parameters.
bool isNumberOrParameter(Attribute attribute, TemplateOp parent) {
  if (auto number = dyn_cast<IntegerAttr>(attribute))
    return number.getType().isSignlessInteger(32);
  auto name = dyn_cast<StringAttr>(attribute);
  return name && llvm::is_contained(parent.getParameters().getAsRange<StringAttr>(), name);
}

} // namespace

//===----------------------------------------------------------------------===//
// Program and its tables
//===----------------------------------------------------------------------===//

/// Here and not in the template's verifier, since to find the phases takes a walk over the program, which may have a million ops.
static LogicalResult verifyStreams(TemplateOp op, ArrayRef<PhaseOp> phases) {
  // template_c2
  const auto *next = phases.begin();
  for (StreamOp stream : op.getBody().getOps<StreamOp>()) {
    next = std::find_if(next, phases.end(), [&](PhaseOp phase) { return phase.getSymName() == stream.getPhase(); });
    if (next == phases.end())
      return stream.emitOpError() << "phase '" << stream.getPhase()
                                  << "' must be a phase of the program that comes after the streams before it";
    ++next;
  }
  return success();
}

LogicalResult ProgramOp::verifyRegions() {
  // program_c1
  if (getInputShape().size() != 3 || getState().size() != 3)
    return emitOpError() << "input and state must have 3 entries, got " << getInputShape().size() << " and "
                         << getState().size();
  const int64_t tables = static_cast<int64_t>(getEncoderTable().size() / 256);
  if (getEncoderTable().size() % 256 != 0 || (tables != 1 && tables != getInputShape()[0]))
    return emitOpError() << "encoder_table must have 256 entries, or 256 for each of " << getInputShape()[0]
                         << " channels, got " << getEncoderTable().size();
  if (!isElementType(getInputType()))
    return emitOpError() << "input type must be i1, i8, i16, i32 or i64, got " << getInputType();
  // program_c2
  const auto phases = llvm::to_vector(getBody().getOps<PhaseOp>());
  const int64_t infer = static_cast<int32_t>(getInferPhases());
  if (infer < 1 || infer > static_cast<int64_t>(phases.size()))
    return emitOpError() << "infer_phases must be 1 to " << phases.size() << ", got " << infer;
  for (TemplateOp op : getBody().getOps<TemplateOp>())
    if (failed(verifyStreams(op, phases)))
      return failure();
  return success();
}

LogicalResult LayerOp::verify() {
  // layer_c1
  if (!isPair(getInputPlane(), 1) || !isPair(getKernel(), 1) || !isPair(getStrides(), 1) || !isPair(getPads(), 0) ||
      !isPair(getOutputPlane(), 1) || (getDilations() && !isPair(*getDilations(), 1)))
    return emitOpError(
        "planes, kernel, strides and dilations must be pairs of positive numbers below 2^31, pads not negative");
  if (static_cast<int64_t>(getScaleLog2().size()) != static_cast<int64_t>(getNeurons()))
    return emitOpError() << "scale_log2 must have one entry per neuron, got " << getScaleLog2().size() << " for "
                         << getNeurons() << " neurons";
  // layer_c2
  const int64_t window = getKernel()[0] * getKernel()[1];
  if (static_cast<int64_t>(getRows()) < 1 || getRows() % window != 0)
    return emitOpError() << "rows must be a positive multiple of the kernel size " << window << ", got " << getRows();
  // layer_c3
  const int64_t groups = getGroups().value_or(1), channels = getRows() / window, neurons = getNeurons();
  if (groups < 1 || channels % groups != 0 || neurons % groups != 0)
    return emitOpError() << "groups must divide the " << channels << " channels and the " << neurons << " neurons, got "
                         << groups;
  return success();
}

LogicalResult PoolOp::verify() {
  // pool_c1
  if (!isPair(getInputPlane(), 1) || !isPair(getKernel(), 1) || !isPair(getStrides(), 1) || !isPair(getPads(), 0) ||
      !isPair(getOutputPlane(), 1))
    return emitOpError("planes, kernel and strides must be pairs of positive numbers below 2^31, pads not negative");
  if (getPads()[0] >= getKernel()[0] || getPads()[1] >= getKernel()[1])
    return emitOpError("each pad must be smaller than the kernel");
  return success();
}

LogicalResult TablesOp::verify() {
  // tables_c1
  const uint32_t bits = getBits();
  if (bits < 2 || bits > 16)
    return emitOpError() << "bits must be 2 to 16, got " << static_cast<int32_t>(bits);
  if (getEntries().empty() || getEntries().size() % (size_t(1) << bits) != 0)
    return emitOpError() << "entries must be a multiple of " << (1 << bits) << ", got " << getEntries().size();
  if (!isElementType(getType()))
    return emitOpError() << "element type must be i1, i8, i16, i32 or i64, got " << getType();
  return success();
}

LogicalResult MoveOp::verify() {
  // move_c1
  const rt::Rearrangement move{getSizes().vec(), getFrom().vec(), getTo().vec()};
  const std::string problem =
      rt::checkRearrangement(move, static_cast<int64_t>(getInElements()), static_cast<int64_t>(getOutElements()));
  return problem.empty() ? success() : LogicalResult(emitOpError() << problem);
}

LogicalResult AssemblyOp::verify() {
  // assembly_c1
  const size_t parts = getSources().size();
  if (getBegins().size() != parts || getElements().size() != parts)
    return emitOpError() << "every part must have a begin and a number of elements, got " << parts << " sources, "
                         << getBegins().size() << " begins and " << getElements().size() << " numbers";
  for (auto [source, begin, elements] : llvm::zip_equal(getSources(), getBegins(), getElements())) {
    auto symbol = dyn_cast<SymbolRefAttr>(source);
    auto text = dyn_cast<StringAttr>(source);
    if (symbol ? symbol.getNestedReferences().size() != 1 : !text || text.getValue() != "image")
      return emitOpError() << "a source must be @template::@buffer or \"image\", got " << source;
    if (begin < 0 || elements < 1)
      return emitOpError() << "a part must begin at 0 or later and have an element, got " << elements << " from "
                           << begin << " on";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Templates
//===----------------------------------------------------------------------===//

LogicalResult TemplateOp::verifyRegions() {
  // template_c1
  llvm::StringSet<> names;
  for (auto name : getParameters().getAsRange<StringAttr>())
    if (!names.insert(name.getValue()).second)
      return emitOpError() << "parameter '" << name.getValue() << "' is declared twice";
  return success();
}

LogicalResult BufferOp::verify() {
  auto parent = (*this)->getParentOfType<TemplateOp>();
  // buffer_c1
  if (!isElementType(getType()))
    return emitOpError() << "element type must be i1, i8, i16, i32 or i64, got " << getType();
  // buffer_c2
  if (!llvm::is_contained(ArrayRef<StringRef>{"sample", "batch", "step"}, getLifetime()))
    return emitOpError() << "lifetime must be 'sample', 'batch' or 'step', got '" << getLifetime() << "'";
  // buffer_c3
  if (!isNumberOrParameter(getElements(), parent) || !isNumberOrParameter(getAddress(), parent) ||
      (getFirstEntry() && !isNumberOrParameter(*getFirstEntry(), parent)))
    return emitOpError("elements, address and first_entry must be i32 numbers or parameters of the template");
  // buffer_c4
  if (getTables().has_value() != getFirstEntry().has_value())
    return emitOpError("tables and first_entry must stand together");
  // buffer_c5
  if (getSlots() && (static_cast<int32_t>(*getSlots()) < 2 || getLifetime() != "sample"))
    return emitOpError() << "slots must be more than one, of a buffer that lives for a sample, got "
                         << static_cast<int32_t>(*getSlots()) << " of lifetime '" << getLifetime() << "'";
  return success();
}

LogicalResult InstOp::verify() {
  // inst_c1
  const rt::OpcodeInfo *info = rt::findOpcode(std::string_view(getMnemonic()));
  if (!info)
    return emitOpError() << "'" << getMnemonic() << "' is not in the opcode table";
  // inst_c2
  if (getFields().size() != info->fields.size())
    return emitOpError() << "'" << getMnemonic() << "' must have " << info->fields.size() << " fields, got "
                         << getFields().size();
  auto parent = (*this)->getParentOfType<TemplateOp>();
  for (const rt::FieldInfo &field : info->fields) {
    const StringRef name(field.name.data(), field.name.size());
    Attribute value = getFields().get(name);
    if (!value)
      return emitOpError() << "'" << getMnemonic() << "' needs field '" << name << "'";
    // inst_c3
    if (field.isBuffer()) {
      auto symbol = dyn_cast<FlatSymbolRefAttr>(value);
      if (!symbol || !isa_and_nonnull<BufferOp>(parent.lookupSymbol(symbol.getAttr())))
        return emitOpError() << "field '" << name << "' must name a buffer of the template, got " << value;
    } else if (!isNumberOrParameter(value, parent)) {
      return emitOpError() << "field '" << name << "' must be an i32 number or a parameter of the template, got "
                           << value;
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Cores, routes, ports
//===----------------------------------------------------------------------===//

LogicalResult CoreOp::verify() {
  // core_c1
  for (ArrayRef<int64_t> range : {getRows(), getNeurons()})
    if (!isPair(range, 0) || range[0] > range[1])
      return emitOpError("rows and neurons must be pairs [begin, end] with begin <= end, below 2^31");
  if (auto position = getPosition(); position && !isPair(*position, 0))
    return emitOpError("position must be a pair of numbers below 2^31 that are not negative");
  // core_c2
  if (getLinks().size() % 2 != 0)
    return emitOpError() << "links must be pairs (route, offset), got " << getLinks().size() << " numbers";
  return success();
}

LogicalResult RouteOp::verify() {
  // route_c1
  if (getDestinations().empty())
    return emitOpError("must have a destination");
  if (!isElementType(getType()))
    return emitOpError() << "element type must be i1, i8, i16, i32 or i64, got " << getType();
  // route_c2: only the lower bound is local; the level's verifier knows how many cores there are.
  const auto source = static_cast<int32_t>(getSource());
  if (source < -1 || llvm::any_of(getDestinations(), [](int32_t core) { return core < -1; }))
    return emitOpError("source and destinations must be cores of the program or -1, the host");
  // route_c3
  if (!getCode())
    return success();
  if (!llvm::is_contained(ArrayRef<StringRef>{"graded", "rate", "phase"}, *getCode()))
    return emitOpError() << "code must be 'graded', 'rate' or 'phase', got '" << *getCode() << "'";
  if (!getType().isInteger(8) && !getType().isInteger(16))
    return emitOpError() << "events carry elements of i8 or i16, got " << getType();
  return success();
}

LogicalResult HostPortOp::verify() {
  // host_port_c1
  if (!llvm::is_contained(ArrayRef<StringRef>{"image", "labels", "control", "logits"}, getData()))
    return emitOpError() << "data must be 'image', 'labels', 'control' or 'logits', got '" << getData() << "'";
  return success();
}

LogicalResult TraceOp::verify() {
  // trace_c1
  if (!llvm::is_contained(
          ArrayRef<StringRef>{"slice", "weights", "step", "masters", "error_exponent", "gradient_exponent"}, getKind()))
    return emitOpError() << "kind '" << getKind() << "' is none of the six kinds of trace points";
  // trace_c2
  if (getRows() && (getRows()->size() != 2 || llvm::any_of(*getRows(), [](int64_t n) { return n < 0; })))
    return emitOpError() << "rows must be a first row and a count, not negative";
  return success();
}
