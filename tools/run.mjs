import { spawn } from 'node:child_process';

const FORWARDED = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * Runs a program to its end on our terminal, handing it the signals we get.
 * @returns {Promise<number>} its exit code, or 128 + number when a signal ended it
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const forward = (signal) => {
      // Ctrl-C reaches everything on the terminal by itself; a second one would read as impatience.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const handled = Object.keys(FORWARDED);
    for (const signal of handled) process.on(signal, forward);
    const settle = (done) => {
      for (const signal of handled) process.off(signal, forward);
      done();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) => settle(() => resolve(code ?? 128 + (FORWARDED[signal] ?? 9))));
  });
}
