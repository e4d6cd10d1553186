//===- OutputFile.cpp - a file that is complete or not there -----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/OutputFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

using namespace llvm;

namespace wage {

namespace {

Error cannotWrite(StringRef path, const Twine &why) {
  return createStringError(inconvertibleErrorCode(), path + ": cannot be written: " + why);
}

} // namespace

Expected<std::unique_ptr<OutputFile>> OutputFile::open(StringRef path) {
  std::unique_ptr<OutputFile> file(new OutputFile(path));
  std::error_code problem;
  // A device or a pipe has no file to be moved over it.
  if (path == "-" || (sys::fs::exists(path) && !sys::fs::is_regular_file(path))) {
    file->stream = std::make_unique<raw_fd_ostream>(path, problem);
    if (problem)
      return cannotWrite(path, problem.message());
    return file;
  }
  // Not llvm::sys::fs::TempFile: it takes a % in the user's path for a digit to fill in.
  file->temporary = (path + "." + Twine(sys::Process::getProcessId()) + ".part").str();
  file->stream = std::make_unique<raw_fd_ostream>(file->temporary, problem, sys::fs::CD_CreateNew);
  if (problem) {
    file->temporary.clear(); // not ours to remove
    return cannotWrite(path, problem.message());
  }
  sys::RemoveFileOnSignal(file->temporary);
  return file;
}

OutputFile::~OutputFile() {
  if (stream) {
    // Whatever went wrong has been reported by keep, or is of no interest: the file goes.
    stream->flush();
    stream->clear_error();
    stream.reset();
  }
  if (temporary.empty())
    return;
  sys::fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
}

Error OutputFile::keep() {
  if (temporary.empty())
    stream->flush();
  else
    stream->close();
  std::error_code problem = stream->error();
  stream->clear_error();
  stream.reset();
  if (!problem && !temporary.empty())
    problem = sys::fs::rename(temporary, path);
  if (problem)
    return cannotWrite(path, problem.message());
  if (!temporary.empty())
    sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
  return Error::success();
}

} // namespace wage
