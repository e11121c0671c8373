// Runs the models that `go test -run TestONNX -onnx DIR` wrote with onnxruntime-web of the npm
// registry, holds what comes out against what our own code predicted, and writes the digests of
// the models: node onnx.mjs DIR > onnx.txt, in a folder where the package is installed.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const ort = createRequire(process.cwd() + "/")("onnxruntime-web");
const dir = process.argv[2];
for (const name of readdirSync(dir).filter((n) => n.endsWith(".onnx")).sort()) {
  const model = readFileSync(`${dir}/${name}`);
  const { dims, x, y } = JSON.parse(readFileSync(`${dir}/${name.replace(".onnx", ".json")}`));
  const session = await ort.InferenceSession.create(model);
  const out = (await session.run({ x: new ort.Tensor("float32", Float32Array.from(x), dims) })).y.data;
  const off = Math.max(...y.map((v, i) => Math.abs(v - out[i])));
  if (out.length !== y.length || !(off < 1e-5)) throw new Error(`${name}: it is off by ${off}`);
  console.error(`${name}: off by ${off.toExponential(1)} at most`);
  console.log(`${name.replace(".onnx", "")} ${createHash("sha256").update(model).digest("hex")}`);
}
