//===- TemporaryFolder.h - files that last as long as a test ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_UNIT_DATA_TEMPORARYFOLDER_H
#define WAGE_TEST_UNIT_DATA_TEMPORARYFOLDER_H

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <zlib.h>

namespace wage::rt::test {

/// A fresh folder, removed with all it holds at the end of the test.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wage-test-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(root); }

  std::string path(const std::string &name) const { return (root / name).string(); }

  std::string write(const std::string &name, const std::string &content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  std::string writeGzip(const std::string &name, const std::string &content) const {
    gzFile file = gzopen(path(name).c_str(), "wb9");
    for (size_t at = 0; at < content.size(); at += 1 << 20)
      gzwrite(file, content.data() + at, static_cast<unsigned>(std::min<size_t>(1 << 20, content.size() - at)));
    gzclose(file);
    return path(name);
  }

  std::string read(const std::string &name) const {
    std::ifstream file(path(name), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  size_t files() const {
    return std::distance(std::filesystem::directory_iterator(root), std::filesystem::directory_iterator());
  }

private:
  std::filesystem::path root;
};

/// A big-endian 32-bit word, as idx headers have them.
inline std::string word(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

/// `count` bytes 0, 1, 2, … from `first` on, modulo 256.
inline std::string ramp(size_t count, unsigned first = 0) {
  std::string bytes(count, '\0');
  for (size_t i = 0; i < count; ++i)
    bytes[i] = static_cast<char>(first + i);
  return bytes;
}

inline std::string idxImages(uint32_t count, uint32_t height, uint32_t width, const std::string &pixels) {
  return word(0x00000803) + word(count) + word(height) + word(width) + pixels;
}

inline std::string idxLabels(uint32_t count, const std::string &labels) {
  return word(0x00000801) + word(count) + labels;
}

/// An .npy file of the given header dictionary. Version 1 has a two-byte length, later ones four.
inline std::string npy(const std::string &dictionary, const std::string &elements, char version = 1) {
  const size_t length = dictionary.size();
  std::string file =
      std::string("\x93NUMPY") + version + '\0' + static_cast<char>(length) + static_cast<char>(length >> 8);
  if (version > 1)
    file += std::string(2, '\0');
  return file + dictionary + elements;
}

inline std::string npyHeader(const std::string &type, const std::string &shape, const std::string &fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

} // namespace wage::rt::test

#endif // WAGE_TEST_UNIT_DATA_TEMPORARYFOLDER_H
