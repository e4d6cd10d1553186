//===- ChipReaderTest.cpp - chip descriptions, good and broken ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/ChipModel/ChipReader.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace wage;

namespace {

std::string listedText(llvm::StringRef name) {
  for (const ListedChip &chip : getListedChips())
    if (chip.name == name)
      return chip.yaml.str();
  return {};
}

/// The text of generic-96 with `from` replaced once by `to`.
std::string changed(const std::string &from, const std::string &to) {
  std::string text = listedText("generic-96");
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// What the reader says of `yaml`; empty if it takes it.
std::string errorOf(const std::string &yaml) {
  llvm::Expected<rt::ChipDescription> chip = parseChip(llvm::MemoryBufferRef(yaml, "chip.yaml"));
  return chip ? "" : toString(chip.takeError());
}

/// What the reader says of generic-96 after one change, and that its line is the one of `line`.
void expectRefused(const std::string &from, const std::string &to, const std::string &message) {
  std::string error = errorOf(changed(from, to));
  EXPECT_NE(error.find(message), std::string::npos) << "expected: " << message << "\nfound: " << error;
  EXPECT_EQ(error.find("chip.yaml:"), 0u) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

TEST(ListedChips, AreReadUnderTheirNames) {
  ASSERT_EQ(getListedChips().size(), 13u);
  for (const ListedChip &listed : getListedChips()) {
    auto chip = loadChip(listed.name);
    ASSERT_TRUE(static_cast<bool>(chip)) << toString(chip.takeError());
    EXPECT_EQ(chip->name, listed.name);
    const rt::LearningCapabilities &learning = chip->groups.front().learning;
    if (!listed.name.starts_with("generic") && !listed.name.starts_with("crossbar")) {
      // None of the real chips forms the products of WAGE.
      EXPECT_FALSE(learning.transposedRead || learning.outerProduct || learning.maxReduce);
      continue;
    }
    EXPECT_TRUE(learning.transposedRead && learning.outerProduct && learning.maxReduce);
    EXPECT_EQ(learning.masterBits, 16u);
    EXPECT_EQ(learning.randomBits, 16u);
    EXPECT_EQ(chip->offChip.bytes, uint64_t{4} << 30);
    EXPECT_TRUE(chip->faultyCores.empty());
  }
}

TEST(ListedChips, HaveTheGridsOfTheDesign) {
  auto chip = loadChip("generic-96");
  ASSERT_TRUE(static_cast<bool>(chip));
  EXPECT_EQ(chip->gridColumns, 40u);
  EXPECT_EQ(chip->gridRows, 25u);
  ASSERT_EQ(chip->groups.size(), 1u);
  const rt::CoreGroup &group = chip->groups.front();
  EXPECT_EQ(group.axons, 96u);
  EXPECT_EQ(group.neurons, 96u);
  EXPECT_EQ(group.synapseBytes, 96u * 96u);
  EXPECT_EQ(group.weightBits, (std::vector<uint32_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(chip->spikes.codes, (std::vector<rt::SpikeCode>{rt::SpikeCode::Dense, rt::SpikeCode::Graded,
                                                            rt::SpikeCode::Rate, rt::SpikeCode::Phase}));
}

TEST(ListedChips, TakeFewerRowsOfWiderWeights) {
  auto chip = loadChip("paicore2");
  ASSERT_TRUE(static_cast<bool>(chip));
  const rt::CoreGroup &group = chip->groups.front();
  EXPECT_EQ(group.axonsFor(1), 1152u);
  EXPECT_EQ(group.axonsFor(3), 288u);
  EXPECT_EQ(group.axonsFor(8), 144u);
  EXPECT_EQ(group.axonsFor(9), 0u);
  EXPECT_EQ(group.widthFor(3), 4u);
  EXPECT_NE(errorOf(changed("axons_per_weight: { value: [1, 1,", "axons_per_weight: { value: [1,"))
                .find("'axons_per_weight' lists 7 numbers, needed one for each of the 8"),
            std::string::npos);
}

TEST(LoadChip, NamesTheListedOnes) {
  auto chip = loadChip("mesh16");
  ASSERT_FALSE(static_cast<bool>(chip));
  EXPECT_EQ(
      toString(chip.takeError()),
      "chip 'mesh16' is not listed, needed one of crossbar-128, crossbar-512, darwin3, generic-256, generic-64, "
      "generic-96, loihi1, loihi2, northpole-like, paicore2.5, paicore2, tianjic, truenorth, or a path that ends in "
      ".yaml");
}

TEST(LoadChip, ReadsAFile) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("chip", "yaml", path));
  std::error_code problem;
  llvm::raw_fd_ostream(path, problem) << changed("name: generic-96", "name: mine");
  auto chip = loadChip(path);
  llvm::sys::fs::remove(path);
  ASSERT_TRUE(static_cast<bool>(chip)) << toString(chip.takeError());
  EXPECT_EQ(chip->name, "mine");
  auto missing = loadChip("no/such/chip.yaml");
  ASSERT_FALSE(static_cast<bool>(missing));
  EXPECT_EQ(toString(missing.takeError()), "no/such/chip.yaml: cannot be read: No such file or directory");
}

/// A number of a description, and where it belongs.
struct Number {
  const char *field;
  double (*read)(const rt::ChipDescription &);
};

using Chip = rt::ChipDescription;
const Number numbers[] = {
    {"clock_megahertz", [](const Chip &chip) { return double(chip.clockMegahertz); }},
    {"axons", [](const Chip &chip) { return double(chip.groups[0].axons); }},
    {"neurons", [](const Chip &chip) { return double(chip.groups[0].neurons); }},
    {"synapse_bytes", [](const Chip &chip) { return double(chip.groups[0].synapseBytes); }},
    {"data_bytes", [](const Chip &chip) { return double(chip.groups[0].dataBytes); }},
    {"data_bytes_per_cycle", [](const Chip &chip) { return double(chip.groups[0].dataBytesPerCycle); }},
    {"macs_per_cycle", [](const Chip &chip) { return double(chip.groups[0].macsPerCycle); }},
    {"accumulator_bits", [](const Chip &chip) { return double(chip.groups[0].accumulatorBits); }},
    {"reduce_fan_in", [](const Chip &chip) { return double(chip.groups[0].reduceFanIn); }},
    {"master_bits", [](const Chip &chip) { return double(chip.groups[0].learning.masterBits); }},
    {"random_bits", [](const Chip &chip) { return double(chip.groups[0].learning.randomBits); }},
    {"link_bytes_per_cycle", [](const Chip &chip) { return double(chip.noc.linkBytesPerCycle); }},
    {"hop_cycles", [](const Chip &chip) { return double(chip.noc.hopCycles); }},
    {"inter_chip_bytes_per_cycle", [](const Chip &chip) { return double(chip.noc.interChipBytesPerCycle); }},
    {"inter_chip_cycles", [](const Chip &chip) { return double(chip.noc.interChipCycles); }},
    {"bytes", [](const Chip &chip) { return double(chip.offChip.bytes); }},
    {"port_x", [](const Chip &chip) { return double(chip.offChip.portX); }},
    {"port_y", [](const Chip &chip) { return double(chip.offChip.portY); }},
    {"bytes_per_cycle", [](const Chip &chip) { return double(chip.offChip.bytesPerCycle); }},
    {"mac_pj", [](const Chip &chip) { return chip.energy.macPj; }},
    {"memory_byte_pj", [](const Chip &chip) { return chip.energy.memoryBytePj; }},
    {"hop_byte_pj", [](const Chip &chip) { return chip.energy.hopBytePj; }},
    {"off_chip_byte_pj", [](const Chip &chip) { return chip.energy.offChipBytePj; }},
    {"event_bytes", [](const Chip &chip) { return double(chip.spikes.eventBytes); }},
    {"tick_cycles", [](const Chip &chip) { return double(chip.spikes.tickCycles); }},
};

/// The text of generic-96 with another value of `field`, which may be the end of another's name.
std::string withValue(const std::string &field, const std::string &value) {
  std::string text = listedText("generic-96");
  const std::string key = field + ": { value: ";
  size_t at = text.find(key);
  while (at != std::string::npos && text[at - 1] != ' ' && text[at - 1] != '\n')
    at = text.find(key, at + 1);
  EXPECT_NE(at, std::string::npos) << field;
  const size_t begin = at + key.size();
  return text.replace(begin, text.find(',', begin) - begin, value);
}

// None of the listed numbers is 11: one that is read into another's place is not 11 in its own.
TEST(ParseChip, NumbersHaveTheirFields) {
  for (const Number &number : numbers) {
    const std::string text = withValue(number.field, "11");
    auto chip = parseChip(llvm::MemoryBufferRef(text, "chip.yaml"));
    ASSERT_TRUE(static_cast<bool>(chip)) << number.field << ": " << toString(chip.takeError());
    for (const Number &other : numbers)
      EXPECT_EQ(other.read(*chip) == 11, &other == &number)
          << number.field << " is 11, " << other.field << " is " << other.read(*chip);
  }
}

TEST(ParseChip, RefusesEveryMissingField) {
  // A field at a time, whatever fields there are: each line that holds a value is taken away.
  std::string text = listedText("generic-96");
  int fields = 0;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = text.find('\n', begin) + 1;
    std::string line = text.substr(begin, end - begin);
    if (line.find(": {") != std::string::npos) {
      std::string field = line.substr(0, line.find(':'));
      field.erase(0, field.find_first_not_of(' '));
      std::string without = text.substr(0, begin) + text.substr(end);
      EXPECT_NE(errorOf(without).find("missing required key '" + field + "'"), std::string::npos)
          << field << ": " << errorOf(without);
      ++fields;
    }
    begin = end;
  }
  EXPECT_GT(fields, 35);
}

TEST(ParseChip, RefusesWhatItDoesNotKnow) {
  expectRefused("clock_megahertz:", "colour: blue\nclock_megahertz:", "chip.yaml:");
  expectRefused("clock_megahertz:", "colour: blue\nclock_megahertz:", "unknown key 'colour', at \"colour: blue\"");
  expectRefused("    axons: {", "    axon: {", "missing required key 'axons'");
  expectRefused("{ value: 200, source: assumed }", "{ value: 200, source: assumed, unit: Hz }", "unknown key 'unit'");
  expectRefused("[dense, graded", "[dense, morse",
                "spike code 'morse' is not known, needed dense, graded, rate or phase");
}

TEST(ParseChip, RefusesANumberWithoutSource) {
  const std::string needed = "'clock_megahertz' has no source, needed where it was read or the word assumed, at "
                             "\"clock_megahertz: ";
  expectRefused("{ value: 200, source: assumed }", "{ value: 200 }", needed);
  expectRefused("{ value: 200, source: assumed }", "{ value: 200, source: '  ' }", needed);
  expectRefused("{ value: 200, source: assumed }", "200", "not a mapping, at \"clock_megahertz: 200\"");
}

TEST(ParseChip, RefusesNumbersOutOfRange) {
  expectRefused("axons: { value: 96", "axons: { value: 0", "'axons' is 0, needed 1 to 1048576");
  expectRefused("axons: { value: 96", "axons: { value: -1", "invalid number");
  expectRefused("axons: { value: 96", "axons: { value: 99999999999", "out of range number");
  expectRefused("axons: { value: 96", "axons: { value: many", "invalid number");
  expectRefused("columns: { value: 40", "columns: { value: 0", "'columns' is 0, needed 1 to 1048576");
  expectRefused("mac_pj: { value: 0.23", "mac_pj: { value: -0.5", "'mac_pj' is -0.50, needed 0.00 to ");
  expectRefused("mac_pj: { value: 0.23", "mac_pj: { value: .nan", "invalid floating point number");
  expectRefused("accumulator_bits: { value: 64", "accumulator_bits: { value: 65",
                "'accumulator_bits' is 65, needed 8 to 64");
  expectRefused("[1, 2, 3, 4", "[0, 2, 3, 4", "'weight_bits' is 0, needed 1 to 8");
  expectRefused("[1, 2, 3, 4", "[2, 2, 3, 4", "'weight_bits' lists 2 after 2, needed ascending numbers");
  expectRefused("[1, 2, 3, 4, 5, 6, 7, 8]", "[]", "'weight_bits' is empty");
  expectRefused("multicast: { value: true", "multicast: { value: maybe", "invalid boolean");
}

TEST(ParseChip, RefusesGroupsThatDoNotTileTheGrid) {
  expectRefused("    columns: { value: 40", "    columns: { value: 39",
                "core groups cover 975 cores, needed all 1000 of the grid");
  expectRefused("first_x: { value: 0", "first_x: { value: 1",
                "core group 'core' reaches past the grid of 40 x 25 cores");
  std::string text = listedText("generic-96");
  size_t begin = text.find("  - name: core"), end = text.find("noc:");
  std::string group = text.substr(begin, end - begin), twice = text;
  twice.insert(end, group);
  EXPECT_NE(errorOf(twice).find("core group 'core' is described twice"), std::string::npos) << errorOf(twice);
  std::string other = group;
  other.replace(other.find("core"), 4, "next");
  twice = text;
  twice.insert(end, other);
  EXPECT_NE(errorOf(twice).find("core groups 'core' and 'next' overlap"), std::string::npos) << errorOf(twice);
}

TEST(ParseChip, RefusesPlacesThatAreNotOnTheChip) {
  expectRefused("faulty_cores: { value: []", "faulty_cores: { value: [1000]",
                "faulty core 1000 is not one of the 1000 cores");
  expectRefused("faulty_cores: { value: []", "faulty_cores: { value: [7, 7]",
                "lists 7 after 7, needed ascending numbers");
  expectRefused("port_x: { value: 0", "port_x: { value: 40",
                "the off-chip port at (40, 0) is not on the grid of 40 x 25 cores");
  expectRefused("chips: # chips of the system\n  columns: { value: 1", "chips:\n  columns: { value: 1000000",
                "the system has 40000000 x 25 cores");
  EXPECT_EQ(errorOf(changed("faulty_cores: { value: []", "faulty_cores: { value: [0, 999]")), "");
}

TEST(ParseChip, RefusesWhatIsNoDescription) {
  EXPECT_EQ(errorOf(""), "chip.yaml: holds no chip description");
  EXPECT_EQ(errorOf("*a\n"), "chip.yaml:2: unknown node kind, at \"\"");
  EXPECT_EQ(errorOf(listedText("generic-96") + "---\n" + listedText("generic-64")),
            "chip.yaml: holds more than one chip description");
  for (const char *text : {"just text", "[1, 2]", "name: [unclosed", "name: a\nname: b\n", "# a comment", "}", "\"",
                           "---", "%YAML 9\n", "name: *a", "name: &a [*a]", "? ? a", "{a", ": :"})
    EXPECT_EQ(errorOf(text).find("chip.yaml"), 0u) << text << ": " << errorOf(text);
  EXPECT_EQ(errorOf("name: a\nchips: " + std::string(1994, 'x')),
            "chip.yaml: line 2 has 2001 bytes, needed at most 1000");
}

/// `count` lines after `begin`.
std::string repeated(const std::string &begin, const std::string &line, int count) {
  std::string text = begin;
  while (count-- > 0)
    text += line;
  return text;
}

/// LLVM's reader recurses: depth is bounded before it starts, whatever brackets stand where they close nothing.
TEST(ParseChip, RefusesWhatNestsTooDeep) {
  const std::string needed = "chip.yaml: found lists and mappings more than 32 deep, needed at most 32";
  const std::string fakes = repeated("", "# " + std::string(900, ']') + "\n", 200);
  EXPECT_EQ(errorOf(repeated("", "[\n", 100000)), needed);
  EXPECT_EQ(errorOf(repeated(fakes + "name: ", std::string(900, '[') + "\n", 190)), needed);
  EXPECT_EQ(errorOf(repeated("name:\n", " [ # ]\n", 100000)), needed);
  EXPECT_EQ(errorOf(repeated("name:\n", " [ \"]\",\n", 100000)), needed);
  EXPECT_EQ(errorOf(repeated("name:\n", " { ? '}' : 1, b:\n", 10000)), needed);
  EXPECT_EQ(errorOf(repeated("", "- ", 40)), needed);
  EXPECT_EQ(errorOf(repeated("", "? ", 40)), needed);
  EXPECT_EQ(errorOf("name: " + std::string(31, '[') + std::string(31, ']')).find("more than"), std::string::npos);
  EXPECT_EQ(errorOf(listedText("generic-96") + "# " + std::string(900, '[') + "\n"), "");
}

TEST(ParseChip, TakesOrRefusesAnyChangedByte) {
  const std::string whole = listedText("generic-96");
  const std::string marks = "[]{}:,-?\"'#&*!|> \n\t0x";
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string text = whole;
    text[at] = marks[at % marks.size()];
    refused += !errorOf(text).empty();
    refused += !errorOf(whole.substr(0, at)).empty();
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()));
}

} // namespace
