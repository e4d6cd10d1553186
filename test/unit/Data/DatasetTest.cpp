//===- DatasetTest.cpp - images and labels from the usual files ----------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Dataset.h"

#include "test/unit/Data/TemporaryFolder.h"

#include <array>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace wage::rt::test {
namespace {

/// Reads one image file and returns the error text without the path.
std::string imageProblem(const std::string &name, const std::string &content, bool gzip = false) {
  TemporaryFolder folder;
  const std::string path = gzip ? folder.writeGzip(name, content) : folder.write(name, content);
  const std::string text = readDataset(path, "").status().text();
  EXPECT_EQ(text.rfind("'" + path + "': ", 0), 0u) << text;
  return text.substr(path.size() + 4);
}

/// Reads `labels` with three one-pixel images and returns the error text without the path.
std::string labelProblem(const std::string &name, const std::string &labels) {
  TemporaryFolder folder;
  const std::string images = folder.write("images", idxImages(3, 1, 1, "abc"));
  const std::string path = folder.write(name, labels);
  const std::string text = readDataset(images, path).status().text();
  EXPECT_EQ(text.rfind("'" + path + "': ", 0), 0u) << text;
  return text.substr(path.size() + 4);
}

std::string pixels(const Dataset &data) { return std::string(data.pixels.begin(), data.pixels.end()); }

TEST(Dataset, ReadsIdxPlainAndGzip) {
  TemporaryFolder folder;
  const std::string images = idxImages(2, 3, 4, ramp(24)), labels = idxLabels(2, std::string("\x07\0", 2));
  for (bool gzip : {false, true}) {
    // The name says nothing about compression: the content does.
    const std::string i = gzip ? folder.writeGzip("i", images) : folder.write("i.gz", images);
    const std::string l = gzip ? folder.writeGzip("l.gz", labels) : folder.write("l", labels);
    Expected<Dataset> data = readDataset(i, l);
    ASSERT_TRUE(data) << data.status().text();
    EXPECT_EQ(data->count, 2u);
    EXPECT_EQ(data->channels, 1u);
    EXPECT_EQ(data->height, 3u);
    EXPECT_EQ(data->width, 4u);
    EXPECT_EQ(pixels(*data), ramp(24));
    EXPECT_EQ(data->labels, (std::vector<uint32_t>{7, 0}));
    EXPECT_EQ(data->image(1)[0], 12);
  }
}

TEST(Dataset, ReadsIdxWithChannels) {
  TemporaryFolder folder;
  Expected<Dataset> data =
      readDataset(folder.write("i", word(0x804) + word(1) + word(2) + word(1) + word(3) + ramp(6)), "");
  ASSERT_TRUE(data) << data.status().text();
  EXPECT_EQ(data->channels, 2u);
  EXPECT_EQ(data->width, 3u);
  EXPECT_TRUE(data->labels.empty());
}

TEST(Dataset, RefusesBrokenIdx) {
  EXPECT_EQ(imageProblem("i", idxImages(2, 2, 2, ramp(7))), "ends after 23 bytes, its declared shape needs 24");
  EXPECT_EQ(imageProblem("i", idxImages(2, 2, 2, ramp(7)), true), "ends after 23 bytes, its declared shape needs 24");
  EXPECT_EQ(imageProblem("i", idxImages(2, 2, 2, ramp(9))), "runs on after byte 24, where its declared shape must end");
  EXPECT_EQ(imageProblem("i", idxImages(0, 2, 2, "")), "shape [0, 2, 2] holds no image");
  EXPECT_EQ(imageProblem("i", idxImages(1, 2, 2, "").substr(0, 9)), "ends after 9 bytes, the idx header needs 12");
  EXPECT_EQ(imageProblem("i", word(0x00000801) + word(1) + "x"), "idx file has 1 dimension, 3 or 4 dimensions needed");
  EXPECT_EQ(imageProblem("i", word(0x00000d03) + ramp(40)), "idx element type is 13, type 8 (unsigned byte) is needed");
  const std::string none = "is neither .npy, idx, nor CIFAR-10 (whose name ends in .bin or .bin.gz)";
  EXPECT_EQ(imageProblem("i", "hello"), none);
  EXPECT_EQ(imageProblem("i", ""), none);
  EXPECT_EQ(imageProblem("i", word(0x00000803).substr(0, 2)), "ends after 2 bytes, the idx header needs 4");
}

// A few bytes that declare much must not make us take memory for it.
TEST(Dataset, RefusesDeclarationsTheFileCannotHold) {
  EXPECT_EQ(imageProblem("i", idxImages(0xFFFFFFFF, 0xFFFFFFFF, 1, "x")),
            "shape [4294967295, 4294967295, 1] is larger than any file");
  EXPECT_EQ(imageProblem("i", idxImages(1000000, 1000, 1000, "x")),
            "ends after 17 bytes, its declared shape needs 1000000000016");
  const std::string text = imageProblem("i", idxImages(1000000, 1000, 1000, std::string(100000, 'x')), true);
  EXPECT_EQ(text.rfind("its declared shape needs 1000000000000 bytes, of a gzip file of ", 0), 0u) << text;
}

// What packs a thousandfold is refused packed and read unpacked.
TEST(Dataset, RefusesToUnpackOutOfProportion) {
  const std::string images = idxImages(1 << 16, 32, 32, std::string(1 << 26, '\0'));
  EXPECT_NE(imageProblem("i", images, true).find("are unpacked: give it unpacked"), std::string::npos);
  const std::string cifar(3073 << 14, '\0');
  EXPECT_NE(imageProblem("i.bin.gz", cifar, true).find("are unpacked: give it unpacked"), std::string::npos);
  TemporaryFolder folder;
  EXPECT_TRUE(readDataset(folder.write("i", images), ""));
  EXPECT_TRUE(readDataset(folder.write("i.bin", cifar), ""));
}

TEST(Dataset, RefusesDevicesAndPipes) {
  TemporaryFolder folder;
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(readDataset(pipe, "").status().text(), "'" + pipe + "': is a device or a pipe, a file is needed");
  EXPECT_EQ(readDataset("/dev/zero", "").status().text(), "'/dev/zero': is a device or a pipe, a file is needed");
}

// A gzip file that unpacks to far more than its header declares is read no further than one byte past it.
TEST(Dataset, RefusesGzipBomb) {
  EXPECT_EQ(imageProblem("i", idxImages(1, 1, 1, std::string(50'000'000, '\0')), true),
            "runs on after byte 17, where its declared shape must end");
}

TEST(Dataset, RefusesDamagedGzip) {
  TemporaryFolder folder;
  folder.writeGzip("i.gz", idxImages(4, 32, 32, ramp(4096)));
  const std::string whole = folder.read("i.gz");
  std::string flipped = whole;
  flipped[whole.size() - 6] ^= 1; // in the checksum
  const std::string cut = folder.write("cut.gz", whole.substr(0, whole.size() / 2));
  EXPECT_NE(readDataset(cut, "").status().text().find("the gzip stream is cut short"), std::string::npos)
      << readDataset(cut, "").status().text();
  const std::string wrong = folder.write("flipped.gz", flipped);
  EXPECT_NE(readDataset(wrong, "").status().text().find("incorrect data check"), std::string::npos)
      << readDataset(wrong, "").status().text();
  const std::string trailer = folder.write("trailer.gz", whole.substr(0, whole.size() - 3));
  EXPECT_FALSE(readDataset(trailer, ""));
}

TEST(Dataset, ReadsNpyImages) {
  TemporaryFolder folder;
  Expected<Dataset> plane = readDataset(folder.write("a", npy(npyHeader("|u1", "(2, 3, 1)"), ramp(6))), "");
  ASSERT_TRUE(plane) << plane.status().text();
  EXPECT_EQ(plane->channels, 1u);
  EXPECT_EQ(plane->height, 3u);
  Expected<Dataset> colour = readDataset(folder.writeGzip("b", npy(npyHeader("|u1", "(1, 3, 2, 1)"), ramp(6), 2)), "");
  ASSERT_TRUE(colour) << colour.status().text();
  EXPECT_EQ(colour->channels, 3u);
  EXPECT_EQ(pixels(*colour), ramp(6));
}

TEST(Dataset, RefusesOtherNpyImages) {
  EXPECT_EQ(imageProblem("a", npy(npyHeader("<f4", "(1, 1, 1)"), "abcd")),
            "element type is '<f4', images need '|u1' (uint8); real values are for wage-run infer --input");
  EXPECT_EQ(imageProblem("a", npy(npyHeader("|u1", "(6,)"), ramp(6))),
            "shape is [6], images need [n,c,h,w] or [n,h,w]");
  for (const char *shape : {"(1, 2, 3)", "(1, 1, 2, 3)"})
    EXPECT_EQ(imageProblem("a", npy(npyHeader("|u1", shape, "True"), ramp(6))),
              "is in Fortran order, C order is needed (numpy.ascontiguousarray)");
  const std::string oneShort = npy(npyHeader("|u1", "(1, 2, 3)"), ramp(5));
  EXPECT_EQ(imageProblem("a", oneShort), "ends after " + std::to_string(oneShort.size()) +
                                             " bytes, its declared shape needs " + std::to_string(oneShort.size() + 1));
  EXPECT_EQ(imageProblem("a", npy(npyHeader("|u1", "(0, 2, 3)"), "")), "shape [0, 2, 3] holds no image");
}

TEST(Dataset, ReadsNpyLabelsOfAllWidths) {
  TemporaryFolder folder;
  const std::string images = folder.write("i", idxImages(3, 1, 1, "abc"));
  for (const char *type : {"|u1", "|i1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"}) {
    std::string elements;
    for (char label : {3, 0, 127})
      elements += label + std::string(type[2] - '0' - 1, '\0');
    Expected<Dataset> data = readDataset(images, folder.write("l", npy(npyHeader(type, "(3,)"), elements)));
    ASSERT_TRUE(data) << type << data.status().text();
    EXPECT_EQ(data->labels, (std::vector<uint32_t>{3, 0, 127})) << type;
  }
}

TEST(Dataset, RefusesOtherLabels) {
  EXPECT_EQ(labelProblem("l", idxLabels(3, "ab")), "ends after 10 bytes, its declared number of labels needs 11");
  EXPECT_EQ(labelProblem("l", idxLabels(3, "abcd")),
            "runs on after byte 11, where its declared number of labels must end");
  EXPECT_EQ(labelProblem("l", idxImages(1, 1, 3, "abc")), "idx file has 3 dimensions, 1 dimension needed");
  EXPECT_EQ(labelProblem("l", npy(npyHeader("<f4", "(3,)"), ramp(12))),
            "element type is '<f4', labels need little-endian integers");
  EXPECT_EQ(labelProblem("l", npy(npyHeader(">i4", "(3,)"), ramp(12))),
            "element type is '>i4', labels need little-endian integers");
  EXPECT_EQ(labelProblem("l", npy(npyHeader("|u1", "(3, 1)"), ramp(3))), "shape is [3, 1], labels need [n]");
  EXPECT_EQ(labelProblem("l", npy(npyHeader("|i1", "(3,)"), "\x01\xff\x01")),
            "label[1] is negative, a class from 0 on is needed");
  EXPECT_EQ(
      labelProblem("l", npy(npyHeader("<i8", "(3,)"), std::string("\0\0\0\0\1\0\0\0", 8) + std::string(16, '\0'))),
      "label[0] is 4294967296, a class below 4294967296 is needed");
  EXPECT_EQ(labelProblem("l", npy(npyHeader("<i8", "(4611686018427387904,)"), "")),
            "shape [4611686018427387904] is larger than any file");
}

TEST(Dataset, NamesBothCountsThatDiffer) {
  TemporaryFolder folder;
  const std::string images = folder.write("images", idxImages(3, 1, 1, "abc"));
  const std::string labels = folder.write("labels", idxLabels(2, "ab"));
  EXPECT_EQ(readDataset(images, labels).status().text(), "'" + labels + "': holds 2 labels, '" + images + "' needs 3");
}

std::string cifarRecord(char label, unsigned first) { return label + ramp(3072, first); }

TEST(Dataset, ReadsCifarFilesWithTheirLabels) {
  TemporaryFolder folder;
  const std::string one = folder.write("one.bin", cifarRecord(3, 0) + cifarRecord(9, 1));
  const std::string two = folder.writeGzip("two.bin.gz", cifarRecord(0, 2));
  for (const std::string &labels : {std::string(), one + "," + two}) {
    Expected<Dataset> data = readDataset(one + "," + two, labels);
    ASSERT_TRUE(data) << data.status().text();
    EXPECT_EQ(data->count, 3u);
    EXPECT_EQ(data->channels, 3u);
    EXPECT_EQ(data->height, 32u);
    EXPECT_EQ(data->labels, (std::vector<uint32_t>{3, 9, 0}));
    EXPECT_EQ(pixels(*data), ramp(3072, 0) + ramp(3072, 1) + ramp(3072, 2));
  }
  EXPECT_TRUE(carriesLabels(one + "," + two));
  EXPECT_FALSE(carriesLabels(one + ",labels.npy"));
}

TEST(Dataset, RefusesOtherCifarSizes) {
  EXPECT_EQ(imageProblem("a.bin", cifarRecord(1, 0) + "x"),
            "holds 3074 bytes, CIFAR-10 needs a positive multiple of 3073");
  EXPECT_EQ(imageProblem("a.bin", ""), "holds 0 bytes, CIFAR-10 needs a positive multiple of 3073");
}

TEST(Dataset, RefusesFilesOfDifferentShapes) {
  TemporaryFolder folder;
  const std::string a = folder.write("a", idxImages(1, 2, 3, ramp(6))),
                    b = folder.write("b", idxImages(1, 3, 2, ramp(6)));
  EXPECT_EQ(readDataset(a + "," + b, "").status().text(),
            "'" + b + "': holds images of 1x3x2, the files before it of 1x2x3");
  Expected<Dataset> both = readDataset(a + "," + a, "");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->count, 2u);
}

