import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

const ignore = () => {};

/**
 * Runs one command in the package root and answers its exit status; signals that reach us are passed on.
 * `capture` collects stdout and stderr as one text instead of showing it.
 */
export function runCommand(file, args, { env = process.env, capture = false } = {}) {
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd: root,
      env,
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    const collect = (chunk) => {
      if (output.length < 4_000_000) output += chunk;
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    // A terminal sends Ctrl-C to the whole group, so the child has it already: we only must not die first.
    const pass = () => child.kill('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    const end = (code, text) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      process.off('SIGHUP', pass);
      done({ code, output: text });
    };
    child.on('error', (error) => end(127, `${output}cannot run ${file}: ${error.message}\n`));
    child.on('close', (code, signal) => {
      const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 };
      end(code ?? signals[signal] ?? 1, output);
    });
  });
}
