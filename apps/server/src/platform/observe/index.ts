export { registerObserve } from './register.ts';
