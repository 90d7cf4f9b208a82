import { newId } from '../ui/id.ts';
import type { FieldFile } from './store.ts';

/** A photo this fresh was taken where the person stands now. */
const FRESH_MS = 10 * 60_000;
const PLACE_TIMEOUT_MS = 5_000;

/** Takes down a chosen file with its hash, the time it was made, and the place if it was made just now on a phone. */
export async function capture(file: File, owner: string, now = Date.now()): Promise<FieldFile> {
  const madeAt = Math.min(file.lastModified || now, now);
  const onPhone = window.matchMedia('(pointer: coarse)').matches;
  const [sha256, place] = await Promise.all([
    digest(file),
    onPhone && file.type.startsWith('image/') && now - madeAt < FRESH_MS ? whereAmI() : null,
  ]);
  return {
    key: newId(),
    owner,
    name: file.name,
    mime: file.type,
    size: file.size,
    blob: file,
    sha256,
    capturedAt: new Date(madeAt).toISOString(),
    lng: place?.longitude ?? null,
    lat: place?.latitude ?? null,
    uploadedId: null,
  };
}

async function digest(file: Blob): Promise<string | null> {
  if (!crypto.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function whereAmI(): Promise<GeolocationCoordinates | null> {
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((resolve) =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(coords),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PLACE_TIMEOUT_MS, maximumAge: 60_000 },
    ),
  );
}
