//===- CompileProfile.h - how long each pass took, for trace viewers -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGE_TRANSLATE_COMPILEPROFILE_H
#define WAGE_TOOLS_WAGE_TRANSLATE_COMPILEPROFILE_H

#include "mlir/Pass/PassInstrumentation.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace wage {

/// Records when pieces of a compilation begin and end, and writes them as Chrome trace events.
class CompileProfile {
public:
  /// A piece of work of the calling thread; pieces nest. Nothing happens where `profile` is null.
  static void begin(CompileProfile *profile, llvm::StringRef name);
  static void end(CompileProfile *profile);

  /// Records every pass of a pass manager. The profile must outlive it.
  std::unique_ptr<mlir::PassInstrumentation> makeInstrumentation();

  /// One JSON object; what has not ended ends now.
  void write(llvm::raw_ostream &out);

private:
  struct Event {
    std::string name;
    size_t thread;
    double begin, duration; ///< microseconds
  };
  double now() const {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }
  size_t threadNumber();
  void endInnermost(size_t thread);

  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::mutex mutex;
  llvm::DenseMap<uint64_t, size_t> threads;
  std::vector<std::vector<Event>> open; ///< by thread, the innermost last
  std::vector<Event> events;
};

} // namespace wage

#endif // WAGE_TOOLS_WAGE_TRANSLATE_COMPILEPROFILE_H
