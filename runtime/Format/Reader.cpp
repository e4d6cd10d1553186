//===- Reader.cpp - FlatBuffers to programs ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Checksum.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/Verifier.h"
#include "runtime/Format/Wage_generated.h"
#include "runtime/Support/ReadFile.h"

namespace wage::rt {

namespace {

std::string text(const flatbuffers::String *s) { return s->str(); }

template <typename T> std::vector<T> numbers(const flatbuffers::Vector<T> *v) {
  return std::vector<T>(v->begin(), v->end());
}

std::vector<std::string> strings(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>> *v) {
  std::vector<std::string> result;
  for (const auto *s : *v)
    result.push_back(s->str());
  return result;
}

CoreGroup readGroup(const fb::CoreGroup &g) {
  CoreGroup group;
  group.name = text(g.name());
  group.firstX = g.first_x(), group.firstY = g.first_y(), group.columns = g.columns(), group.rows = g.rows();
  group.axons = g.axons(), group.neurons = g.neurons();
  group.weightBits = numbers(g.weight_bits());
  // Format 1.0 knew only cores in which every weight takes one axon.
  group.axonsPerWeight =
      g.axons_per_weight() ? numbers(g.axons_per_weight()) : std::vector<uint32_t>(group.weightBits.size(), 1);
  group.synapseBytes = g.synapse_bytes(), group.dataBytes = g.data_bytes();
  group.dataBytesPerCycle = g.data_bytes_per_cycle(), group.macsPerCycle = g.macs_per_cycle();
  group.accumulatorBits = g.accumulator_bits(), group.reduceFanIn = g.reduce_fan_in();
  const fb::Learning &l = *g.learning();
  group.learning = {l.transposed_read(), l.outer_product(), l.max_reduce(), l.master_bits(), l.random_bits()};
  return group;
}

ChipDescription readChip(const fb::Chip &c) {
  ChipDescription chip;
  chip.name = text(c.name());
  chip.gridColumns = c.grid_columns(), chip.gridRows = c.grid_rows();
  chip.chipColumns = c.chip_columns(), chip.chipRows = c.chip_rows();
  chip.clockMegahertz = c.clock_megahertz();
  for (const auto *g : *c.groups())
    chip.groups.push_back(readGroup(*g));
  chip.noc = {c.multicast(), c.link_bytes_per_cycle(), c.hop_cycles(), c.inter_chip_bytes_per_cycle(),
              c.inter_chip_cycles()};
  chip.offChip = {c.off_chip_bytes(), c.off_chip_port_x(), c.off_chip_port_y(), c.off_chip_bytes_per_cycle()};
  chip.energy = {c.mac_pj(), c.memory_byte_pj(), c.hop_byte_pj(), c.off_chip_byte_pj()};
  for (const std::string &name : strings(c.spike_codes()))
    // A word that is none stands for no code; the verifier refuses it.
    chip.spikes.codes.push_back(spikeCodeOf(name).value_or(static_cast<SpikeCode>(spikeCodeCount)));
  chip.spikes.eventBytes = c.event_bytes(), chip.spikes.tickCycles = c.tick_cycles();
  chip.spikes.fixedTicks = c.fixed_ticks();
  chip.faultyCores = numbers(c.faulty_cores());
  return chip;
}

Layer readLayer(const fb::Layer &l) {
  Layer layer;
  layer.name = text(l.name()), layer.weightName = text(l.weight_name());
  layer.ordinal = l.ordinal();
  layer.weightShape = numbers(l.weight_shape());
  layer.axonsFirst = l.axons_first();
  LinearBlock &g = layer.geometry;
  g.height = l.height(), g.width = l.width();
  g.kernelHeight = l.kernel_height(), g.kernelWidth = l.kernel_width();
  g.strideY = l.stride_y(), g.strideX = l.stride_x(), g.padTop = l.pad_top(), g.padLeft = l.pad_left();
  g.outHeight = l.out_height(), g.outWidth = l.out_width();
  g.rowBegin = 0, g.rowEnd = l.rows(), g.neurons = l.neurons();
  g.dilationY = l.dilation_y(), g.dilationX = l.dilation_x(), g.groups = l.groups();
  layer.scaleLog2 = numbers(l.scale_log2());
  layer.biasName = text(l.bias_name());
  layer.bias = numbers(l.bias());
  return layer;
}

Template readTemplate(const fb::Template &t) {
  Template result;
  result.name = text(t.name());
  result.parameters = strings(t.parameters());
  auto operand = [](const fb::Operand *o) { return o ? Operand{o->value(), o->is_parameter()} : Operand(); };
  for (const auto *b : *t.buffers())
    result.buffers.push_back({text(b->name()), static_cast<ElementType>(b->type()),
                              static_cast<Lifetime>(b->lifetime()), operand(b->elements()), operand(b->address()),
                              b->assembly(), b->tables(), operand(b->first_entry()), b->slots()});
  result.phaseBegin = numbers(t.phase_begin());
  result.words = numbers(t.words());
  return result;
}

Rearrangement readOrder(const fb::HostOrder &o) { return {numbers(o.sizes()), numbers(o.from()), numbers(o.to())}; }

HostInput readHostInput(const fb::HostInput &i) {
  return {numbers(i.shape()), i.batch(), numbers(i.scale()),   numbers(i.offset()),
          i.step(),           i.bits(),  readOrder(*i.order())};
}

HostOutput readHostOutput(const fb::HostOutput &o) {
  HostOutput output{numbers(o.shape()), o.batch(), o.step(), readOrder(*o.order()), {}};
  for (const auto *f : *o.functions())
    output.functions.push_back(
        {static_cast<HostFunctionKind>(f->kind()), f->axis(), f->keep_dims(), f->last(), numbers(f->shape())});
  return output;
}

/// What branches need: absent before format 1.2.
void readMovement(const fb::Program &f, Program &p) {
  if (f.tables())
    for (const auto *t : *f.tables())
      p.tables.push_back({t->bits(), static_cast<ElementType>(t->type()), numbers(t->entries())});
  if (f.moves())
    for (const auto *m : *f.moves())
      p.moves.push_back({static_cast<int64_t>(m->in_elements()),
                         static_cast<int64_t>(m->out_elements()),
                         {numbers(m->sizes()), numbers(m->from()), numbers(m->to())}});
  if (f.assemblies())
    for (const auto *a : *f.assemblies()) {
      Assembly &assembly = p.assemblies.emplace_back();
      for (const fb::Segment *s : *a->segments())
        assembly.segments.push_back({s->template_index(), s->buffer(), s->begin(), s->elements()});
    }
  p.logits = f.logits();
}

/// Whether [first, first + count) lies inside a vector of `size`.
bool inRange(uint64_t first, uint64_t count, uint64_t size) { return first <= size && count <= size - first; }

Status readCores(const fb::Program &f, Program &p) {
  uint64_t parameters = 0, links = 0;
  for (size_t i = 0; i < f.cores()->size(); ++i) {
    const fb::Core &c = *f.cores()->Get(i);
    if (!inRange(c.first_parameter(), c.parameters(), f.parameters()->size()) ||
        !inRange(c.first_link(), c.links(), f.links()->size()))
      return Status::error("core " + std::to_string(i) + ": its parameter row or links run past the end of the table");
    // One row after the other, as writers put them: rows that many cores share would unpack to far more than the file.
    if (c.first_parameter() != parameters || c.first_link() != links)
      return Status::error("core " + std::to_string(i) + ": its parameter row begins at " +
                           std::to_string(c.first_parameter()) + " and its links at " + std::to_string(c.first_link()) +
                           ", needed " + std::to_string(parameters) + " and " + std::to_string(links));
    parameters += c.parameters(), links += c.links();
    Core core;
    core.x = c.x(), core.y = c.y(), core.templateIndex = c.template_index(), core.layer = c.layer();
    core.rowBegin = c.row_begin(), core.rowEnd = c.row_end();
    core.neuronBegin = c.neuron_begin(), core.neuronEnd = c.neuron_end();
    core.imageOffset = c.image_offset(), core.imageBytes = c.image_bytes();
    const uint32_t *row = f.parameters()->data() + c.first_parameter();
    core.parameters.assign(row, row + c.parameters());
    for (uint32_t k = 0; k < c.links(); ++k) {
      const fb::Link &link = *f.links()->Get(c.first_link() + k);
      core.links.push_back({link.route(), link.offset()});
    }
    p.cores.push_back(std::move(core));
  }
  return Status();
}

Status readRoutes(const fb::Program &f, Program &p) {
  uint64_t destinations = 0;
  for (size_t i = 0; i < f.routes()->size(); ++i) {
    const fb::Route &r = *f.routes()->Get(i);
    if (!inRange(r.first_destination(), r.destinations(), f.destinations()->size()))
      return Status::error("route " + std::to_string(i) + ": its destinations run past the end of the table");
    if (r.first_destination() != destinations)
      return Status::error("route " + std::to_string(i) + ": its destinations begin at " +
                           std::to_string(r.first_destination()) + ", needed " + std::to_string(destinations));
    destinations += r.destinations();
    const uint32_t *first = f.destinations()->data() + r.first_destination();
    p.routes.push_back({r.source(), std::vector<uint32_t>(first, first + r.destinations()), r.elements(),
                        static_cast<ElementType>(r.type()), SpikeCode::Dense});
  }
  return Status();
}

void readTables(const fb::Program &f, Program &p) {
  p.readMajor = f.major(), p.readMinor = f.minor();
  p.name = text(f.name()), p.producer = text(f.producer());
  const fb::Config &c = *f.config();
  p.config = {static_cast<Mode>(c.mode()),
              c.weight_bits(),
              c.activation_bits(),
              c.gradient_bits(),
              c.error_bits(),
              c.random_bits(),
              static_cast<Rounding>(c.rounding()),
              c.max_batch()};
  p.chip = readChip(*f.chip());
  p.inputChannels = f.input_channels(), p.inputHeight = f.input_height(), p.inputWidth = f.input_width();
  p.classes = f.classes(), p.inputType = static_cast<ElementType>(f.input_type());
  p.encoderTable = numbers(f.encoder_table());
  for (const auto *l : *f.layers())
    p.layers.push_back(readLayer(*l));
  for (const fb::Pool *q : *f.pools())
    p.pools.push_back({q->height(), q->width(), q->kernel_height(), q->kernel_width(), q->stride_y(), q->stride_x(),
                       q->pad_top(), q->pad_left(), q->out_height(), q->out_width()});
  for (const auto *phase : *f.phases())
    p.phases.push_back({text(phase->name()), phase->per_sample()});
  readMovement(f, p);
  p.inferPhases = f.infer_phases();
  for (const auto *t : *f.templates())
    p.templates.push_back(readTemplate(*t));
  for (const fb::HostPort *h : *f.host_ports())
    p.hostPorts.push_back({h->route(), static_cast<HostData>(h->data()), h->offset()});
  for (const auto *t : *f.trace_points())
    p.tracePoints.push_back({text(t->name()), static_cast<TraceKind>(t->kind()), t->phase(), t->template_index(),
                             t->buffer(), t->offset_parameter(), numbers(t->shape()), t->first_row(), t->rows()});
  p.state = {f.state()->step(), f.state()->seed(), f.state()->sample_position()};
  p.images = numbers(f.images());
  if (f.host_input())
    p.input = readHostInput(*f.host_input());
  if (f.host_output())
    p.output = readHostOutput(*f.host_output());
}

/// Marks the layers that do not learn. The indices must ascend, so that a program has one file.
Status readFrozenLayers(const fb::Program &f, Program &p) {
  const auto *frozen = f.frozen_layers();
  for (uint32_t i = 0; frozen && i < frozen->size(); ++i) {
    const uint32_t layer = frozen->Get(i);
    if (layer >= p.layers.size() || (i > 0 && layer <= frozen->Get(i - 1)))
      return Status::error("frozen layer " + std::to_string(layer) + " of " + std::to_string(p.layers.size()) +
                           ", needed each once and in order");
    p.layers[layer].frozen = true;
  }
  return Status();
}

/// Marks the layers that are copies of others, as readFrozenLayers.
Status readCopies(const fb::Program &f, Program &p) {
  const auto *copies = f.copies();
  for (uint32_t i = 0; copies && i < copies->size(); ++i) {
    const fb::LayerCopy &copy = *copies->Get(i);
    if (copy.layer() >= p.layers.size() || (i > 0 && copy.layer() <= copies->Get(i - 1)->layer()))
      return Status::error("copied layer " + std::to_string(copy.layer()) + " of " + std::to_string(p.layers.size()) +
                           ", needed each once and in order");
    if (copy.of() >= copy.layer() || p.layers[copy.of()].isCopy())
      return Status::error("layer " + std::to_string(copy.layer()) + " is a copy of layer " +
                           std::to_string(copy.of()) + ", needed an earlier one that is no copy");
    p.layers[copy.layer()].copyOf = copy.of();
  }
  return Status();
}

/// How routes carry their elements, as readFrozenLayers.
Status readRouteCodes(const fb::Program &f, Program &p) {
  const auto *codes = f.route_codes();
  if (!codes)
    return Status();
  if (codes->size() != p.routes.size())
    return Status::error(std::to_string(codes->size()) + " codes of " + std::to_string(p.routes.size()) +
                         " routes, needed one each");
  for (uint32_t i = 0; i < codes->size(); ++i) {
    if (codes->Get(i) >= spikeCodeCount)
      return Status::error("route " + std::to_string(i) + ": code " + std::to_string(codes->Get(i)) +
                           ", needed 0 to 3");
    p.routes[i].code = static_cast<SpikeCode>(codes->Get(i));
  }
  return p.hasEvents() ? Status()
                       : Status::error("codes of routes, all dense: needed none where no route carries events");
}

/// Adds up the bytes of what the tables refer to.
class ReferredBytes {
public:
  template <typename T> void add(const flatbuffers::Vector<T> *v) {
    sum += 4 + uint64_t(v ? v->size() : 0) * sizeof(T);
  }
  void add(const fb::HostOrder *o) { add(o->sizes()), add(o->from()), add(o->to()); }
  void add(const flatbuffers::String *s) { sum += 4 + uint64_t(s->size()); }
  void add(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>> *v) {
    for (const auto *s : *v)
      add(s);
  }
  uint64_t sum = 0;
};

/// Tables may refer to the same vector or table again and again, and would unpack to far more than the file.
Status checkSharing(const fb::Program &f, uint64_t fileBytes) {
  ReferredBytes bytes;
  bytes.add(f.chip()->name()), bytes.add(f.chip()->spike_codes()), bytes.add(f.chip()->faulty_cores());
  for (const auto *g : *f.chip()->groups())
    bytes.add(g->name()), bytes.add(g->weight_bits()), bytes.add(g->axons_per_weight());
  for (const auto *l : *f.layers()) {
    bytes.add(l->name()), bytes.add(l->weight_name()), bytes.add(l->bias_name());
    bytes.add(l->weight_shape()), bytes.add(l->scale_log2()), bytes.add(l->bias());
  }
  for (const auto *phase : *f.phases())
    bytes.add(phase->name());
  for (const auto *t : *f.templates()) {
    bytes.add(t->name()), bytes.add(t->parameters()), bytes.add(t->phase_begin()), bytes.add(t->words());
    for (const auto *b : *t->buffers())
      bytes.add(b->name());
  }
  for (const auto *t : *f.trace_points())
    bytes.add(t->name()), bytes.add(t->shape());
  if (const auto *i = f.host_input())
    bytes.add(i->shape()), bytes.add(i->scale()), bytes.add(i->offset()), bytes.add(i->order());
  if (const auto *o = f.host_output()) {
    bytes.add(o->shape()), bytes.add(o->order());
    for (const auto *function : *o->functions())
      bytes.add(function->shape());
  }
  if (f.tables())
    for (const auto *t : *f.tables())
      bytes.add(t->entries());
  bytes.add(f.frozen_layers()), bytes.add(f.route_codes());
  bytes.sum += 4 + uint64_t(f.copies() ? f.copies()->size() : 0) * sizeof(fb::LayerCopy);
  if (f.moves())
    for (const auto *m : *f.moves())
      bytes.add(m->sizes()), bytes.add(m->from()), bytes.add(m->to());
  if (f.assemblies())
    for (const auto *a : *f.assemblies())
      bytes.sum += 4 + uint64_t(a->segments()->size()) * sizeof(fb::Segment);
  if (bytes.sum <= fileBytes)
    return Status();
  return Status::error("damaged: its tables refer to " + std::to_string(bytes.sum) + " bytes, more than the file's " +
                       std::to_string(fileBytes));
}

/// FlatBuffers' verifier proves the alignment of lengths, not of elements of 8 bytes behind them.
Status checkAlignment(const fb::Program &f) {
  auto isAligned = [](const auto *vector) {
    return vector->size() == 0 || reinterpret_cast<uintptr_t>(vector->Data()) % 8 == 0;
  };
  bool aligned = isAligned(f.cores());
  for (const auto *layer : *f.layers())
    aligned &= isAligned(layer->bias());
  auto isOrderAligned = [&](const fb::HostOrder *order) {
    return isAligned(order->sizes()) && isAligned(order->from()) && isAligned(order->to());
  };
  if (const auto *i = f.host_input())
    aligned &= isAligned(i->scale()) && isAligned(i->offset()) && isOrderAligned(i->order());
  if (const auto *o = f.host_output())
    aligned &= isOrderAligned(o->order());
  if (f.moves())
    for (const auto *m : *f.moves())
      aligned &= isAligned(m->sizes()) && isAligned(m->from()) && isAligned(m->to());
  if (f.assemblies())
    for (const auto *a : *f.assemblies())
      aligned &= isAligned(a->segments());
  return aligned ? Status() : Status::error("damaged: a vector of 8-byte numbers is not aligned");
}

std::string version(unsigned major, unsigned minor) { return std::to_string(major) + "." + std::to_string(minor); }

Status checkContainer(const std::vector<uint8_t> &bytes) {
  if (bytes.size() < 8 || !fb::ProgramBufferHasIdentifier(bytes.data()))
    return Status::error("no wage binary: a file of " + std::to_string(bytes.size()) +
                         " bytes without the identifier 'WAGE' at byte 4");
  if (!hasSoundStructure(bytes))
    return Status::error("truncated or damaged: an offset runs past the end of the file (" +
                         std::to_string(bytes.size()) + " bytes)");
  const auto *root = fb::GetProgram(bytes.data());
  if (root->major() != formatMajor || root->minor() > formatMinor)
    return Status::error("format version " + version(root->major(), root->minor()) + ", this program reads " +
                         version(formatMajor, 0) + " to " + version(formatMajor, formatMinor));
  if (root->checksum() != computeChecksum(bytes))
    return Status::error("checksum " + std::to_string(root->checksum()) + ", but the contents have " +
                         std::to_string(computeChecksum(bytes)));
  return Status();
}

} // namespace

Expected<Program> readProgram(const std::vector<uint8_t> &bytes) {
  if (Status status = checkContainer(bytes); !status.ok())
    return status;
  const auto &file = *fb::GetProgram(bytes.data());
  if (Status status = checkAlignment(file); !status.ok())
    return status;
  if (Status status = checkSharing(file, bytes.size()); !status.ok())
    return status;
  Program program;
  readTables(file, program);
  for (Status (*part)(const fb::Program &, Program &) :
       {readFrozenLayers, readCopies, readCores, readRoutes, readRouteCodes})
    if (Status status = part(file, program); !status.ok())
      return status;
  if (Status status = verifyProgram(program); !status.ok())
    return status;
  return program;
}

Expected<std::vector<uint8_t>> readProgramFile(const std::string &path) {
  Expected<std::vector<uint8_t>> bytes = readFile(path);
  if (!bytes)
    return Status::error(path + ": " + bytes.status().text());
  return bytes;
}

Expected<Program> loadProgram(const std::string &path) {
  Expected<std::vector<uint8_t>> bytes = readProgramFile(path);
  if (!bytes)
    return bytes.status();
  Expected<Program> program = readProgram(*bytes);
  if (!program)
    return Status::error(path + ": " + program.status().text());
  return program;
}

} // namespace wage::rt
