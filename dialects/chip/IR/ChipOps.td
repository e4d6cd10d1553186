//===- ChipOps.td - operations of the chip level -----------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHIP_IR_CHIPOPS_TD
#define WAGE_DIALECTS_CHIP_IR_CHIPOPS_TD

include "dialects/chip/IR/ChipDialect.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

class Chip_InProgram<string mnemonic, list<Trait> traits = []>
    : Chip_Op<mnemonic, !listconcat(traits, [HasParent<"ProgramOp">])>;

def Chip_ProgramOp : Chip_Op<"program", [Symbol, SymbolTable, IsolatedFromAbove, SingleBlock, NoTerminator,
                                         HasParent<"::mlir::ModuleOp">]> {
  let summary = "Everything that one system of chips runs";
  let description = [{
    `description` is the resolved chip (every field of `ChipDescription.h`). `encoder_table` maps an image byte to the input
    activation of `input_type`, with one table or one per channel. The leading `infer_phases` phases give the logits; a
    training binary goes on from there. `state` is [step, seed, sample position]. `logits` is the position, among the
    assemblies, of what the classes are put together from; absent, they are one tensor. Weights stand in
    `ml_program.global`s beside the program.

    (C1) `encoder_table` has 256 entries or 256 per channel, `input_shape` and `state` 3, and `input_type` is i1, i8, i16, i32
    or i64. (C2) 1 <= `infer_phases` <= number of phases.

    Example: see `wage-translate --binary-to-chip`, whose output is such a program.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DictionaryAttr:$description, DenseI64ArrayAttr:$input_shape,
                       I32Attr:$classes, TypeAttr:$input_type, DenseI32ArrayAttr:$encoder_table,
                       I32Attr:$infer_phases, DenseI64ArrayAttr:$state, OptionalAttr<I32Attr>:$logits);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{ $sym_name `input` $input_shape `:` $input_type `classes` `=` $classes
                          `infer_phases` `=` $infer_phases (`logits` `=` $logits^)? `state` $state
                          `encoder_table` $encoder_table
                          `chip` $description attr-dict-with-keyword $body }];
  let hasRegionVerifier = 1; // program_c1, program_c2
}

