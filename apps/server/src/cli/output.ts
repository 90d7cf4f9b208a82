import cliProgress from 'cli-progress';

/** Results go to standard output, everything else to standard error, so that a script reads only the result. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export function printResult(json: boolean, value: object, lines: () => string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines().join('\n')}\n`);
}

export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

/** A bar at a terminal, otherwise a line every tenth of the way. */
export function progressBar(label: string): Progress {
  if (!process.stderr.isTTY) {
    let shown = 0;
    return {
      update(done, total) {
        const tenth = total ? Math.floor((done / total) * 10) : 0;
        if (tenth <= shown) return;
        shown = tenth;
        say(`${label} ${tenth * 10}%（${done}/${total}）`);
      },
      stop() {},
    };
  }
  const bar = new cliProgress.SingleBar({
    format: `${label} [{bar}] {percentage}% {value}/{total} 剩余 {eta_formatted}`,
    stream: process.stderr,
    hideCursor: true,
  });
  let started = false;
  return {
    update(done, total) {
      if (!started) {
        bar.start(total ?? Math.max(done, 1), done);
        started = true;
      }
      if (total !== undefined) bar.setTotal(total);
      bar.update(done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** A table in plain text; Chinese characters take two columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const width = (text: string): number =>
    [...text].reduce((sum, char) => sum + (char.codePointAt(0)! > 0x2e80 ? 2 : 1), 0);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((text, i) => text + ' '.repeat(widths[i]! - width(text)))
      .join('  ')
      .trimEnd(),
  );
}
