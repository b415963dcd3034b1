/** One script with a name that changes with its bytes, each part also compressed, and a list of the parts. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

const home = process.env.DATASHIFT_HOME || join(homedir(), ".datashift");
const outDir = process.env.DATASHIFT_WEB_FORMS || join(home, "web-forms");

const compressed = {
  name: "compressed",
  closeBundle() {
    for (const name of readdirSync(outDir).filter((one) => one.endsWith(".js") || one.endsWith(".css")))
      writeFileSync(join(outDir, `${name}.gz`), gzipSync(readFileSync(join(outDir, name)), { level: 9 }));
  },
};

export default defineConfig({
  base: "./",
  logLevel: "warn",
  plugins: [compressed],
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir,
    emptyOutDir: false, // pages that are open now still ask for the parts of before
    assetsDir: "",
    manifest: "manifest.json",
    chunkSizeWarningLimit: 5000,
    // WebAssembly glue in ODK Web Forms holds an eval that is never reached; the policy of the page forbids it anyway.
    rolldownOptions: { input: "main.js", checks: { eval: false } },
  },
});