def Chip_LayerOp : Chip_InProgram<"layer", [Symbol]> {
  let summary = "A linear layer: a matrix of axons by neurons, applied at every output position";
  let description = [{
    `weights` names the `ml_program.global` in the ONNX initializer's own layout; `axons_first` says that it is [K, N].
    `input_plane`, `kernel`, `strides`, `pads` (top, left) and `output_plane` are 1 x 1 for a matrix product.
    `dilations` stand between rows and columns of the kernel. With `groups` each group of rows belongs to its own group
    of neurons, and the matrix has no weights elsewhere. A layer that is `frozen` does not learn in a program that trains:
    its global holds the weights in use. A layer that is `copy_of` an earlier one has its weights, and its update, and computes
    other rows of the output.

    (C1) every array has 2 positive entries (pads not negative) below 2^31 and `scale_log2` one per neuron.
    (C2) `rows` is a multiple of the kernel's size. (C3) `groups` divides the channels (`rows` by the kernel's size) and
    the neurons.

    Example:
    ```mlir
    chip.layer @conv1 weights = @w0 ordinal = 0 rows = 9 neurons = 4 input_plane [8, 8] kernel [3, 3] strides [1, 1]
               pads [1, 1] output_plane [8, 8] scale_log2 [1, 1, 1, 1]
    chip.layer @conv2 weights = @w1 ordinal = 1 rows = 36 neurons = 4 input_plane [8, 8] kernel [3, 3] strides [1, 1]
               pads [2, 2] output_plane [8, 8] scale_log2 [1, 1, 1, 1] dilations [2, 2] groups = 4
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$weights, OptionalAttr<FlatSymbolRefAttr>:$bias,
                       I32Attr:$ordinal, I64Attr:$rows, I64Attr:$neurons, DenseI64ArrayAttr:$input_plane,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$output_plane, DenseI32ArrayAttr:$scale_log2, UnitAttr:$axons_first,
                       OptionalAttr<DenseI64ArrayAttr>:$dilations, OptionalAttr<I64Attr>:$groups,
                       UnitAttr:$frozen, OptionalAttr<FlatSymbolRefAttr>:$copy_of);
  let assemblyFormat = [{ $sym_name `weights` `=` $weights (`bias` `=` $bias^)? `ordinal` `=` $ordinal
                          `rows` `=` $rows `neurons` `=` $neurons `input_plane` $input_plane `kernel` $kernel
                          `strides` $strides `pads` $pads `output_plane` $output_plane `scale_log2` $scale_log2
                          (`axons_first` $axons_first^)? (`dilations` $dilations^)? (`groups` `=` $groups^)?
                          (`frozen` $frozen^)? (`copy_of` $copy_of^)? attr-dict }];
  let hasVerifier = 1; // layer_c1, layer_c2, layer_c3
}

def Chip_PoolOp : Chip_InProgram<"pool"> {
  let summary = "The windows of one max pool; instructions name it by its position among the pools";
  let description = [{
    (C1) every array has 2 positive entries below 2^31 (pads not negative, each smaller than the kernel).

    Example:
    ```mlir
    chip.pool input_plane [8, 8] kernel [2, 2] strides [2, 2] pads [0, 0] output_plane [4, 4]
    ```
  }];
  let arguments = (ins DenseI64ArrayAttr:$input_plane, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$output_plane);
  let assemblyFormat = [{ `input_plane` $input_plane `kernel` $kernel `strides` $strides `pads` $pads
                          `output_plane` $output_plane attr-dict }];
  let hasVerifier = 1; // pool_c1
}

def Chip_TablesOp : Chip_InProgram<"tables"> {
  let summary = "Tables of unary functions; buffers name them by their position among the tables";
  let description = [{
    Tables of 2^bits entries, one behind the other, the entry of x at x + 2^(bits-1); `type` is that of the results.

    (C1) bits are 2 to 16, and the entries fill whole tables.

    Example:
    ```mlir
    chip.tables bits = 2 : i8 entries [0, 68, 127, 93]
    ```
  }];
  let arguments = (ins I32Attr:$bits, TypeAttr:$type, DenseI16ArrayAttr:$entries);
  let assemblyFormat = "`bits` `=` $bits `:` $type `entries` $entries attr-dict";
  let hasVerifier = 1; // tables_c1
}

def Chip_MoveOp : Chip_InProgram<"move"> {
  let summary = "A rearrangement of a tensor; instructions name it by its position among the moves";
  let description = [{
    As `integer.rearrange`, from `in_elements` to `out_elements` per sample; dimensions that run on are merged, and the
    strides of `to` are positive, the largest first.

    (C1) the lists are those of a rearrangement of so many elements.

    Example:
    ```mlir
    chip.move in_elements = 12 out_elements = 12 sizes [4, 3] from [0, 1, 4] to [0, 3, 1]
    ```
  }];
  let arguments = (ins I64Attr:$in_elements, I64Attr:$out_elements, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$from,
                       DenseI64ArrayAttr:$to);
  let assemblyFormat = [{ `in_elements` `=` $in_elements `out_elements` `=` $out_elements `sizes` $sizes
                          `from` $from `to` $to attr-dict }];
  let hasVerifier = 1; // move_c1
}

def Chip_AssemblyOp : Chip_InProgram<"assembly"> {
  let summary = "A tensor as parts of others; buffers name it by its position among the assemblies";
  let description = [{
    Part i is `elements`[i] elements, from element `begins`[i] on, of the tensor that `sources`[i] holds: a buffer of a root
    template (`@template::@buffer`), or `"image"`. The parts stand one behind the other.

    (C1) every part has a source, a begin that is not negative, and elements.

    Example:
    ```mlir
    chip.assembly [@conv1_root::@sum, "image"] begins [0, 64] elements [256, 64]
    ```
  }];
  let arguments = (ins ArrayAttr:$sources, DenseI64ArrayAttr:$begins, DenseI64ArrayAttr:$elements);
  let assemblyFormat = "$sources `begins` $begins `elements` $elements attr-dict";
  let hasVerifier = 1; // assembly_c1
}

def Chip_PhaseOp : Chip_InProgram<"phase", [Symbol]> {
  let summary = "A part of a step that every core finishes before any starts the next";
  let description = [{
    With `per_sample` its streams run for each sample of the batch, else once per step.

    Example:
    ```mlir
    chip.phase @forward per_sample
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, UnitAttr:$per_sample);
  let assemblyFormat = "$sym_name (`per_sample` $per_sample^)? attr-dict";
}

