//===- CompileProfile.cpp - how long each pass took, for trace viewers -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/CompileProfile.h"

#include "mlir/Pass/Pass.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Threading.h"

namespace wage {

namespace {

class PassRecorder : public mlir::PassInstrumentation {
public:
  explicit PassRecorder(CompileProfile &profile) : profile(profile) {}

  void runBeforePass(mlir::Pass *pass, mlir::Operation *) override {
    if (isOurs(pass))
      CompileProfile::begin(&profile, pass->getArgument());
  }
  void runAfterPass(mlir::Pass *pass, mlir::Operation *) override { end(pass); }
  void runAfterPassFailed(mlir::Pass *pass, mlir::Operation *) override { end(pass); }

private:
  /// What has no flag of its own only runs other passes.
  static bool isOurs(mlir::Pass *pass) { return !pass->getArgument().empty(); }
  void end(mlir::Pass *pass) {
    if (isOurs(pass))
      CompileProfile::end(&profile);
  }

  CompileProfile &profile;
};

/// Microseconds with fixed digits: a double's own 17 would be mostly noise.
void addTime(llvm::json::OStream &j, llvm::StringRef name, double microseconds) {
  j.attributeBegin(name);
  j.rawValue([&](llvm::raw_ostream &out) { out << llvm::format("%.3f", microseconds); });
  j.attributeEnd();
}

} // namespace

size_t CompileProfile::threadNumber() {
  const size_t number = threads.try_emplace(llvm::get_threadid(), threads.size()).first->second;
  if (number == open.size())
    open.emplace_back();
  return number;
}

void CompileProfile::begin(CompileProfile *profile, llvm::StringRef name) {
  if (!profile)
    return;
  const std::lock_guard<std::mutex> lock(profile->mutex);
  const size_t thread = profile->threadNumber();
  profile->open[thread].push_back({name.str(), thread, profile->now(), 0});
}

void CompileProfile::endInnermost(size_t thread) {
  Event event = std::move(open[thread].back());
  open[thread].pop_back();
  event.duration = now() - event.begin;
  events.push_back(std::move(event));
}

void CompileProfile::end(CompileProfile *profile) {
  if (!profile)
    return;
  const std::lock_guard<std::mutex> lock(profile->mutex);
  const size_t thread = profile->threadNumber();
  if (!profile->open[thread].empty())
    profile->endInnermost(thread);
}

std::unique_ptr<mlir::PassInstrumentation> CompileProfile::makeInstrumentation() {
  return std::make_unique<PassRecorder>(*this);
}

void CompileProfile::write(llvm::raw_ostream &out) {
  for (size_t thread = 0; thread < open.size(); ++thread)
    while (!open[thread].empty())
      endInnermost(thread);
  llvm::json::OStream j(out);
  j.object([&] {
    j.attribute("displayTimeUnit", "ms");
    j.attributeObject("otherData", [&] {
      j.attribute("program", "wage-translate");
      j.attribute("dropped_events", 0);
    });
    j.attributeArray("traceEvents", [&] {
      for (const Event &event : events)
        j.object([&] {
          j.attribute("name", event.name);
          j.attribute("cat", "compile");
          j.attribute("ph", "X");
          j.attribute("pid", 1);
          j.attribute("tid", static_cast<int64_t>(event.thread + 1));
          addTime(j, "ts", event.begin);
          addTime(j, "dur", event.duration);
        });
    });
  });
  out << "\n";
}

} // namespace wage
