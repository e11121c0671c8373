// Compiles the contracts with the pinned solc-js and writes, per contract,
// NAME.abi and NAME.bin (those that only tests deploy into testdata), and the
// others as combined.json for abigen.
// Usage: node compile.mjs OUT_FOLDER COMBINED_JSON
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const here = dirname(fileURLToPath(import.meta.url));
const [out, combined] = process.argv.slice(2);
const wanted = ["Epochs", "Registry", "Catalogue", "Escrow", "Direct"];
const forTests = ["Vectors", "Hostile"];
const main = ["Messages", "Purse", "Epochs", "Registry", "Catalogue", "Escrow", "Direct", "test/Vectors"];

const read = (path) => {
  for (const base of [here, join(here, "node_modules")]) {
    const full = join(base, path);
    if (existsSync(full)) return { contents: readFileSync(full, "utf8") };
  }
  return { error: "no such file: " + path };
};
const input = {
  language: "Solidity",
  sources: Object.fromEntries(main.map((n) => [n + ".sol", { content: read(n + ".sol").contents }])),
  settings: {
    evmVersion: "osaka",
    optimizer: { enabled: true, runs: 1000 },
    viaIR: true,
    metadata: { appendCBOR: false, bytecodeHash: "none" },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
  },
};
const result = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
// 2394 warns of transient storage as such; Epochs.sol says why its use is safe.
for (const e of result.errors ?? []) if (e.errorCode !== "2394") console.error(e.formattedMessage);
if ((result.errors ?? []).some((e) => e.severity === "error")) process.exit(1);

mkdirSync(out, { recursive: true });
const all = { contracts: {}, version: solc.version() };
for (const [file, contracts] of Object.entries(result.contracts)) {
  for (const [name, c] of Object.entries(contracts)) {
    if (!wanted.includes(name) && !forTests.includes(name)) continue;
    const folder = wanted.includes(name) ? out : join(here, "testdata");
    const size = c.evm.deployedBytecode.object.length / 2;
    console.log(`${name}: ${size} bytes`);
    if (size > 24576) {
      console.error(`${name} is larger than a contract may be`);
      process.exit(1);
    }
    writeFileSync(join(folder, name + ".abi"), JSON.stringify(c.abi) + "\n");
    writeFileSync(join(folder, name + ".bin"), c.evm.bytecode.object + "\n");
    if (!wanted.includes(name)) continue;
    all.contracts[file + ":" + name] = {
      abi: JSON.stringify(c.abi),
      bin: c.evm.bytecode.object,
      "bin-runtime": c.evm.deployedBytecode.object,
      userdoc: "{}",
      devdoc: "{}",
      metadata: "{}",
    };
  }
}
writeFileSync(combined, JSON.stringify(all));
