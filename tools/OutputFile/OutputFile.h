//===- OutputFile.h - a file that is complete or not there ---------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_OUTPUTFILE_OUTPUTFILE_H
#define WAGE_TOOLS_OUTPUTFILE_OUTPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace wage {

/// Output of a command. It is written beside its place and moved there by `keep`: whoever looks at the place sees the whole
/// file or what was there before. Without `keep` nothing is left, unless the process is killed; what a killed one left, the
/// next takes over (`runtime/Data/AtomicFile.h`). `-` is standard output.
class OutputFile {
public:
  /// Opens the file, so that a place that cannot be written is known before any work is done.
  ///
  /// Errors: the path and why it cannot be written.
  static llvm::Expected<std::unique_ptr<OutputFile>> open(llvm::StringRef path);
  ~OutputFile();

  llvm::raw_ostream &os();
  bool isStandardOutput() const { return !file; }
  /// Moves the file to its place.
  ///
  /// Errors: the path and why it could not be written.
  llvm::Error keep();

private:
  class Stream;
  OutputFile() = default;

  std::unique_ptr<Stream> file;                  ///< none for standard output
  std::unique_ptr<llvm::raw_fd_ostream> console; ///< none for a file
};

} // namespace wage

#endif // WAGE_TOOLS_OUTPUTFILE_OUTPUTFILE_H
