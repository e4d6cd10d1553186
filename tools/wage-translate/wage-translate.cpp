//===- wage-translate.cpp - from one form of a network to another ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Flags are checked first (exit 2), then the input (exit 1); nothing is written before both are right.
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/Commands.h"

#include "compiler/Conversion/IntegerToChip/PlacementWishes.h"
#include "runtime/Format/Version.h"
#include "runtime/Support/LargePages.h"
#include "runtime/Support/Text.h"
#include "targets/SanaFe/Export.h"

#include "mlir/IR/AsmState.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <climits>

namespace cl = llvm::cl;
using namespace wage;

namespace {

constexpr llvm::StringLiteral overview = R"(wage: from an ONNX network to a neuromorphic chip

  Examples:
  Compile a network for a chip that trains it, and look at what was made:
    wage-translate --onnx-to-chip lenet.onnx --chip=generic-256 --mode=train --bits=2-8-8-8 --batch=128 -o lenet.wbin
    wage-run info lenet.wbin
  Lower a network that was trained in float, its grids chosen by samples; a byte p of its images means p/255:
    wage-translate --onnx-to-chip lenet.onnx --chip=generic-64 --mode=infer --bits=8-8 --pixel-scale=0.00392157 \
        --pixel-offset=0 --calibrate-images=images.npy -o infer.wbin
  Compile it again for a chip with two broken cores, everything else staying where it is:
    wage-translate --onnx-to-chip lenet.onnx --chip=generic-256 --mode=train --bits=2-8-8-8 --batch=128 \
        --keep-placement=lenet.wbin --faulty-cores=0:0,3:1 -o again.wbin
  Learn what of a network is not supported or does not fit, without writing anything:
    wage-translate --check lenet.onnx --chip=generic-64
  Evaluate the float network itself, for comparison:
    wage-translate --evaluate lenet.onnx --input=images.npy -o outputs.npy
  Write the integer network as ONNX, for any other program to run:
    wage-translate --export-onnx lenet.onnx --mode=infer --init=model -o integer.onnx
  See the levels in between, and back to the same bytes:
    wage-translate --import-onnx lenet.onnx | wage-opt --wage-onnx-to-wage-pipeline
    wage-translate --binary-to-chip lenet.wbin | wage-opt --chip-verify --mlir-print-debuginfo -o lenet.mlir
    wage-translate --chip-to-binary lenet.mlir -o again.wbin
  Have SANA-FE check spikes, traffic and energy of a binary that exchanges events, on the first of some images:
    wage-translate --onnx-to-chip lenet.onnx --chip=generic-64 --mode=infer --rounding=half-away --spike-code=rate -o spikes.wbin
    wage-translate --chip-to-sanafe spikes.wbin --images=images.npy -o sanafe
  See where the time goes, in chrome://tracing or Perfetto:
    wage-translate --onnx-to-chip lenet.onnx --chip=generic-64 -o lenet.wbin --profile=compile-profile.json

  Exit status: 0 done, 1 the input is wrong, 2 the usage is wrong;
  a shell shows 130 and 143 where SIGINT or SIGTERM ended it. --check ends with 1 if the network does not fit.
)";

/// Keeps the fan-in limit's exact comparison, 9 * fan_in / (g * 4^k_W), inside 64 bits.
constexpr unsigned maxInitGain = 1000000;

/// The flags; they live in main, so that the program has no global constructors.
struct Flags {
  cl::OptionCategory actions{"What to do (one of them)"};
  cl::OptionCategory choices{"Choices of --onnx-to-chip, --check and --export-onnx"};
  cl::OptionCategory general{"Other options"};

