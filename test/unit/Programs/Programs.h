//===- Programs.h - small programs, and running them on both engines -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The programs are compiled from ONNX when the tests are built (see make_programs.py).
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_UNIT_PROGRAMS_PROGRAMS_H
#define WAGE_TEST_UNIT_PROGRAMS_PROGRAMS_H

#include "runtime/Api/Engine.h"
#include "runtime/Format/Program.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt::testing {

/// Path of a binary that make_programs.py has made: "deep", "deep.infer", …
std::string programPath(const std::string &name);

/// The bytes of such a binary.
std::vector<uint8_t> programBytes(const std::string &name);

/// The program in it, verified.
Program readTestProgram(const std::string &name);

/// Names of all training programs.
const std::vector<std::string> &trainingPrograms();
/// Names of more of them, for the fused engine's stages of bytes: several blocks of lanes, pads and strides of many kinds, and
/// what must not be taken for such a stage.
const std::vector<std::string> &bytePrograms();
/// Names of the programs, for training and for inference, that run in such stages.
const std::vector<std::string> &programsInBytes();
/// Names of programs that only infer.
const std::vector<std::string> &inferencePrograms();
/// The same, of such whose cores exchange events. "events" and "events.infer" do so in training and inference.
const std::vector<std::string> &spikingPrograms();
/// Names of all training programs, and of a program that can only infer: branches, tables, products and moves.
const std::vector<std::string> &everyProgram();

/// A program's name as one of a test case.
std::string caseNameOf(std::string program);

/// `count` images as the program takes them, drawn from `seed`.
std::vector<uint8_t> drawImages(const Program &program, uint32_t count, uint64_t seed);
/// `count` classes, drawn from `seed`.
std::vector<uint32_t> drawLabels(const Program &program, uint32_t count, uint64_t seed);

enum class Kind { Core, Fused };

/// All that a user can see of a run, or the text of the error that ended it.
struct Outcome {
  std::string problem;
  std::vector<int64_t> numbers; ///< logits, exponents and weights, in a fixed order
  std::vector<int64_t> traced;
  std::vector<uint64_t> activity; ///< of the layers, over all batches, where it is counted
  Counters counters;
  bool operator==(const Outcome &o) const { return problem == o.problem && numbers == o.numbers && traced == o.traced; }
};

/// Batches of these sizes (by default the largest, of 64 samples at most, then one of 2) are trained on or inferred, then 3 samples more are
/// inferred; images and labels are drawn from a fixed seed.
struct Schedule {
  std::vector<uint32_t> batches;
  bool train = true, trace = false;
  std::vector<bool> traced = {}; ///< by batch, in place of `trace`
  bool countsActivity = false;
};

/// Runs a program that the verifier has accepted.
Outcome runProgram(const Program &program, Kind kind, unsigned threads, const Schedule &schedule = Schedule());

/// As runProgram, on an engine that is there already.
Outcome runEngine(const Program &program, Engine &engine, const Schedule &schedule = Schedule());

} // namespace wage::rt::testing

#endif // WAGE_TEST_UNIT_PROGRAMS_PROGRAMS_H
