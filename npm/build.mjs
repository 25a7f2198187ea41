// Builds the package crcheck, and a package for each platform whose program is in a folder of
// release builds:
//
//     node build.mjs VERSION BUILDS OUT
//
// BUILDS is goreleaser's dist folder, or any other with programs at crcheck_OS_ARCH*/crcheck[.exe].
// OUT gets the tarballs. Without a program for a platform there is no package for it, and crcheck
// does not depend on it.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
if (process.argv.length !== 5) {
  console.error("usage: node build.mjs VERSION BUILDS OUT");
  process.exit(2);
}
const version = process.argv[2].replace(/^v/, "");
const builds = resolve(process.argv[3]);
const out = resolve(process.argv[4]);
const systems = { linux: "linux", darwin: "darwin", windows: "win32" };
const notes = ["LICENSE", "THIRD_PARTY_LICENSES"]; // that pack adds
const architectures = { amd64: "x64", arm64: "arm64" };

mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), "crcheck-npm-"));
const notices = execFileSync(join(here, "..", ".ci", "notices"), { maxBuffer: 1 << 26 });
const common = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

function pack(folder, manifest) {
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
  cpSync(join(here, "..", "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "THIRD_PARTY_LICENSES"), notices);
  execFileSync("npm", ["pack", "--silent", "--pack-destination", out], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
}

const optionalDependencies = {};
for (const [goos, os] of Object.entries(systems)) {
  for (const [goarch, cpu] of Object.entries(architectures)) {
    const name = goos === "windows" ? "crcheck.exe" : "crcheck";
    const build = readdirSync(builds).find((f) => f.startsWith(`crcheck_${goos}_${goarch}`) && existsSync(join(builds, f, name)));
    if (build === undefined) continue;
    const folder = join(work, `${os}-${cpu}`);
    mkdirSync(join(folder, "bin"), { recursive: true });
    cpSync(join(builds, build, name), join(folder, "bin", name));
    chmodSync(join(folder, "bin", name), 0o755);
    const { license, repository } = common;
    const description = `The program of the package crcheck for ${os} on ${cpu}`;
    pack(folder, { name: `@crcheck/${os}-${cpu}`, version, description, license, repository, files: ["bin", ...notes], os: [os], cpu: [cpu] });
    optionalDependencies[`@crcheck/${os}-${cpu}`] = version;
  }
}
if (Object.keys(optionalDependencies).length === 0) {
  console.error(`build.mjs: no programs in ${builds}; build them with \`goreleaser release --snapshot --clean\``);
  process.exit(2);
}
const folder = join(work, "crcheck");
mkdirSync(folder);
for (const name of ["README.md", ...common.files.filter((f) => !notes.includes(f))]) {
  cpSync(join(here, name), join(folder, name), { recursive: true });
}
pack(folder, { ...common, version, optionalDependencies });
rmSync(work, { recursive: true });