  cl::opt<bool> importOnnx{"import-onnx", cl::cat(actions), cl::desc("Print the graph of an ONNX file")};
  cl::opt<bool> onnxToChip{"onnx-to-chip", cl::cat(actions),
                           cl::desc("Compile an ONNX file (or .mlir of the onnx level) into a chip's binary")};
  cl::opt<bool> chipToBinary{"chip-to-binary", cl::cat(actions), cl::desc("Encode a module of the chip level")};
  cl::opt<bool> binaryToChip{"binary-to-chip", cl::cat(actions), cl::desc("Decode a binary, back to the same bytes")};
  cl::opt<bool> chipToSanaFe{"chip-to-sanafe", cl::cat(actions),
                             cl::desc("Write a binary (or .mlir of the chip level) that exchanges events as SANA-FE's\n"
                                      "YAML, into the folder of -o, one image replayed")};
  cl::opt<bool> exportOnnx{"export-onnx", cl::cat(actions),
                           cl::desc("Write the integers that the chip infers with as standard ONNX")};
  cl::opt<bool> integerToOnnx{"integer-to-onnx", cl::cat(actions),
                              cl::desc("Write a module of the integer level as ONNX")};
  cl::opt<bool> evaluate{"evaluate", cl::cat(actions), cl::desc("Evaluate an ONNX file in float on --input")};
  cl::opt<bool> check{"check", cl::cat(actions),
                      cl::desc("Print the fit report or every unsupported node, write nothing")};

  cl::opt<std::string> chip{"chip", cl::cat(choices), cl::value_desc("NAME|FILE.yaml"),
                            cl::desc("Listed chip, or a chip description")};
  cl::opt<chip::Objective> objective{
      "objective", cl::cat(choices), cl::init(chip::Objective::Cores),
      cl::desc("What the mapping is to have least of (default cores)"),
      cl::values(clEnumValN(chip::Objective::Cores, "cores", "Cores"),
                 clEnumValN(chip::Objective::Latency, "latency", "Cycles from a sample's pixels to its logits"),
                 clEnumValN(chip::Objective::Throughput, "throughput", "Cycles between two samples"))};
  cl::list<std::string> copies{
      "copies", cl::cat(choices), cl::CommaSeparated, cl::value_desc("[LAYER:]N"),
      cl::desc("Position copies: N of all convolutions, or of one layer, each of which computes a band of rows")};
  cl::opt<chip::Sharing> pack{
      "pack", cl::cat(choices), cl::init(chip::Sharing::Fit),
      cl::desc("Whether several small blocks share a core (default fit; none do\nwhere messages are events)"),
      cl::values(clEnumValN(chip::Sharing::Off, "off", "Each has a core of its own"),
                 clEnumValN(chip::Sharing::Fit, "fit", "Where there are too few cores otherwise"),
                 clEnumValN(chip::Sharing::On, "on", "Wherever they fit"))};
  cl::opt<uint64_t> bufferSlots{
      "buffer-slots", cl::cat(choices), cl::value_desc("N"), cl::init(0),
      cl::desc(
          "Most samples that a buffer holds for which packets come: 1 single, 2 double buffering (default: as many "
          "as let samples follow faster)")};
  cl::list<std::string> recomputeGradients{"recompute-gradients", cl::cat(choices), cl::CommaSeparated,
                                           cl::value_desc("LAYER|all"),
                                           cl::desc("Layers whose weight gradients are not kept, but formed from the "
                                                    "batch's errors and inputs, twice: less memory, "
                                                    "more cycles")};
  cl::opt<std::string> spikeCode{"spike-code", cl::cat(choices), cl::value_desc("dense|graded|rate|phase"),
                                 cl::desc("How activations cross the network on chip (default: the code that the chip\n"
                                          "lists first); rate and phase need --rounding=half-away and --mode=infer")};
  cl::opt<bool> watchTicks{"watch-ticks", cl::cat(choices),
                           cl::desc("Where ticks come at a fixed time, let them be too short for the most events that\n"
                                    "there can be: --engine=core stops at the first that is too full")};
  cl::opt<uint64_t> cores{"cores", cl::cat(choices), cl::value_desc("N"), cl::init(0),
                          cl::desc("Most cores taken (default: all that the chip has)")};
  cl::opt<std::string> mode{"mode", cl::cat(choices), cl::value_desc("train|infer"), cl::init("train"),
                            cl::desc("What the chip is to do (default train)")};
  cl::opt<std::string> bits{"bits", cl::cat(choices), cl::value_desc("W-A[-G-E[-R]]"), cl::init("2-8-8-8"),
                            cl::desc("Bits of weights, activations, gradients, errors, random numbers "
                                     "(default 2-8-8-8-16);\nfor inference W-A is enough")};
  cl::opt<unsigned> initGain{"init-gain", cl::cat(choices), cl::value_desc("G"), cl::init(networkDefaults().initGain),
                             cl::desc("The G of the fan-in limit sqrt(G / fan-in) that scales a layer (default 3)")};
  cl::opt<std::string> rounding{"rounding", cl::cat(choices), cl::value_desc("half-even|half-away"),
                                cl::init("half-even"), cl::desc("Where ties go (default half-even)")};
  cl::opt<std::string> init{
      "init", cl::cat(choices), cl::value_desc("model|wage|pretrained"),
      cl::desc("First weights: the file's, drawn, or the file's on the grid that fits each channel best\n"
               "(default: model for training, pretrained for inference)")};
  cl::opt<uint64_t> initSeed{"init-seed", cl::cat(choices), cl::value_desc("N"), cl::init(networkDefaults().initSeed),
                             cl::desc("Seed of --init=wage (default 0)")};
  cl::opt<unsigned> batch{"batch", cl::cat(choices), cl::value_desc("N"), cl::init(networkDefaults().batch),
                          cl::desc("Largest batch the binary must hold (default 128)")};

