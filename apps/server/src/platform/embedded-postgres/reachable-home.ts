import { mkdirSync } from 'node:fs';
import { canReach, type Identity } from './os-user.ts';

/** A folder of ours that the database's own user can enter, for a checkout or data folder it cannot (such as /root). */
export function reachableHome(who: Identity): string {
  for (const home of ['/var/lib/bihuan', '/var/tmp/bihuan']) {
    try {
      mkdirSync(home, { recursive: true, mode: 0o711 });
    } catch {
      continue;
    }
    if (canReach(home, who)) return home;
  }
  throw new Error(
    '程序或数据放在只有 root 能进入的文件夹里，数据库（以系统用户运行）读不到。请把程序移到例如 /opt/bihuan，或把 BIHUAN_DATA 指向例如 /srv/bihuan。',
  );
}
