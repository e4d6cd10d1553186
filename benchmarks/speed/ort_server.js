// Answers `run N` with the seconds of one of N inferences by ONNX Runtime.
//
//     node ort_server.js MODEL.onnx THREADS [--profile=PREFIX]
//
// onnxruntime-node is looked for where NODE_PATH points. Images are random bytes of the model's own batch. The model
// runs with all graph optimisations; the line `ready` also says how many different logits the last run gave.
"use strict";
const readline = require("readline");
const ort = require("onnxruntime-node");

/** A tensor of random bytes, of the type and shape of the model's input. */
function randomImages({ type, shape }) {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const bytes = Uint8Array.from({ length: count }, (_, index) => (Math.imul(index + 1, 2654435761) >>> 24) & 127);
  return new ort.Tensor(type, type === "int8" ? new Int8Array(bytes.buffer) : bytes, shape);
}

async function main([path, threads, profile]) {
  const options = {
    graphOptimizationLevel: "all", executionMode: "sequential",
    intraOpNumThreads: Number(threads), interOpNumThreads: 1,
  };
  if (profile)
    Object.assign(options, { enableProfiling: true, profileFilePrefix: profile.replace("--profile=", "") });
  const session = await ort.InferenceSession.create(path, options);
  const feeds = { images: randomImages(session.inputMetadata[0]) };
  const result = await session.run(feeds);
  const logits = new Set(Object.values(result)[0].data);
  console.log(`ready ONNX Runtime ${ort.env.versions.node} logits ${logits.size}`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const count = Number(line.split(" ")[1]);
    const start = process.hrtime.bigint(), before = process.cpuUsage();
    for (let run = 0; run < count; ++run)
      await session.run(feeds);
    const seconds = Number(process.hrtime.bigint() - start) * 1e-9, busy = process.cpuUsage(before);
    console.log(seconds / count, (busy.user + busy.system) * 1e-6 / count);
  }
  if (profile)
    session.endProfiling();
}

main(process.argv.slice(2)).catch((problem) => {
  console.error(`ort_server.js: error: ${problem.message}`);
  process.exit(1);
});