  cl::opt<std::string> pixelScale{"pixel-scale", cl::cat(choices), cl::value_desc("S[,S,S]"),
                                  cl::desc("A byte p of channel c means p*S_c + O_c (default p/127.5 - 1)")};
  cl::opt<std::string> pixelOffset{"pixel-offset", cl::cat(choices), cl::value_desc("O[,O,O]"),
                                   cl::desc("See --pixel-scale")};
  cl::opt<std::string> calibrateImages{"calibrate-images", cl::cat(choices), cl::value_desc("F"),
                                       cl::desc("Choose the grid of every activation from images (bytes)")};
  cl::opt<std::string> calibrateInput{"calibrate-input", cl::cat(choices), cl::value_desc("F.npy"),
                                      cl::desc("The same from real values in the model's own shape")};
  cl::opt<std::string> calibrateMethod{
      "calibrate-method", cl::cat(choices), cl::value_desc("max|percentile|mse"),
      cl::desc("How: clip nothing, clip one in 10,000, least squared error (default)")};
  cl::opt<unsigned> calibrateLimit{"calibrate-limit", cl::cat(choices), cl::value_desc("N"), cl::init(256),
                                   cl::desc("Most samples to calibrate with (default 256)")};
  cl::list<std::string> layerBits{"layer-bits", cl::cat(choices), cl::value_desc("NODE:W-A"), cl::CommaSeparated,
                                  cl::desc("Bits of weights and activations of single layers")};

  cl::list<std::string> trainLayers{
      "train-layers", cl::cat(choices), cl::value_desc("NAME"), cl::CommaSeparated,
      cl::desc("Linear layers that go on learning, by node or weight tensor; the others are\n"
               "frozen and cost no memory for training (default: all learn)")};

  cl::opt<std::string> placer{"placer", cl::cat(choices), cl::value_desc("NAME"),
                              cl::init(chip::ChipPlacePassOptions().placer),
                              cl::desc("How cores are placed: raster, hilbert, hilbert+force or traffic (default)")};
  cl::list<std::string> faultyCores{"faulty-cores", cl::cat(choices), cl::value_desc("X:Y|N"), cl::CommaSeparated,
                                    cl::desc("Cores that must not be used, beside those of the chip's description;\n"
                                             "N is y * columns + x")};
  cl::list<std::string> pin{"pin", cl::cat(choices), cl::value_desc("LAYER:X:Y:COLUMNS:ROWS"), cl::CommaSeparated,
                            cl::desc("Rectangles of cores that single layers must stand in")};
  cl::opt<std::string> keepPlacement{"keep-placement", cl::cat(choices), cl::value_desc("FILE"),
                                     cl::desc("Binary (or .mlir of the chip level) whose positions are kept by all\n"
                                              "layers that have not changed")};

  cl::opt<bool> json{"json", cl::cat(choices), cl::desc("Print the report of --check as JSON")};

  cl::opt<std::string> profile{"profile", cl::cat(choices), cl::value_desc("FILE"),
                               cl::desc("Write when which pass of --onnx-to-chip ran, as Chrome trace events")};