def Chip_TemplateOp : Chip_InProgram<"template", [Symbol, SymbolTable, SingleBlock, NoTerminator]> {
  let summary = "One instruction stream for all cores of a role";
  let description = [{
    `parameters` names the columns of its cores' rows. The body holds buffers, then one stream per phase in which the
    role does something.

    (C1) parameter names are distinct. (C2) the streams' phases are distinct and stand in the program's order.

    Example:
    ```mlir
    chip.template @conv1_root parameters ["links"] {
      chip.buffer @input : i8 lifetime = "sample" elements = 64 : i32 address = 0 : i32
      chip.stream @forward {
        chip.inst "receive" {buffer = @input, links = "links", link_count = 1 : i32, mode = 0 : i32}
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$parameters);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `parameters` $parameters attr-dict-with-keyword $body";
  let hasRegionVerifier = 1; // template_c1, template_c2
}

def Chip_BufferOp : Chip_Op<"buffer", [Symbol, HasParent<"TemplateOp">]> {
  let summary = "A range of a core's memory";
  let description = [{
    `lifetime`: `sample` (one slot, reused for each sample), `batch` (a slot per sample of the batch) or `step` (one slot for
    the step). `elements` of one slot and `address` (in lines of 16 bytes; bit 31 selects off-chip memory) are numbers,
    or names of parameters.

    (C1) the element type is i1, i8, i16, i32 or i64. (C2) `lifetime` is one of the three words.
    (C3) `elements`, `address` and `first_entry` are i32 numbers or parameters of the template.
    (C4) a buffer with `tables` has a `first_entry`, one without has none. (C5) only a buffer of the sample has `slots`, more
    than one.

    `assembly` is the position, among the assemblies, of what packets fill the buffer with (absent: a whole tensor of other
    cores); `tables` that of the tables it holds from the start, from `first_entry` on. `slots` is the number of samples that have
    a place in a buffer of the sample (absent: 1), so that packets of the next sample land while one is computed on.

    Example: in `chip.template`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, StrAttr:$lifetime, AnyAttr:$elements,
                       AnyAttr:$address, OptionalAttr<I32Attr>:$assembly, OptionalAttr<I32Attr>:$tables,
                       OptionalAttr<AnyAttr>:$first_entry, OptionalAttr<I32Attr>:$slots);
  let assemblyFormat = [{ $sym_name `:` $type `lifetime` `=` $lifetime (`slots` `=` $slots^)? `elements` `=` $elements
                          `address` `=` $address (`assembly` `=` $assembly^)? (`tables` `=` $tables^)?
                          (`first_entry` `=` $first_entry^)? attr-dict }];
  let hasVerifier = 1; // buffer_c1, buffer_c2, buffer_c3, buffer_c4, buffer_c5
}

def Chip_StreamOp : Chip_Op<"stream", [HasParent<"TemplateOp">, SingleBlock, NoTerminator]> {
  let summary = "What a role does in one phase";
  let description = [{
    Example: in `chip.template`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$phase);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$phase attr-dict-with-keyword $body";
}

def Chip_InstOp : Chip_Op<"inst", [HasParent<"StreamOp">]> {
  let summary = "One instruction of the opcode table";
  let description = [{
    A field is a buffer (`@name`), a number (i32) or a parameter (`"name"`). One op for all instructions, because their
    names, fields and meanings stand once, in `runtime/Format/Opcodes.def`.

    (C1) `mnemonic` is in the table. (C2) the fields are exactly the table's. (C3) a buffer field names a buffer of the
    template; any other field is an i32 number or a parameter of the template.

    Example: in `chip.template`.
  }];
  let arguments = (ins StrAttr:$mnemonic, DictionaryAttr:$fields);
  let assemblyFormat = "$mnemonic $fields attr-dict";
  let hasVerifier = 1; // inst_c1, inst_c2, inst_c3
}

def Chip_CoreOp : Chip_InProgram<"core"> {
  let summary = "A core: its place, its role, its block of a layer's weights, its row of parameters, its links";
  let description = [{
    `position` is [x, y] in the grid of all cores; absent before placement. `rows` and `neurons` are the half-open ranges of
    the layer's matrix whose weights it holds. `links` lists pairs (route, offset in elements); instructions name ranges of
    it. Routes name cores by their position among the cores of the program.

    (C1) ranges have two entries in order, below 2^31, and so has the position. (C2) `links` holds pairs.

    Example:
    ```mlir
    chip.core @conv1_root layer = @conv1 rows [0, 9] neurons [0, 4] parameters [0] links [0, 0] position [0, 0]
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$template_name, OptionalAttr<FlatSymbolRefAttr>:$layer,
                       DenseI64ArrayAttr:$rows, DenseI64ArrayAttr:$neurons, DenseI32ArrayAttr:$parameters,
                       DenseI32ArrayAttr:$links, OptionalAttr<DenseI64ArrayAttr>:$position);
  let assemblyFormat = [{ $template_name (`layer` `=` $layer^)? `rows` $rows `neurons` $neurons
                          `parameters` $parameters `links` $links (`position` $position^)? attr-dict }];
  let hasVerifier = 1; // core_c1, core_c2
}

def Chip_RouteOp : Chip_InProgram<"route"> {
  let summary = "A stream of packets from one node to others";
  let description = [{
    `source` and `destinations` are positions among the program's cores; -1 is the host. A packet carries `elements` elements
    of `type`. Packets take dimension-order (X first) paths; with multicast they share the links that they have in common.

    With a `code` the elements cross as events over a window of ticks, and each event is a packet: `graded`, one per element that
    is not zero, with its magnitude; `rate`, as many spikes as the magnitude; `phase`, a spike per set bit, the most significant
    first. A negative element has the events of its magnitude on a second channel. An `integrate` sums them at the other end,
    a `fire` makes them.

    (C1) there is a destination. (C2) source and destinations are cores of the program or the host (-1). (C3) `code` is `graded`,
    `rate` or `phase`, and then `type` is i8 or i16.

    Example:
    ```mlir
    chip.route from -1 to [0] carries 64 : i8
    chip.route from 0 to [1, 2] carries 128 : i8 as "rate"
    ```
  }];
  let arguments = (ins I32Attr:$source, DenseI32ArrayAttr:$destinations, I32Attr:$elements, TypeAttr:$type,
                       OptionalAttr<StrAttr>:$code);
  let assemblyFormat = "`from` $source `to` $destinations `carries` $elements `:` $type (`as` $code^)? attr-dict";
  let hasVerifier = 1; // route_c1, route_c2, route_c3
}

def Chip_HostPortOp : Chip_InProgram<"host_port"> {
  let summary = "What the host puts on a route, or reads from it";
  let description = [{
    `data` is `image`, `labels`, `control` or `logits`; `offset` the first element (or class) of the packet.

    (C1) `data` is one of the four words.

    Example:
    ```mlir
    chip.host_port "image" route = 0 offset = 0
    ```
  }];
  let arguments = (ins StrAttr:$data, I32Attr:$route, I32Attr:$offset);
  let assemblyFormat = "$data `route` `=` $route `offset` `=` $offset attr-dict";
  let hasVerifier = 1; // host_port_c1
}

def Chip_TraceOp : Chip_InProgram<"trace"> {
  let summary = "Where a tensor of the golden model can be read";
  let description = [{
    `kind` is `slice`, `weights`, `step`, `masters`, `error_exponent` or `gradient_exponent` (see `TracePoint` in
    `Program.h`). Read after `phase` from `buffer` of every core of `template_name`; a slice's first element stands in
    `offset_parameter`.
    With `rows` [first, count] only these rows of a tensor [C, H, W] are there, a band of it.

    (C1) `kind` is one of the six words. (C2) `rows` has two entries, not negative.

    Example: see `wage-translate --binary-to-chip`.
  }];
  let arguments = (ins StrAttr:$trace_name, StrAttr:$kind, FlatSymbolRefAttr:$phase, FlatSymbolRefAttr:$template_name,
                       FlatSymbolRefAttr:$buffer, OptionalAttr<StrAttr>:$offset_parameter, DenseI64ArrayAttr:$shape,
                       OptionalAttr<DenseI64ArrayAttr>:$rows);
  let assemblyFormat = [{ $trace_name `:` $kind `after` $phase `in` $template_name `buffer` $buffer
                          (`offset` $offset_parameter^)? `shape` $shape (`rows` $rows^)? attr-dict }];
  let hasVerifier = 1; // trace_c1, trace_c2
}

#endif // WAGE_DIALECTS_CHIP_IR_CHIPOPS_TD
