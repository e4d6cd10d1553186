//===- ChipReader.cpp - chip descriptions from YAML --------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Every fact of a chip file is written `field: { value: 256, source: "where it was read" }`, so that no number can be given
// without saying where it comes from ("assumed" says that it comes from nowhere). LLVM's YAML reader finds missing and
// unknown fields; ranges are checked at the field, where the line is known, and rules between fields by checkChip.
//
//===---------------------------------------------------------------------------===//

#include "targets/ChipModel/ChipReader.h"

#include "runtime/Support/ReadFile.h"
#include "runtime/Support/Text.h"
#include "targets/ChipModel/ChipChecks.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include "llvm/Support/YAMLTraits.h"

using namespace llvm;
using wage::rt::ChipDescription;
using wage::rt::CoreGroup;

LLVM_YAML_IS_SEQUENCE_VECTOR(CoreGroup)

namespace {

/// A field while it is read: where its value goes, and the range it must lie in (of a list: each element).
template <typename T, typename N = T> struct Fact {
  StringRef field;
  T &value;
  N least, most;
  std::string source;
  bool ascending = true; ///< of a list: whether each element must be larger than the one before
};

template <typename N> std::string checkRange(StringRef field, N value, N least, N most, bool = true) {
  if (value >= least && value <= most) // false for a NaN, which is refused
    return {};
  return formatv("'{0}' is {1}, needed {2} to {3}", field, value, least, most);
}

template <typename N>
std::string checkRange(StringRef field, const std::vector<N> &values, N least, N most, bool ascending) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::string problem = checkRange(field, values[i], least, most); !problem.empty())
      return problem;
    if (ascending && i && values[i] <= values[i - 1])
      return formatv("'{0}' lists {1} after {2}, needed ascending numbers", field, values[i], values[i - 1]);
  }
  return {};
}

std::string checkRange(StringRef, const std::vector<std::string> &names, StringRef, StringRef, bool) {
  for (const std::string &name : names)
    if (!wage::rt::spikeCodeOf(name))
      return formatv("spike code '{0}' is not known, needed dense, graded, rate or phase", name);
  return {};
}

/// Most of what a chip may have of anything that is counted per core: far above any chip, far below an overflow.
constexpr uint32_t maxPerCore = 1 << 20;
constexpr uint64_t maxBytes = uint64_t{1} << 50;
constexpr double maxPicojoule = 1e9;

template <typename T> void readFact(yaml::IO &io, const char *field, T &value, T least, T most) {
  Fact<T> fact{field, value, least, most, {}, true};
  io.mapRequired(field, fact);
}

void readFlag(yaml::IO &io, const char *field, bool &value) { readFact(io, field, value, false, true); }

void readList(yaml::IO &io, const char *field, std::vector<uint32_t> &values, uint32_t least, uint32_t most) {
  Fact<std::vector<uint32_t>, uint32_t> fact{field, values, least, most, {}, true};
  io.mapRequired(field, fact);
}

/// A list whose numbers may repeat and fall.
void readCounts(yaml::IO &io, const char *field, std::vector<uint32_t> &values, uint32_t least, uint32_t most) {
  Fact<std::vector<uint32_t>, uint32_t> fact{field, values, least, most, {}, /*ascending=*/false};
  io.mapRequired(field, fact);
}

/// A count of columns and one of rows, under a field of their own.
struct Extent {
  uint32_t &columns, &rows;
};

} // namespace

