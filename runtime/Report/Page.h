//===- Page.h - a program as one page to look at ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_REPORT_PAGE_H
#define WAGE_RUNTIME_REPORT_PAGE_H

#include <string>

namespace wage::rt {

/// The page of `wage-run report`: HTML that needs nothing beside it, with `json`, the object of `wage-run info --json`,
/// in it. Its parts stand in runtime/Report and are put together when wage is built (cmake/EmbedPage.cmake).
std::string reportPageOf(const std::string &json);

} // namespace wage::rt

#endif // WAGE_RUNTIME_REPORT_PAGE_H
