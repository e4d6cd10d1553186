//===- FitText.cpp - fit reports for people and programs ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Fit/FitReport.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace wage {

namespace {

StringRef stateWord(chip::Limit::State state) {
  switch (state) {
  case chip::Limit::Fits: return "fits";
  case chip::Limit::Split: return "split";
  case chip::Limit::Spills: return "off chip";
  case chip::Limit::Exceeded: return "exceeded";
  }
  return {};
}

} // namespace

void printFitText(const FitReport &report, raw_ostream &out) {
  out << report.network << " on " << report.chip << " (cores '" << report.group << "'), " << report.mode << ", bits "
      << report.bits << ", batch " << report.batch << ": " << (report.fits ? "fits" : "does not fit") << "\n";
  out << "  " << left_justify("limit", 30) << right_justify("need", 12) << right_justify("supply", 12)
      << right_justify("excess", 12) << "  " << left_justify("unit", 11) << left_justify("state", 9) << "layer\n";
  for (const chip::Limit &l : report.limits)
    out << "  " << left_justify(l.name, 30) << right_justify(utostr(l.need), 12) << right_justify(utostr(l.supply), 12)
        << right_justify(utostr(l.excess()), 12) << "  " << left_justify(l.unit, 11)
        << left_justify(stateWord(l.state), 9) << (l.layer.empty() ? "-" : l.layer) << "\n";
  if (!report.fits) {
    out << "  single changes that fit:";
    if (report.changes.empty())
      out << (report.changesSought ? " none of batch, bits or chips"
                                   : " not sought, as where blocks stand decides what a link carries");
    out << "\n";
    for (const FitChange &c : report.changes)
      out << "    " << c.choice << " " << c.from << " -> " << c.to << "\n";
  }
  out << "  listed chips that fit as they are: "
      << (report.fittingChips.empty() ? "none" : join(report.fittingChips, ", ")) << "\n";
}

void printFitJson(const FitReport &report, raw_ostream &out) {
  json::OStream j(out, 2);
  j.object([&] {
    j.attribute("network", report.network);
    j.attribute("supported", true);
    j.attribute("chip", report.chip);
    j.attribute("cores", report.group);
    j.attribute("mode", report.mode);
    j.attribute("bits", report.bits);
    j.attribute("batch", report.batch);
    j.attribute("fits", report.fits);
    j.attributeArray("limits", [&] {
      for (const chip::Limit &l : report.limits)
        j.object([&] {
          j.attribute("limit", l.name);
          j.attribute("layer", l.layer);
          j.attribute("need", l.need);
          j.attribute("supply", l.supply);
          j.attribute("excess", l.excess());
          j.attribute("unit", l.unit);
          j.attribute("state", stateWord(l.state));
        });
    });
    j.attributeArray("changes", [&] {
      for (const FitChange &c : report.changes)
        j.object([&] {
          j.attribute("choice", c.choice);
          j.attribute("from", c.from);
          j.attribute("to", c.to);
        });
    });
    j.attribute("changes_sought", report.changesSought);
    j.attributeArray("fitting_chips", [&] {
      for (const std::string &name : report.fittingChips)
        j.value(name);
    });
  });
  out << "\n";
}

} // namespace wage
