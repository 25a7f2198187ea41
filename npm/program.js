// Finds the program of the package for this platform, which npm installs as an optional dependency.
"use strict";

const platform = `@crcheck/${process.platform}-${process.arch}`;
const name = process.platform === "win32" ? "crcheck.exe" : "crcheck";

module.exports = function program() {
  try {
    return require.resolve(`${platform}/bin/${name}`);
  } catch {
    throw new Error(`the package ${platform} is not installed. Install crcheck again without --omit=optional; if there is no such package, build crcheck with Go.`);
  }
};