namespace llvm::yaml {

template <typename T, typename N> struct MappingTraits<Fact<T, N>> {
  static void mapping(IO &io, Fact<T, N> &fact) {
    io.mapRequired("value", fact.value);
    io.mapOptional("source", fact.source);
  }
  static std::string validate(IO &, Fact<T, N> &fact) {
    if (StringRef(fact.source).trim().empty())
      return formatv("'{0}' has no source, needed where it was read or the word assumed", fact.field);
    return checkRange(fact.field, fact.value, fact.least, fact.most, fact.ascending);
  }
};

template <> struct MappingTraits<Extent> {
  static void mapping(IO &io, Extent &extent) {
    readFact(io, "columns", extent.columns, 1u, maxPerCore);
    readFact(io, "rows", extent.rows, 1u, maxPerCore);
  }
};

template <> struct MappingTraits<wage::rt::LearningCapabilities> {
  static void mapping(IO &io, wage::rt::LearningCapabilities &learning) {
    readFlag(io, "transposed_read", learning.transposedRead);
    readFlag(io, "outer_product", learning.outerProduct);
    readFlag(io, "max_reduce", learning.maxReduce);
    readFact(io, "master_bits", learning.masterBits, 0u, 16u);
    readFact(io, "random_bits", learning.randomBits, 0u, 16u);
  }
};

template <> struct MappingTraits<CoreGroup> {
  static void mapping(IO &io, CoreGroup &group) {
    io.mapRequired("name", group.name);
    readFact(io, "first_x", group.firstX, 0u, maxPerCore);
    readFact(io, "first_y", group.firstY, 0u, maxPerCore);
    readFact(io, "columns", group.columns, 1u, maxPerCore);
    readFact(io, "rows", group.rows, 1u, maxPerCore);
    readFact(io, "axons", group.axons, 1u, maxPerCore);
    readFact(io, "neurons", group.neurons, 1u, maxPerCore);
    readList(io, "weight_bits", group.weightBits, 1, 8);
    readCounts(io, "axons_per_weight", group.axonsPerWeight, 1, maxPerCore);
    readFact(io, "synapse_bytes", group.synapseBytes, uint64_t{1}, maxBytes);
    readFact(io, "data_bytes", group.dataBytes, uint64_t{1}, maxBytes);
    readFact(io, "data_bytes_per_cycle", group.dataBytesPerCycle, 1u, maxPerCore);
    readFact(io, "macs_per_cycle", group.macsPerCycle, 1u, maxPerCore);
    readFact(io, "accumulator_bits", group.accumulatorBits, 8u, 64u);
    readFact(io, "reduce_fan_in", group.reduceFanIn, 0u, maxPerCore);
    io.mapRequired("learning", group.learning);
  }
  static std::string validate(IO &, CoreGroup &group) {
    if (group.name.empty())
      return "'name' is empty, needed a name for the core group";
    if (group.weightBits.empty())
      return "'weight_bits' is empty, needed at least one width";
    if (group.axonsPerWeight.size() == group.weightBits.size())
      return {};
    return formatv("'axons_per_weight' lists {0} numbers, needed one for each of the {1} of 'weight_bits'",
                   group.axonsPerWeight.size(), group.weightBits.size());
  }
};

template <> struct MappingTraits<wage::rt::NocDescription> {
  static void mapping(IO &io, wage::rt::NocDescription &noc) {
    readFlag(io, "multicast", noc.multicast);
    readFact(io, "link_bytes_per_cycle", noc.linkBytesPerCycle, 1u, maxPerCore);
    readFact(io, "hop_cycles", noc.hopCycles, 1u, maxPerCore);
    readFact(io, "inter_chip_bytes_per_cycle", noc.interChipBytesPerCycle, 1u, maxPerCore);
    readFact(io, "inter_chip_cycles", noc.interChipCycles, 1u, maxPerCore);
  }
};

template <> struct MappingTraits<wage::rt::OffChipDescription> {
  static void mapping(IO &io, wage::rt::OffChipDescription &memory) {
    readFact(io, "bytes", memory.bytes, uint64_t{0}, maxBytes);
    readFact(io, "port_x", memory.portX, 0u, maxPerCore);
    readFact(io, "port_y", memory.portY, 0u, maxPerCore);
    readFact(io, "bytes_per_cycle", memory.bytesPerCycle, 0u, maxPerCore);
  }
};

template <> struct MappingTraits<wage::rt::EnergyDescription> {
  static void mapping(IO &io, wage::rt::EnergyDescription &energy) {
    readFact(io, "mac_pj", energy.macPj, 0.0, maxPicojoule);
    readFact(io, "memory_byte_pj", energy.memoryBytePj, 0.0, maxPicojoule);
    readFact(io, "hop_byte_pj", energy.hopBytePj, 0.0, maxPicojoule);
    readFact(io, "off_chip_byte_pj", energy.offChipBytePj, 0.0, maxPicojoule);
  }
};

template <> struct MappingTraits<wage::rt::SpikeDescription> {
  static void mapping(IO &io, wage::rt::SpikeDescription &spikes) {
    std::vector<std::string> names;
    Fact<std::vector<std::string>, StringRef> codes{"codes", names, {}, {}, {}, true};
    io.mapRequired("codes", codes);
    for (const std::string &name : names)
      if (const auto code = wage::rt::spikeCodeOf(name))
        spikes.codes.push_back(*code);
    readFact(io, "event_bytes", spikes.eventBytes, 1u, maxPerCore);
    readFact(io, "tick_cycles", spikes.tickCycles, 1u, maxPerCore);
    readFlag(io, "fixed_ticks", spikes.fixedTicks);
  }
};

template <> struct MappingTraits<ChipDescription> {
  static void mapping(IO &io, ChipDescription &chip) {
    Extent grid{chip.gridColumns, chip.gridRows}, chips{chip.chipColumns, chip.chipRows};
    io.mapRequired("name", chip.name);
    io.mapRequired("grid", grid);
    io.mapRequired("chips", chips);
    readFact(io, "clock_megahertz", chip.clockMegahertz, 1u, maxPerCore);
    io.mapRequired("groups", chip.groups);
    io.mapRequired("noc", chip.noc);
    io.mapRequired("off_chip", chip.offChip);
    io.mapRequired("energy", chip.energy);
    io.mapRequired("spikes", chip.spikes);
    readList(io, "faulty_cores", chip.faultyCores, 0, wage::maxCores);
  }
  static std::string validate(IO &io, ChipDescription &chip) {
    if (chip.name.empty())
      return "'name' is empty, needed a name for the chip";
    // Fields that could not be read hold nothing to check.
    return static_cast<Input &>(io).error() ? "" : wage::checkChip(chip);
  }
};

} // namespace llvm::yaml

