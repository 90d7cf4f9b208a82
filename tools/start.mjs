import { join } from 'node:path';
import { buildWeb, ensureInstalled, fail, NODE, ROOT } from './install.mjs';
import { run } from './run.mjs';

ensureInstalled();
try {
  buildWeb();
} catch (error) {
  fail(error.message);
}

const command = [NODE, join(ROOT, 'apps/server/src/main.ts'), ...process.argv.slice(2)];
if (process.execve) {
  // The server takes our place: no process in between that could be killed and leave it behind.
  process.execve(command[0], command, process.env);
}
process.exit(await run(command[0], command.slice(1)));
