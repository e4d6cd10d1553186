//===- OutputFile.cpp - a file that is complete or not there -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/OutputFile/OutputFile.h"

#include "runtime/Data/AtomicFile.h"

#include "llvm/Support/Signals.h"

using namespace llvm;

namespace wage {

namespace {

Error makeError(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

} // namespace

/// LLVM's streams on an AtomicFile. The first error is kept; nothing is written after it.
class OutputFile::Stream : public raw_ostream {
public:
  explicit Stream(rt::AtomicFile opened) : file(std::move(opened)), temporary(file.temporaryPath()) {
    if (!temporary.empty())
      sys::RemoveFileOnSignal(temporary);
  }
  ~Stream() override {
    flush();
    if (!temporary.empty())
      sys::DontRemoveFileOnSignal(temporary);
  }

  rt::Status keep() {
    flush();
    return status.ok() ? file.commit() : status;
  }

private:
  void write_impl(const char *data, size_t bytes) override {
    if (status.ok())
      status = file.write(data, bytes);
    position += bytes;
  }
  uint64_t current_pos() const override { return position; }

  rt::AtomicFile file;
  const std::string temporary;
  rt::Status status;
  uint64_t position = 0;
};

Expected<std::unique_ptr<OutputFile>> OutputFile::open(StringRef path) {
  std::unique_ptr<OutputFile> output(new OutputFile);
  if (path == "-") {
    std::error_code problem;
    output->console = std::make_unique<raw_fd_ostream>(path, problem);
    if (problem)
      return makeError("standard output: cannot be written: " + problem.message());
    return output;
  }
  rt::Expected<rt::AtomicFile> file = rt::AtomicFile::create(path.str());
  if (!file)
    return makeError(file.status().text());
  output->file = std::make_unique<Stream>(std::move(*file));
  return output;
}

OutputFile::~OutputFile() {
  if (!console)
    return;
  // Whatever went wrong has been reported by keep, or is of no interest.
  console->flush();
  console->clear_error();
}

raw_ostream &OutputFile::os() {
  if (console)
    return *console;
  return *file;
}

Error OutputFile::keep() {
  if (file) {
    rt::Status status = file->keep();
    return status.ok() ? Error::success() : makeError(status.text());
  }
  console->flush();
  std::error_code problem = console->error();
  console->clear_error();
  return problem ? makeError("standard output: cannot be written: " + problem.message()) : Error::success();
}

} // namespace wage