  cl::list<std::string> arrays{"input", cl::cat(general), cl::value_desc("F.npy|F.pb"), cl::CommaSeparated,
                               cl::desc("What --evaluate is to evaluate: one file per input of the graph")};
  cl::opt<std::string> images{"images", cl::cat(general), cl::value_desc("F"),
                              cl::desc("Images of which --chip-to-sanafe replays one")};
  cl::opt<uint64_t> sample{"sample", cl::cat(general), cl::value_desc("N"), cl::init(0),
                           cl::desc("Which one, counted from 0 (default 0)")};
  cl::opt<uint64_t> edgeLimit{"edge-limit", cl::cat(general), cl::value_desc("N"), cl::init(sanafe::defaultEdgeLimit),
                              cl::desc("Most synapses that --chip-to-sanafe writes (default 4000000)")};
  cl::opt<std::string> output{"o", cl::cat(general), cl::value_desc("FILE"),
                              cl::desc("Output file; - is standard output")};
  cl::opt<std::string> input{cl::Positional, cl::desc("INPUT"), cl::cat(general)};

  int countActions() const {
    return importOnnx + onnxToChip + exportOnnx + integerToOnnx + chipToBinary + binaryToChip + chipToSanaFe + evaluate;
  }
  const char *whatIsWritten() const {
    return chipToSanaFe                  ? "SANA-FE's files"
           : evaluate                    ? "the result"
           : exportOnnx || integerToOnnx ? "the network"
                                         : "the binary";
  }
};

/// Reads what bytes mean and how grids are chosen into `options`; returns what is wrong, empty if nothing is.
std::string readCalibration(const Flags &flags, CompileOptions &options) {
  ConvertOnnxToWageOptions &network = options.network;
  for (const auto &[flag, list] :
       {std::pair(&flags.pixelScale, &network.pixelScale), std::pair(&flags.pixelOffset, &network.pixelOffset)}) {
    if (!flag->getNumOccurrences())
      continue;
    auto numbers = parseNumbers(*flag);
    if (!numbers)
      return "--" + flag->ArgStr.str() + ": " + toString(numbers.takeError());
    *list = *numbers;
  }
  if (!flags.calibrateImages.empty() && !flags.calibrateInput.empty())
    return "--calibrate-images and --calibrate-input exclude each other, needed one of them";
  if (flags.calibrateImages.empty() && flags.calibrateInput.empty()) {
    if (flags.calibrateMethod.getNumOccurrences() || flags.calibrateLimit.getNumOccurrences() ||
        !flags.layerBits.empty())
      return "--calibrate-method, --calibrate-limit and --layer-bits need --calibrate-images or --calibrate-input";
    return {};
  }
  if (!flags.layerBits.empty() && network.mode == Mode::Train)
    return "--layer-bits is for --mode=infer: a chip trains all layers with the same widths";
  OnnxCalibrateOptions &calibration = options.calibration.emplace();
  if (flags.calibrateMethod.getNumOccurrences())
    if (llvm::Error problem = parseMethod(flags.calibrateMethod, calibration))
      return "--calibrate-method: " + toString(std::move(problem));
  if (flags.calibrateLimit < 1)
    return "--calibrate-limit: found 0, needed at least 1";
  calibration.images = flags.calibrateImages;
  calibration.input = flags.calibrateInput;
  calibration.limit = flags.calibrateLimit;
  calibration.activations = network.activations;
  calibration.weights = network.weights;
  calibration.round = network.init == Initialization::Pretrained;
  calibration.layerBits.assign(flags.layerBits.begin(), flags.layerBits.end());
  calibration.pixelScale = network.pixelScale;
  calibration.pixelOffset = network.pixelOffset;
  return {};
}

/// Reads which layers learn into `network`; returns what is wrong, empty if nothing is.
std::string readTrainLayers(const Flags &flags, ConvertOnnxToWageOptions &network) {
  if (!flags.trainLayers.getNumOccurrences())
    return {};
  if (network.mode == Mode::Infer)
    return "--train-layers is for --mode=train: with --mode=infer no layer learns";
  if (llvm::is_contained(flags.trainLayers, std::string()))
    return "--train-layers: found an empty name, needed names of linear layers separated by commas";
  network.trainLayers.assign(flags.trainLayers.begin(), flags.trainLayers.end());
  return {};
}

