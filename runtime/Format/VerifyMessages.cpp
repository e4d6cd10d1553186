//===- VerifyMessages.cpp - routes, host ports, trace points ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Streams.h"
#include "runtime/Format/VerifierParts.h"

#include <algorithm>
#include <map>
#include <set>

namespace wage::rt::verify {

namespace {

/// Who sends and receives a route, found by walking every core's streams.
struct RouteUse {
  static constexpr uint32_t nobody = noIndex - 1;
  uint32_t sender = nobody, sendPhase = 0;
  std::vector<std::pair<uint32_t, uint32_t>> receivers; ///< core and phase
};

Status collectUses(const Program &p, std::vector<RouteUse> &uses) {
  for (uint32_t c = 0; c < p.cores.size(); ++c) {
    const Core &core = p.cores[c];
    const Template &t = p.templates[core.templateIndex];
    std::vector<uint8_t> linkUsed(core.links.size(), 0);
    for (uint32_t phase = 0; phase < p.phases.size(); ++phase)
      for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i) {
        const Instruction in = decodeInstruction(t.words, i);
        if (!isMessage(in.opcode))
          continue;
        const int64_t first = operandValue(in.operands[1], core), count = operandValue(in.operands[2], core);
        for (int64_t k = first; k < first + count; ++k) {
          const uint32_t route = core.links[k].route;
          RouteUse &use = uses[route];
          if (linkUsed[k]++)
            return Status::error(coreName(p, c) + ": two instructions use the same link to route " + number(route));
          if (in.opcode == Opcode::Receive) {
            use.receivers.push_back({c, phase});
            continue;
          }
          if (use.sender != RouteUse::nobody)
            return Status::error("route " + number(route) + " is sent twice");
          use.sender = c;
          use.sendPhase = phase;
        }
      }
  }
  return Status();
}

Status verifyRoute(const Program &p, uint32_t r, RouteUse &use, bool hasPort) {
  const Route &route = p.routes[r];
  const std::string where = "route " + number(r) + ": ";
  if (route.destinations.empty() || route.type > ElementType::Int64 || route.elements == 0)
    return Status::error(where + "has no destination, no elements or no known element type");
  const bool toHost = route.destinations.size() == 1 && route.destinations.front() == hostNode;
  const bool fromHost = route.source == hostNode;
  if ((toHost || fromHost) != hasPort || (toHost && fromHost))
    return Status::error(where + "leads from or to the host without a host port, or has a port without doing so");
  if (fromHost ? use.sender != RouteUse::nobody : use.sender != route.source)
    return Status::error(where + "is not sent by its source");
  std::vector<uint32_t> wanted = toHost ? std::vector<uint32_t>() : route.destinations, found;
  for (const auto &[core, phase] : use.receivers) {
    found.push_back(core);
    if (phase != (fromHost ? use.receivers.front().second : use.sendPhase))
      return Status::error(where + "is received in another phase than it is sent in");
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(found.begin(), found.end());
  if (wanted != found || std::adjacent_find(found.begin(), found.end()) != found.end())
    return Status::error(where + "is not received exactly once by each of its destinations");
  if (fromHost)
    use.sendPhase = use.receivers.front().second;
  return Status();
}

Status verifyPort(const Program &p, const HostPort &port, const RouteUse &use, std::vector<bool> &classes) {
  const Route &route = p.routes[port.route];
  const std::string where = "host port of route " + number(port.route) + ": ";
  const bool perSample = p.phases[use.sendPhase].perSample, infers = use.sendPhase < p.inferPhases;
  const uint64_t end = uint64_t(port.offset) + route.elements;
  const bool fromHost = route.source == hostNode;
  bool ok = false;
  switch (port.data) {
  case HostData::Image:
    ok = fromHost && perSample && infers && route.type == p.inputType && end <= p.inputElements();
    break;
  case HostData::Labels: ok = fromHost && perSample && !infers && route.type == ElementType::Int32 && end == 1; break;
  case HostData::Control: ok = fromHost && !perSample && !infers && route.type == ElementType::Int64 && end == 3; break;
  case HostData::Logits:
    ok = !fromHost && perSample && infers && route.type >= ElementType::Int8 && end <= p.classes;
    for (uint64_t i = port.offset; ok && i < end; ++i) {
      ok = !classes[i];
      classes[i] = true;
    }
    break;
  }
  return ok ? Status()
            : Status::error(where + "direction, phase, element type or range do not fit what the host exchanges there");
}

/// Images whose shape is not the network's would be read askew, so every element must be asked for by some port.
Status verifyImage(const Program &p) {
  // Of a slice of the image the rest reaches no core; the proof before lifting compares routes and assemblies.
  for (const Assembly &assembly : p.assemblies)
    for (const Segment &segment : assembly.segments)
      if (segment.templateIndex == noIndex)
        return Status();
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const HostPort &port : p.hostPorts)
    if (port.data == HostData::Image)
      ranges.push_back({port.offset, uint64_t(port.offset) + p.routes[port.route].elements});
  std::sort(ranges.begin(), ranges.end());
  const uint64_t elements = p.inputElements();
  uint64_t covered = 0;
  for (const auto &[begin, end] : ranges)
    covered = begin <= covered ? std::max(covered, end) : covered;
  return covered == elements ? Status()
                             : Status::error("image elements from " + number(covered) + " of " + number(elements) +
                                             " on reach no core");
}

/// `coresOf`: by template.
Status verifyTracePoint(const Program &p, const TracePoint &point, const std::vector<std::vector<uint32_t>> &coresOf) {
  const std::string where = "trace point '" + point.name + "': ";
  if (point.templateIndex >= p.templates.size() || point.phase >= p.phases.size() ||
      point.kind > TraceKind::GradientExponent || point.buffer >= p.templates[point.templateIndex].buffers.size())
    return Status::error(where + "template, phase, kind or buffer out of range");
  const Template &t = p.templates[point.templateIndex];
  const BufferDecl &buffer = t.buffers[point.buffer];
  const bool isExponent = point.kind == TraceKind::ErrorExponent || point.kind == TraceKind::GradientExponent;
  if (point.rows ? point.kind != TraceKind::Slice || point.shape.size() != 3 || point.firstRow >= point.shape[1] ||
                       point.rows > point.shape[1] - point.firstRow
                 : point.firstRow != 0)
    return Status::error(where + "rows " + number(point.firstRow) + " and " + number(point.rows) +
                         " more are no rows of a slice with three dimensions");
  const uint64_t elements = point.elements();
  if (point.kind == TraceKind::Slice &&
      (point.offsetParameter >= t.parameters.size() || buffer.lifetime == Lifetime::Step ||
       !p.phases[point.phase].perSample || elements > largestTensor))
    return Status::error(where + "a slice needs an offset parameter, a per-sample phase and buffer, and a sane shape");
  if (point.kind != TraceKind::Slice && buffer.lifetime != Lifetime::Step)
    return Status::error(where + "must read a buffer of the step");
  if (isExponent && t.phaseBegin[point.phase] == t.phaseBegin[point.phase + 1])
    return Status::error(where + "its template does nothing in phase '" + p.phases[point.phase].name + "'");
  uint64_t sliced = 0;
  for (uint32_t c : coresOf[point.templateIndex]) {
    const Core &core = p.cores[c];
    const uint64_t own = operandValue(buffer.elements, core);
    const uint64_t weights = core.layer == noIndex ? 0 : blockOf(p, core).weights();
    // The fused engine has the tensor whole: its parts must lie behind each other in the order of the cores.
    const bool ok = point.kind == TraceKind::Slice ? core.parameters[point.offsetParameter] == int64_t(sliced)
                    : isExponent                   ? own == 1 && buffer.type == ElementType::Int32
                                                   : core.layer != noIndex && p.learns(p.layers[core.layer]) &&
                                                         (own == weights || point.kind != TraceKind::Weights);
    if (!ok)
      return Status::error(where + "a core's part does not fit the tensor");
    sliced += own;
  }
  if (point.kind == TraceKind::Slice && sliced != elements)
    return Status::error(where + "its cores hold " + number(sliced) + " elements of " + number(elements));
  return Status();
}

/// The rows of a tensor that is traced in bands must all be there, each once.
Status verifyTracedRows(const Program &p) {
  std::map<std::string, std::vector<const TracePoint *>> bands;
  for (const TracePoint &point : p.tracePoints)
    if (point.rows)
      bands[point.name].push_back(&point);
  for (auto &[name, points] : bands) {
    std::sort(points.begin(), points.end(),
              [](const TracePoint *a, const TracePoint *b) { return a->firstRow < b->firstRow; });
    uint32_t row = 0;
    for (const TracePoint *point : points)
      if (row = point->firstRow == row ? row + point->rows : noIndex; row == noIndex)
        break;
    if (row != points.front()->shape[1])
      return Status::error("trace point '" + name + "': its bands do not have every row once");
  }
  return Status();
}

/// Several points may give one tensor its parts: blocks of one layer in different templates, or bands. All else has its name to
/// itself.
Status verifyTraceNames(const Program &p) {
  std::vector<uint32_t> layerOf(p.templates.size(), noIndex);
  for (const Core &core : p.cores)
    layerOf[core.templateIndex] = core.layer == noIndex ? noIndex : p.originalOf(core.layer);
  std::map<std::string, const TracePoint *> firstOf;
  std::set<std::pair<std::string, uint32_t>> parts;
  for (const TracePoint &point : p.tracePoints) {
    const TracePoint &first = *firstOf.emplace(point.name, &point).first->second;
    const bool isNew = parts.emplace(point.name, point.templateIndex).second;
    if (&first == &point)
      continue;
    if (point.rows && first.rows && isNew && first.phase == point.phase && first.shape == point.shape)
      continue; // verifyTracedRows
    const bool isBlock =
        point.kind == TraceKind::Weights || point.kind == TraceKind::Step || point.kind == TraceKind::Masters;
    if (!isNew || !isBlock || first.kind != point.kind || first.phase != point.phase || first.shape != point.shape ||
        layerOf[first.templateIndex] != layerOf[point.templateIndex])
      return Status::error("trace point '" + point.name + "': two of this name, needed blocks of one layer's tensor");
  }
  return Status();
}

} // namespace

