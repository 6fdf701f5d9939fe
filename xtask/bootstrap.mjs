// What must be there before `cargo xtask` can run: the pinned Rust toolchain and the pinned npm packages.
//
//     node xtask/bootstrap.mjs <command> [arguments]
//
// It asks only for what is missing, says what it does, and then hands over to the Rust program, which knows everything else.
// It has no dependencies, since it runs before `npm ci`.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const BUILD = ['build', '--workspace', '--bin', 'xtask'];

function quiet(program, ...args) {
  return spawnSync(program, args, { cwd: root, stdio: 'ignore', shell: windows }).status === 0;
}

function run(why, program, ...args) {
  console.error(`selvage: ${why}: ${program} ${args.join(' ')}`);
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', shell: windows });
  if (error || status !== 0) {
    console.error(`selvage: that failed${error ? `: ${error.message}` : ''}.`);
    process.exit(status || 1);
  }
}

/** Installs the toolchain that rust-toolchain.toml names, when rustc cannot be started in this folder. */
function ensureRust() {
  if (quiet('rustc', '--version') && quiet('cargo', '--version')) return;
  if (!quiet('rustup', '--version')) {
    console.error('selvage: Rust is not installed. Get rustup from https://rustup.rs, open a new terminal, and run this again.');
    process.exit(1);
  }
  // Without a name, rustup reads rust-toolchain.toml, targets and components included.
  run('the pinned Rust toolchain is missing', 'rustup', 'toolchain', 'install');
}

/** Whether node_modules holds what package-lock.json names; packages for other platforms may be missing. */
function packagesAreCurrent() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

function ensurePackages() {
  if (packagesAreCurrent()) return;
  run('npm packages are missing or stale', 'npm', 'ci', '--no-audit', '--no-fund');
}

/**
 * Builds the Rust program, and runs it in this one's place: it gets the signals, and its exit code is the answer. What it rests on is
 * built as for the whole workspace, so that `cargo test` need not build it once more.
 */
function handOver() {
  const built = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug', windows ? 'xtask.exe' : 'xtask');
  if (existsSync(built)) {
    const { status } = spawnSync('cargo', [...BUILD, '--quiet'], { cwd: root, stdio: 'inherit', shell: windows });
    if (status !== 0) process.exit(status || 1);
  } else {
    run('building the build program first, about a minute', 'cargo', ...BUILD);
  }
  const child = spawn(built, process.argv.slice(2), { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`selvage: the build program could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

ensureRust();
ensurePackages();
handOver();
