//===- FuzzTarget.h - what the fuzzed readers share --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_FUZZ_FUZZTARGET_H
#define WAGE_TEST_FUZZ_FUZZTARGET_H

#include "runtime/Support/Status.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What libFuzzer calls, and what it offers to mutators.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed);
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace wage::fuzz {

using Bytes = std::vector<uint8_t>;

/// Prints `text` and aborts, which libFuzzer takes for a crash.
[[noreturn]] void fail(const std::string &text);

/// Fails unless a refusal has one line of text.
void expectOneLine(const std::string &refusal);

/// Whether `result`, a Status or an Expected, is a success. Fails if it is a refusal without one line of text.
inline bool accepted(const rt::Status &status) {
  if (!status.ok())
    expectOneLine(status.text());
  return status.ok();
}
template <typename T> bool accepted(const rt::Expected<T> &result) { return result || accepted(result.status()); }

/// A file for readers that open a path, in the folder that TMPDIR names, else /tmp. Its name ends in `suffix`.
class InputFile {
public:
  explicit InputFile(const char *suffix);
  ~InputFile();
  const std::string &write(const uint8_t *data, size_t size) const;

private:
  std::string path;
};

/// Mutates as libFuzzer does, in three of four cases only a few bytes in place: offsets and lengths that a file holds of
/// itself stay true, and what they lead to is reached.
size_t mutateInPlace(uint8_t *data, size_t size, size_t maxSize, unsigned seed);

/// Copies `bytes` to an input of at most `maxSize` bytes and returns its size; 0 if they are too many.
size_t storeInput(const Bytes &bytes, uint8_t *data, size_t maxSize);

} // namespace wage::fuzz

#endif // WAGE_TEST_FUZZ_FUZZTARGET_H