Status messages(const Program &p) {
  std::vector<RouteUse> uses(p.routes.size());
  if (Status status = collectUses(p, uses); !status.ok())
    return status;
  for (const Route &route : p.routes) {
    if (route.source != hostNode && route.source >= p.cores.size())
      return Status::error("a route comes from core " + number(route.source) + " of " + number(p.cores.size()));
    for (uint32_t destination : route.destinations)
      if (destination != hostNode && destination >= p.cores.size())
        return Status::error("a route leads to core " + number(destination) + " of " + number(p.cores.size()));
  }
  std::vector<bool> hasPort(p.routes.size(), false);
  for (const HostPort &port : p.hostPorts) {
    if (port.route >= p.routes.size() || hasPort[port.route] || port.data > HostData::Logits)
      return Status::error("host port of route " + number(port.route) + ": no such route or kind, or a second port");
    hasPort[port.route] = true;
  }
  for (uint32_t r = 0; r < p.routes.size(); ++r)
    if (Status status = verifyRoute(p, r, uses[r], hasPort[r]); !status.ok())
      return status;
  std::vector<bool> classes(p.classes, false);
  for (const HostPort &port : p.hostPorts)
    if (Status status = verifyPort(p, port, uses[port.route], classes); !status.ok())
      return status;
  if (std::find(classes.begin(), classes.end(), false) != classes.end())
    return Status::error("the logits of some class never reach the host");
  if (Status status = verifyImage(p); !status.ok())
    return status;
  const std::vector<std::vector<uint32_t>> coresOf = coresOfTemplates(p);
  for (const TracePoint &point : p.tracePoints)
    if (Status status = verifyTracePoint(p, point, coresOf); !status.ok())
      return status;
  if (Status status = verifyTraceNames(p); !status.ok())
    return status;
  return verifyTracedRows(p);
}

} // namespace wage::rt::verify
