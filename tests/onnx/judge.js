// Runs ONNX files by onnxruntime, outside of .NET: a line of JSON in, a line out, until the end of stdin.
// In:  { model, type, dims, input, output }, input a file of raw little-endian values.
// Out: { inputs, outputs, dims } or { error }; the first output's values go to the file output as raw float32.
'use strict';
const fs = require('fs');
const ort = require('onnxruntime-node');

const views = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
const sessions = new Map();

async function answer(request) {
  if (!sessions.has(request.model)) {
    sessions.set(request.model, await ort.InferenceSession.create(request.model));
  }

  const session = sessions.get(request.model);
  const bytes = fs.readFileSync(request.input);
  const values = new views[request.type](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const result = await session.run({ [session.inputNames[0]]: new ort.Tensor(request.type, values, request.dims) });
  const tensor = result[session.outputNames[0]];
  fs.writeFileSync(request.output, Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  return { inputs: session.inputNames, outputs: session.outputNames, dims: tensor.dims };
}

(async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    let said;
    try {
      said = await answer(JSON.parse(line));
    } catch (e) {
      said = { error: String(e) };
    }

    process.stdout.write(JSON.stringify(said) + '\n');
  }
})();
