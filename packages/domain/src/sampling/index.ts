export { canonicalJson } from './canonical.ts';
export {
  commitmentOf,
  DRAW_FORMAT,
  DRAW_REFUSALS,
  type DrawExclusion,
  type DrawFile,
  type DrawInspector,
  type DrawPopulation,
  type DrawRefusal,
  type DrawResult,
  type DrawSubject,
  drawFrom,
  drawText,
  makeDraw,
  populationDigest,
  refuseDraw,
  seedOf,
} from './draw.ts';
export { type DrawHash, pickFrom, uniformStream } from './stream.ts';
export { type DrawVerification, verifyDraw } from './verify.ts';
