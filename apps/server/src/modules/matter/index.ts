export { detectMatters } from './detect.service.ts';
