#!/usr/bin/env node
// The other rival's speed: onnxruntime-node on an ONNX file, with synthetic data. Prints one line of JSON, as
// ../pytorch/train_speed.py does.
//
//     NODE_PATH=.../node_modules node infer_speed.js --file resnet20.onnx --model resnet20 --batch 128 --threads 1 --seconds 3
//
// The file's first input is float32 [N, ...] with a batch of any size, its first output what is predicted. onnxruntime has its
// default settings but for the number of threads. Options of training (--norm, --optimizer, --lr) are passed over.
'use strict';

const fs = require('node:fs');
const ort = require('onnxruntime-node');

const options = { model: '', mode: 'infer', batch: '128', threads: '1', seconds: '6', warmup: '3', shape: '3,32,32' };
for (let i = 2; i + 1 < process.argv.length; i += 2) {
  options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
}

function field(path, key) {
  const line = fs.readFileSync(path, 'utf8').split('\n').find((text) => text.startsWith(key + ':'));
  return line === undefined ? null : line.slice(key.length + 1).trim();
}

// Since this process was started, modules and all; null where the system does not tell.
function secondsSinceStart() {
  try {
    const ticks = Number(fs.readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ')[19]);
    return Number(fs.readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - ticks / 100;
  } catch {
    return null;
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function main() {
  if (options.mode !== 'infer' || options.file === undefined) {
    throw new Error('infer_speed.js measures inference of --file FILE.onnx; it does not train.');
  }
  const batch = Number(options.batch);
  const shape = options.shape.split(',').map(Number);
  const session = await ort.InferenceSession.create(options.file, {
    intraOpNumThreads: Number(options.threads), interOpNumThreads: 1, executionMode: 'sequential',
  });
  const values = new Float32Array(batch * shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    values[i] = 2 * Math.random() - 1;
  }
  // As a caller does with each new batch: a tensor over its values, and the values of the result.
  const step = async () => {
    const result = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, [batch, ...shape]) });
    return result[session.outputNames[0]].data[0];
  };
  await step();
  const first = secondsSinceStart();
  for (let i = 1; i < Number(options.warmup); i++) {
    await step();
  }
  const times = [];
  const end = performance.now() + 1e3 * Number(options.seconds);
  while (times.length === 0 || performance.now() < end) {
    const start = performance.now();
    await step();
    times.push((performance.now() - start) / 1e3);
  }
  const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;
  const peak = fs.existsSync('/proc/self/status') ? field('/proc/self/status', 'VmHWM') : null;
  console.log(JSON.stringify({
    variant: 'onnxruntime', model: options.model, mode: options.mode, batch, threads: Number(options.threads),
    items_per_second: round(batch / median(times), 2),
    min: round(batch / times.reduce((a, b) => Math.max(a, b)), 2),
    max: round(batch / times.reduce((a, b) => Math.min(a, b)), 2),
    steps: times.length,
    peak_rss_mib: peak === null ? null : round(parseInt(peak, 10) / 1024, 1),
    first_step_seconds: first === null ? null : round(first, 2),
    onnx: ort.env.versions.node ?? ort.env.versions.common,
  }));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
