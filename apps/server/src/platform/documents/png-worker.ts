import { parentPort, workerData } from 'node:worker_threads';
import { Resvg } from '@resvg/resvg-js';

/** What the thread is given: drawings as text, and the one font they are written in. */
interface Work {
  svgs: string[];
  fontFile: string;
  fontFamily: string;
}

const { svgs, fontFile, fontFamily } = workerData as Work;

const pictures = svgs.map((svg) =>
  new Resvg(svg, {
    background: '#fff',
    fitTo: { mode: 'zoom', value: 3 },
    // System fonts are left out: the picture must not depend on the machine it is drawn on.
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile],
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  })
    .render()
    .asPng(),
);

parentPort?.postMessage(pictures);