/// Reads how cores are to be placed into `placement`; returns what is wrong, empty if nothing is.
std::string readPlacement(const Flags &flags, chip::ChipPlacePassOptions &placement) {
  const bool isAsked =
      flags.placer.getNumOccurrences() || flags.pin.getNumOccurrences() || flags.keepPlacement.getNumOccurrences();
  if (isAsked && (flags.exportOnnx || flags.check))
    return "--placer, --pin and --keep-placement are for a binary, needed --onnx-to-chip alone";
  if (flags.faultyCores.getNumOccurrences() && flags.exportOnnx)
    return "--faulty-cores is for a chip, and --export-onnx writes what every chip computes";
  placement::Placer placer;
  if (llvm::Error problem = chip::parsePlacerName(flags.placer, placer))
    return "--placer: " + toString(std::move(problem));
  for (const std::string &text : flags.faultyCores)
    if (auto position = chip::parsePosition(text); !position)
      return "--faulty-cores: " + toString(position.takeError());
  for (const std::string &text : flags.pin)
    if (auto pin = chip::parsePin(text); !pin)
      return "--pin: " + toString(pin.takeError());
  if (flags.keepPlacement.getNumOccurrences() && flags.keepPlacement.empty())
    return "--keep-placement: found an empty name, needed a file";
  placement.placer = flags.placer;
  placement.pin.assign(flags.pin.begin(), flags.pin.end());
  placement.keep = flags.keepPlacement;
  return {};
}

/// Reads the choices into `options`; returns what is wrong with the flags, empty if nothing is.
std::string readChoices(const Flags &flags, CompileOptions &options) {
  ConvertOnnxToWageOptions &network = options.network;
  if (flags.exportOnnx && !flags.chip.empty())
    return "--chip is for a binary, and --export-onnx writes what every chip computes";
  if (!flags.exportOnnx && flags.chip.empty())
    return "--chip is missing, needed the name of a listed chip or a chip description that ends in .yaml";
  if (flags.cores.getNumOccurrences() && flags.cores == 0)
    return "--cores: found 0, needed at least 1";
  if (flags.bufferSlots.getNumOccurrences() && flags.bufferSlots == 0)
    return "--buffer-slots: found 0, needed at least 1";
  if (flags.exportOnnx &&
      (flags.cores.getNumOccurrences() || flags.objective.getNumOccurrences() || flags.pack.getNumOccurrences() ||
       flags.bufferSlots.getNumOccurrences() || !flags.copies.empty() || !flags.recomputeGradients.empty()))
    return "--buffer-slots, --copies, --cores, --objective, --pack and --recompute-gradients are for a chip, and "
           "--export-onnx writes what every chip computes";
  if (llvm::Error problem = parseMode(flags.mode, network))
    return "--mode: " + toString(std::move(problem));
  if (network.mode == Mode::Infer && !flags.recomputeGradients.empty())
    return "--recompute-gradients is for --mode=train: a network that infers has no gradients";
  if (llvm::Error problem = parseBits(flags.bits, network))
    return "--bits: " + toString(std::move(problem));
  if (llvm::Error problem = parseRounding(flags.rounding, network))
    return "--rounding: " + toString(std::move(problem));
  if (flags.init.getNumOccurrences()) {
    if (llvm::Error problem = parseInit(flags.init, network))
      return "--init: " + toString(std::move(problem));
  } else if (network.mode == Mode::Infer) {
    network.init = Initialization::Pretrained;
  }
  if (std::string problem = readTrainLayers(flags, network); !problem.empty())
    return problem;
  if (flags.batch < 1 || flags.batch > INT_MAX)
    return "--batch: found " + std::to_string(flags.batch) + ", needed 1 to " + std::to_string(INT_MAX);
  if (flags.initGain < 1 || flags.initGain > maxInitGain)
    return "--init-gain: found " + std::to_string(flags.initGain) + ", needed 1 to " + std::to_string(maxInitGain);
  if (std::string problem = readPlacement(flags, options.placement); !problem.empty())
    return problem;
  options.chip = flags.chip;
  options.mapping = {
      flags.objective,  flags.cores,       {flags.copies.begin(), flags.copies.end()},
      flags.pack,       flags.bufferSlots, {flags.recomputeGradients.begin(), flags.recomputeGradients.end()},
      flags.watchTicks, flags.spikeCode,   {flags.faultyCores.begin(), flags.faultyCores.end()}};
  network.batch = flags.batch;
  network.initGain = flags.initGain;
  network.initSeed = flags.initSeed;
  return readCalibration(flags, options);
}