TEST(Dataset, TakesAFileWithACommaInItsName) {
  TemporaryFolder folder;
  EXPECT_TRUE(readDataset(folder.write("a,b", idxImages(1, 1, 1, "x")), ""));
}

TEST(Dataset, RefusesMissingFileAndFolder) {
  TemporaryFolder folder;
  const std::string none = folder.path("none");
  EXPECT_EQ(readDataset(none, "").status().text(), "'" + none + "': cannot be read: No such file or directory");
  EXPECT_EQ(readDataset(folder.path(""), "").status().text(),
            "'" + folder.path("") + "': is a directory, a file is needed");
}

TEST(Dataset, ChecksShapeAndLabelsAgainstTheBinary) {
  TemporaryFolder folder;
  const std::string images = folder.write("i", idxImages(2, 3, 4, ramp(24)));
  const std::string labels = folder.write("l", idxLabels(2, "\x01\x0a"));
  Expected<Dataset> data = readDataset(images, labels);
  ASSERT_TRUE(data);
  EXPECT_TRUE(checkDataset(*data, 1, 3, 4, 11).ok());
  EXPECT_EQ(checkDataset(*data, 1, 3, 4, 10).text(),
            "'" + labels + "': label[1] is 10, the binary's 10 classes need labels from 0 to 9");
  EXPECT_EQ(checkDataset(*data, 3, 3, 4, 11).text(), "'" + images + "': holds images of 1x3x4, the binary needs 3x3x4");
  EXPECT_TRUE(checkDataset(*data, 12, 1, 1, 11).ok()) << "a row of numbers";
  EXPECT_TRUE(checkDataset(*data, 1, 12, 1, 11).ok()) << "a row of numbers";
  EXPECT_TRUE(checkDataset(*data, 1, 1, 12, 11).ok()) << "a row of numbers";
  for (auto [c, h, w] : {std::array{1, 4, 3}, {3, 4, 1}, {4, 1, 3}, {13, 1, 1}, {2, 3, 2}})
    EXPECT_FALSE(checkDataset(*data, c, h, w, 11).ok()) << c << "x" << h << "x" << w;
}

} // namespace
} // namespace wage::rt::test
