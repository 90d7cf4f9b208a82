export { type Notice, notify } from './notify.repo.ts';
