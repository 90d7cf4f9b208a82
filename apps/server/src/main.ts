import { runServer } from './run-server.ts';

// SIGTERM and SIGINT are handled inside: the server drains, then stops its database.
await runServer();
