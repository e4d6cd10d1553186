//===- FuzzTarget.cpp - what the fuzzed readers share --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "test/fuzz/FuzzTarget.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace wage::fuzz {

void fail(const std::string &text) {
  std::fprintf(stderr, "fuzz: %s\n", text.c_str());
  std::abort();
}

void expectOneLine(const std::string &refusal) {
  if (refusal.empty() || refusal.find('\n') != std::string::npos)
    fail("refused with '" + refusal + "', one line of text is needed");
}

InputFile::InputFile(const char *suffix) {
  const char *folder = std::getenv("TMPDIR");
  path = std::string(folder ? folder : "/tmp") + "/wage-fuzz-" + std::to_string(::getpid()) + suffix;
}

InputFile::~InputFile() { ::unlink(path.c_str()); }

const std::string &InputFile::write(const uint8_t *data, size_t size) const {
  FILE *file = std::fopen(path.c_str(), "wb");
  if (!file || std::fwrite(data, 1, size, file) != size || std::fclose(file) != 0)
    fail("'" + path + "' cannot be written");
  return path;
}

size_t mutateInPlace(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  if (size == 0 || seed % 4 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  const size_t begin = seed / 4 % size, window = std::min<size_t>(size - begin, size_t(1) << (seed / 7 % 4));
  Bytes changed(data + begin, data + begin + window);
  // What the mutation leaves out of the window stays as it is.
  LLVMFuzzerMutate(changed.data(), window, window);
  std::copy(changed.begin(), changed.end(), data + begin);
  return size;
}

size_t storeInput(const Bytes &bytes, uint8_t *data, size_t maxSize) {
  if (bytes.size() > maxSize)
    return 0;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

} // namespace wage::fuzz
