//===- EventFiles.h - readers of address-event recordings --------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Two forms, each also gzipped, told apart by the first bytes. docs/events.md says the same for users.
//
// Text: a line for each event, `t x y p`, separated by blanks or tabs. `t` is a whole number of microseconds or, with a
// decimal point, seconds; one file has one of both. `#` begins a comment, empty lines are skipped. In front of the first event
// a line of two numbers may say the width and height of the sensor. It is the form of E. Mueggler et al., "The Event-Camera
// Dataset and Simulator" (IJRR 2017), and of the data sets derived from it, which add the line of two numbers.
//
// .npy: integers [n, 4] with the columns t, x, y, p; or [n] of a structured type with the fields t (or timestamp), x, y and p
// (or polarity) of integers, p also of truth values, in any order, as Tonic has them; other fields are not looked at. Times
// are microseconds.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_EVENTFILES_H
#define WAGE_RUNTIME_DATA_EVENTFILES_H

#include "runtime/Data/EventRecording.h"

namespace wage::rt {

/// Reads one recording.
///
/// Units:  of a time in seconds the decimals behind the sixth are dropped. That moves no event to another window, since windows
///         begin at whole microseconds.
/// Errors: the file cannot be read or has neither form; its sensor is not that of `windows`; an event that
///         EventRecording::add() refuses, with the line ("line 3", from 1) or the element ("event[2]", from 0) it stands at;
///         no event.
Expected<EventRecording> readEventFile(const std::string &path, const EventWindows &windows);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_EVENTFILES_H
