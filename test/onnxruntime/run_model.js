// Runs an exported network with ONNX Runtime: bytes in, logits out, both as .npy.
//
//     node run_model.js MODEL.onnx IMAGES.npy LOGITS.npy [--batch=N] [--optimization=all|disabled]
//
// onnxruntime-node is looked for where NODE_PATH points. The logits are written as int64, whatever the network gives, as
// `wage-run infer --logits` writes them.
"use strict";
const fs = require("fs");
const ort = require("onnxruntime-node");

/** {shape, data} of an .npy file of bytes in C order. */
function readBytes(path) {
  const file = fs.readFileSync(path);
  const end = 10 + file.readUInt16LE(8);
  const header = file.toString("latin1", 10, end);
  if (!/'descr': '\|u1'/.test(header) || !/'fortran_order': False/.test(header))
    throw new Error(`${path}: needed bytes in C order, found ${header.trim()}`);
  const shape = header.match(/'shape': \(([^)]*)\)/)[1].split(",").filter((part) => part.trim()).map(Number);
  return { shape, data: file.subarray(end) };
}

/** Writes integers, BigInt64Arrays one after another, as .npy. */
function writeIntegers(path, shape, parts) {
  let header = `{'descr': '<i8', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  header = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + "\n";
  const start = Buffer.alloc(10);
  start.write("\x93NUMPY\x01\x00", "latin1");
  start.writeUInt16LE(header.length, 8);
  const data = parts.map((part) => Buffer.from(part.buffer));
  fs.writeFileSync(path, Buffer.concat([start, Buffer.from(header, "latin1"), ...data]));
}

function readFlags(flags) {
  const choices = { batch: "64", optimization: "all" };
  for (const flag of flags) {
    const [, name, value] = flag.match(/^--(\w+)=(\w+)$/) || [];
    if (!(name in choices))
      throw new Error(`unknown flag '${flag}'`);
    choices[name] = value;
  }
  return choices;
}

async function main([modelPath, imagesPath, logitsPath, ...flags]) {
  const choices = readFlags(flags);
  const images = readBytes(imagesPath);
  const [count, ...sample] = images.shape;
  const size = sample.reduce((product, extent) => product * extent, 1);
  const session = await ort.InferenceSession.create(modelPath, { graphOptimizationLevel: choices.optimization });
  const parts = [];
  let outputShape = [];
  for (let first = 0; first < count; first += Number(choices.batch)) {
    const last = Math.min(count, first + Number(choices.batch));
    const bytes = Uint8Array.from(images.data.subarray(first * size, last * size));
    const { logits } = await session.run({ input: new ort.Tensor("uint8", bytes, [last - first, ...sample]) });
    outputShape = logits.dims.slice(1);
    parts.push(BigInt64Array.from(logits.data, BigInt));
  }
  writeIntegers(logitsPath, [count, ...outputShape], parts);
}

main(process.argv.slice(2)).catch((problem) => {
  console.error(`run_model.js: error: ${problem.message}`);
  process.exit(1);
});
