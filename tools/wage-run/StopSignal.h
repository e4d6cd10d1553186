//===- StopSignal.h - SIGINT and SIGTERM as a wish ---------------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_STOPSIGNAL_H
#define WAGE_TOOLS_WAGERUN_STOPSIGNAL_H

namespace wage::run {

/// From here on the first SIGINT or SIGTERM is only remembered, so that a loop can stop where its state is whole; the
/// second, of either kind, ends the process at once, as without this. A signal that the process ignores (nohup) stays ignored.
void watchStopSignals();

/// The signal that came, 0 if none did.
int stopSignal();

/// "SIGINT" or "SIGTERM".
const char *stopSignalName(int signal);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_STOPSIGNAL_H
