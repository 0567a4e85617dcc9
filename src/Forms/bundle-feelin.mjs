// Writes the FEEL library as one module for the page: node bundle-feelin.mjs <target>
import { buildSync } from "esbuild";

buildSync({ entryPoints: ["feelin"], bundle: true, format: "esm", minify: true, legalComments: "inline", logLevel: "warning", absWorkingDir: import.meta.dirname, outfile: process.argv[2] });
