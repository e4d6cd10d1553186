//===- ChipAttribute.cpp - the chip as a dictionary ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

//
// One visitor names every field once; one archive writes with it, another reads.
//
//===---------------------------------------------------------------------------===//

#include "dialects/chip/Program/ProgramIR.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace wage::chip {

namespace {

template <typename Archive> void visitFields(Archive &a, rt::LearningCapabilities &l) {
  a("transposed_read", l.transposedRead);
  a("outer_product", l.outerProduct);
  a("max_reduce", l.maxReduce);
  a("master_bits", l.masterBits);
  a("random_bits", l.randomBits);
}

template <typename Archive> void visitFields(Archive &a, rt::CoreGroup &g) {
  a("name", g.name);
  a("first_x", g.firstX);
  a("first_y", g.firstY);
  a("columns", g.columns);
  a("rows", g.rows);
  a("axons", g.axons);
  a("neurons", g.neurons);
  a("weight_bits", g.weightBits);
  a("axons_per_weight", g.axonsPerWeight);
  a("synapse_bytes", g.synapseBytes);
  a("data_bytes", g.dataBytes);
  a("data_bytes_per_cycle", g.dataBytesPerCycle);
  a("macs_per_cycle", g.macsPerCycle);
  a("accumulator_bits", g.accumulatorBits);
  a("reduce_fan_in", g.reduceFanIn);
  a("learning", g.learning);
}

template <typename Archive> void visitFields(Archive &a, rt::NocDescription &n) {
  a("multicast", n.multicast);
  a("link_bytes_per_cycle", n.linkBytesPerCycle);
  a("hop_cycles", n.hopCycles);
  a("inter_chip_bytes_per_cycle", n.interChipBytesPerCycle);
  a("inter_chip_cycles", n.interChipCycles);
}

template <typename Archive> void visitFields(Archive &a, rt::OffChipDescription &o) {
  a("bytes", o.bytes);
  a("port_x", o.portX);
  a("port_y", o.portY);
  a("bytes_per_cycle", o.bytesPerCycle);
}

template <typename Archive> void visitFields(Archive &a, rt::EnergyDescription &e) {
  a("mac_pj", e.macPj);
  a("memory_byte_pj", e.memoryBytePj);
  a("hop_byte_pj", e.hopBytePj);
  a("off_chip_byte_pj", e.offChipBytePj);
}

template <typename Archive> void visitFields(Archive &a, rt::SpikeDescription &s) {
  a("codes", s.codes);
  a("event_bytes", s.eventBytes);
  a("tick_cycles", s.tickCycles);
  a("fixed_ticks", s.fixedTicks);
}

template <typename Archive> void visitFields(Archive &a, rt::ChipDescription &c) {
  a("name", c.name);
  a("grid_columns", c.gridColumns);
  a("grid_rows", c.gridRows);
  a("chip_columns", c.chipColumns);
  a("chip_rows", c.chipRows);
  a("clock_megahertz", c.clockMegahertz);
  a("groups", c.groups);
  a("noc", c.noc);
  a("off_chip", c.offChip);
  a("energy", c.energy);
  a("spikes", c.spikes);
  a("faulty_cores", c.faultyCores);
}

struct AttributeWriter {
  Builder builder;
  SmallVector<NamedAttribute> fields;

  explicit AttributeWriter(MLIRContext *context) : builder(context) {}

  Attribute make(bool &v) { return builder.getBoolAttr(v); }
  Attribute make(uint32_t &v) { return builder.getI64IntegerAttr(v); }
  Attribute make(uint64_t &v) { return builder.getI64IntegerAttr(static_cast<int64_t>(v)); }
  Attribute make(double &v) { return builder.getF64FloatAttr(v); }
  Attribute make(std::string &v) { return builder.getStringAttr(v); }
  Attribute make(rt::SpikeCode &v) { return builder.getStringAttr(rt::spikeCodeName(v)); }
  template <typename T> Attribute make(std::vector<T> &items) {
    SmallVector<Attribute> list;
    for (T &item : items)
      list.push_back(make(item));
    return builder.getArrayAttr(list);
  }
  template <typename T> Attribute make(T &structure) {
    AttributeWriter nested(builder.getContext());
    visitFields(nested, structure);
    return builder.getDictionaryAttr(nested.fields);
  }
  template <typename T> void operator()(StringRef name, T &field) {
    fields.push_back(builder.getNamedAttr(name, make(field)));
  }
};

struct AttributeReader {
  DictionaryAttr dictionary;
  llvm::function_ref<InFlightDiagnostic()> emitError;
  bool failed = false;

  void fail(StringRef name, StringRef needed) {
    if (!failed)
      emitError() << "chip description: field '" << name << "' must be " << needed;
    failed = true;
  }
  void take(StringRef name, Attribute a, bool &field) {
    if (auto v = dyn_cast_or_null<BoolAttr>(a))
      field = v.getValue();
    else
      fail(name, "true or false");
  }
  template <typename T> void takeNumber(StringRef name, Attribute a, T &field) {
    auto v = dyn_cast_or_null<IntegerAttr>(a);
    if (v && v.getInt() >= 0 && static_cast<uint64_t>(v.getInt()) <= std::numeric_limits<T>::max())
      field = static_cast<T>(v.getInt());
    else
      fail(name, "a number that is not negative");
  }
  void take(StringRef name, Attribute a, uint32_t &field) { takeNumber(name, a, field); }
  void take(StringRef name, Attribute a, uint64_t &field) { takeNumber(name, a, field); }
  void take(StringRef name, Attribute a, double &field) {
    if (auto v = dyn_cast_or_null<FloatAttr>(a))
      field = v.getValueAsDouble();
    else
      fail(name, "a real number");
  }
  void take(StringRef name, Attribute a, std::string &field) {
    if (auto v = dyn_cast_or_null<StringAttr>(a))
      field = v.str();
    else
      fail(name, "a string");
  }
  void take(StringRef name, Attribute a, rt::SpikeCode &field) {
    auto v = dyn_cast_or_null<StringAttr>(a);
    const auto code = v ? rt::spikeCodeOf(std::string_view(v.getValue())) : std::nullopt;
    if (code)
      field = *code;
    else
      fail(name, "dense, graded, rate or phase");
  }
  template <typename T> void take(StringRef name, Attribute a, std::vector<T> &items) {
    auto list = dyn_cast_or_null<ArrayAttr>(a);
    if (!list)
      return fail(name, "a list");
    for (Attribute entry : list) {
      T item{};
      take(name, entry, item);
      items.push_back(std::move(item));
    }
  }
  template <typename T> void take(StringRef name, Attribute a, T &structure) {
    auto nested = dyn_cast_or_null<DictionaryAttr>(a);
    if (!nested)
      return fail(name, "a dictionary");
    AttributeReader reader{nested, emitError, failed};
    visitFields(reader, structure);
    failed = reader.failed;
  }
  template <typename T> void operator()(StringRef name, T &field) { take(name, dictionary.get(name), field); }
};

} // namespace

DictionaryAttr chipToAttribute(const rt::ChipDescription &chip, MLIRContext *context) {
  AttributeWriter writer(context);
  rt::ChipDescription copy = chip; // the visitor serves readers too and takes fields by reference
  visitFields(writer, copy);
  return writer.builder.getDictionaryAttr(writer.fields);
}

LogicalResult chipFromAttribute(DictionaryAttr attribute, rt::ChipDescription &chip,
                                llvm::function_ref<InFlightDiagnostic()> emitError) {
  AttributeReader reader{attribute, emitError};
  visitFields(reader, chip);
  return success(!reader.failed);
}

} // namespace wage::chip
