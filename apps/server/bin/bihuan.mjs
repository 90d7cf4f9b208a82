#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const own = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));

if (major > 22 || (major === 22 && minor >= 18)) {
  await import('../src/cli.ts');
} else if (existsSync(own)) {
  // An older Node cannot run TypeScript: hand over to the one npm installed with the program.
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal] ?? 9);
  });
} else {
  console.error('程序的依赖还没有安装，请先在程序文件夹里执行 npm ci。');
  process.exitCode = 1;
}
