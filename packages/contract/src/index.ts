export * from './common.ts';
export {
  type Access,
  type BodyOf,
  type Endpoint,
  endpoint,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
} from './endpoint.ts';