namespace wage {

namespace {

constexpr size_t maxFileBytes = 1 << 20, maxLineBytes = 1000;
constexpr int maxDepth = 32;

Error makeError(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

std::string tooLong(uint64_t bytes) {
  return formatv("the file has {0} bytes, needed at most {1}", bytes, maxFileBytes);
}

/// Whether `node` and what it holds nest at most `levels` deep. The parser reads on while nodes are visited, so that what lies
/// deeper is never looked at.
bool nestsAtMost(yaml::Node *node, int levels) {
  auto *sequence = dyn_cast_or_null<yaml::SequenceNode>(node);
  auto *mapping = dyn_cast_or_null<yaml::MappingNode>(node);
  if (!sequence && !mapping)
    return true;
  if (levels == 0)
    return false;
  if (sequence)
    for (yaml::Node &entry : *sequence)
      if (!nestsAtMost(&entry, levels - 1))
        return false;
  if (mapping)
    for (yaml::KeyValueNode &entry : *mapping)
      if (!nestsAtMost(entry.getKey(), levels - 1) || !nestsAtMost(entry.getValue(), levels - 1))
        return false;
  return true;
}

/// Refuses text on which LLVM's reader, which recurses on every level, could exhaust the stack, and lines too long to be quoted.
/// Levels are counted by its own parser: brackets in quotes and comments are none. What that finds wrong the reader reports.
std::string checkNesting(MemoryBufferRef yaml) {
  StringRef text = yaml.getBuffer();
  if (text.size() > maxFileBytes)
    return tooLong(text.size());
  size_t number = 0;
  for (StringRef line : split(text, '\n')) {
    ++number;
    if (line.size() > maxLineBytes)
      return formatv("line {0} has {1} bytes, needed at most {2}", number, line.size(), maxLineBytes);
  }
  SourceMgr sources;
  sources.setDiagHandler([](const SMDiagnostic &, void *) {});
  yaml::Stream stream(yaml, sources, /*ShowColors=*/false);
  if (nestsAtMost(stream.begin()->getRoot(), maxDepth))
    return {};
  return formatv("found lists and mappings more than {0} deep, needed at most {0}", maxDepth);
}

/// Where the reader's first message goes; what follows it is a consequence.
struct FirstProblem {
  StringRef file;
  std::string text;

  static void keep(const SMDiagnostic &diagnostic, void *self) {
    auto &problem = *static_cast<FirstProblem *>(self);
    if (!problem.text.empty())
      return;
    StringRef line = StringRef(diagnostic.getLineContents()).trim();
    problem.text = formatv("{0}:{1}: {2}", problem.file, diagnostic.getLineNo(),
                           wage::rt::withoutControls(formatv("{0}, at \"{1}\"", diagnostic.getMessage(), line)));
  }
};

} // namespace

Expected<ChipDescription> parseChip(MemoryBufferRef yaml) {
  StringRef file = yaml.getBufferIdentifier();
  if (std::string problem = checkNesting(yaml); !problem.empty())
    return makeError(file + ": " + problem);
  FirstProblem problem{file, {}};
  yaml::Input input(yaml, /*Ctxt=*/nullptr, FirstProblem::keep, &problem);
  ChipDescription chip;
  yaml::EmptyContext context;
  // Not `input >> chip`: for a mapping that goes on, and crashes, where there is no document, or one that is a mere alias.
  if (input.setCurrentDocument() && !input.error())
    yaml::yamlize(input, chip, /*Required=*/true, context);
  if (!problem.text.empty())
    return makeError(problem.text);
  if (input.error() || chip.name.empty())
    return makeError(file + ": holds no chip description");
  if (input.nextDocument() || input.error())
    return makeError(file + ": holds more than one chip description");
  return chip;
}

Expected<ChipDescription> loadChip(StringRef nameOrPath) {
  if (nameOrPath.ends_with(".yaml")) {
    // A device could go on for ever; what is larger than any description is not even read.
    uint64_t bytes = 0;
    if (rt::Status status = rt::checkRegularFile(nameOrPath.str()); !status.ok())
      return makeError(nameOrPath + ": " + status.text());
    if (!sys::fs::file_size(nameOrPath, bytes) && bytes > maxFileBytes)
      return makeError(nameOrPath + ": " + tooLong(bytes));
    auto file = MemoryBuffer::getFile(nameOrPath, /*IsText=*/true);
    if (!file)
      return makeError(nameOrPath + ": cannot be read: " + file.getError().message());
    return parseChip(**file);
  }
  std::string names;
  for (const ListedChip &chip : getListedChips()) {
    if (chip.name == nameOrPath)
      return parseChip(MemoryBufferRef(chip.yaml, chip.name));
    names += (names.empty() ? "" : ", ") + chip.name.str();
  }
  return makeError("chip '" + nameOrPath + "' is not listed, needed one of " + names +
                   ", or a path that ends in .yaml");
}

} // namespace wage
