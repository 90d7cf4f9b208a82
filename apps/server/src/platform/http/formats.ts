import type { Ajv } from 'ajv';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The three formats the contract uses; a date must exist. */
export function addFormats(ajv: Ajv): Ajv {
  ajv.addFormat('uuid', UUID);
  ajv.addFormat('date-time', (text) => INSTANT.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('date', (text) => {
    if (!DAY.test(text)) return false;
    const at = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
  });
  return ajv;
}
