declare module 'polylabel' {
  /** The point of a polygon farthest from its edges. */
  export default function polylabel(polygon: [number, number][][], precision?: number): [number, number];
}