ExitStatus dispatch(const Flags &flags) {
  if (flags.countActions() > 1 || (flags.countActions() == 0 && !flags.check))
    return fail(exitUsageWrong, "found " + llvm::Twine(flags.countActions()) +
                                    " actions, needed one of --import-onnx, "
                                    "--onnx-to-chip, --export-onnx, --integer-to-onnx, --chip-to-binary, "
                                    "--binary-to-chip, --chip-to-sanafe, --evaluate and --check (see --help)");
  if (flags.check && flags.countActions() != static_cast<int>(flags.onnxToChip))
    return fail(exitUsageWrong, "--check compiles an ONNX file, needed no other action than --onnx-to-chip with it");
  if (flags.json && !flags.check)
    return fail(exitUsageWrong, "--json is for the report of --check, found no --check");
  if (!flags.arrays.empty() && !flags.evaluate)
    return fail(exitUsageWrong, "--input is for --evaluate, found no --evaluate");
  if (flags.profile.getNumOccurrences() && (!flags.onnxToChip || flags.check || flags.profile.empty()))
    return fail(exitUsageWrong, "--profile needs --onnx-to-chip and a file");
  if (!flags.chipToSanaFe &&
      (flags.images.getNumOccurrences() || flags.sample.getNumOccurrences() || flags.edgeLimit.getNumOccurrences()))
    return fail(exitUsageWrong, "--images, --sample and --edge-limit are for --chip-to-sanafe, found another action");
  if (flags.chipToSanaFe && flags.images.empty())
    return fail(exitUsageWrong, "--images is missing, needed images of which --chip-to-sanafe replays one");
  if (flags.input.empty())
    return fail(exitUsageWrong, "the input file is missing");
  if (flags.importOnnx)
    return importOnnxCommand(flags.input, flags.output);
  if (flags.binaryToChip)
    return binaryToChipCommand(flags.input, flags.output);
  if (flags.output.empty() && !flags.check)
    return fail(exitUsageWrong, llvm::Twine("-o is missing, needed a ") + (flags.chipToSanaFe ? "folder" : "file") +
                                    " for " + flags.whatIsWritten());
  if (flags.evaluate)
    return evaluateCommand(flags.input, std::vector<std::string>(flags.arrays.begin(), flags.arrays.end()),
                           flags.output);
  if (flags.chipToBinary)
    return chipToBinaryCommand(flags.input, flags.output);
  if (flags.chipToSanaFe)
    return chipToSanaFeCommand(flags.input, flags.output, {flags.images, flags.sample, flags.edgeLimit});
  if (flags.integerToOnnx)
    return integerToOnnxCommand(flags.input, flags.output);
  CompileOptions options;
  if (std::string problem = readChoices(flags, options); !problem.empty())
    return fail(exitUsageWrong, problem);
  if (flags.exportOnnx)
    return exportOnnxCommand(flags.input, flags.output, options);
  return flags.check ? checkCommand(flags.input, options, flags.json)
                     : onnxToChipCommand(flags.input, flags.output, flags.profile, options);
}

/// LLVM's words, `wage-translate: Unknown command line argument '--chp=a'.  Try: ...`, as a line of ours. Of a wrong value
/// it has printed its own line, and nothing stands in `words`.
ExitStatus failOfParser(llvm::StringRef words) {
  if (words.empty())
    return exitUsageWrong;
  std::string text = words.split('\n').first.split(": ").second.rtrim("!. ").str();
  text = llvm::StringRef(text).split(".  Try: ").first.str();
  if (!text.empty())
    text[0] = llvm::toLower(text[0]);
  return fail(exitUsageWrong, rt::withoutControls(text) + " (see --help)");
}

} // namespace

int main(int argc, char **argv) {
  wage::rt::useLargePages(size_t(4) << 30);
  llvm::InitLLVM init(argc, argv);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << wage::rt::versionText() << "\n"; });
  Flags flags;
  mlir::registerAsmPrinterCLOptions();
  cl::HideUnrelatedOptions({&flags.actions, &flags.choices, &flags.general});
  std::string problem;
  llvm::raw_string_ostream problems(problem);
  if (!cl::ParseCommandLineOptions(argc, argv, overview, &problems, nullptr, nullptr, true))
    return failOfParser(problem);
  return dispatch(flags);
}
