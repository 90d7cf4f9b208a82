import { isAdministrator, ROLE_NAMES, type Role, roleDefinition } from '@bihuan/domain/access';
import { type Command, InvalidArgumentError } from 'commander';
import { createAccount, resetPassword, unlock } from '../modules/identity/index.ts';
import type { Deps } from '../platform/deps.ts';
import { accountId, insertAdministrator, listAccounts } from './accounts.repo.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { withSystem } from './open-system.ts';
import { printResult, table } from './output.ts';

const ADMINISTRATORS = ROLE_NAMES.filter(isAdministrator);

function administratorRole(text: string): Role {
  const role = ADMINISTRATORS.find((name) => name === text);
  if (!role) {
    throw new InvalidArgumentError(`只能是 ${ADMINISTRATORS.join('、')}；其他岗位请由管理员在“组织与账号”页面设置`);
  }
  return role;
}

/** Accounts, from the machine itself: for the first administrators, and for when nobody can sign in any more. */
export function addUserCommands(program: Command): void {
  const user = program.command('user').description('账号：建立管理员、重置口令、解除锁定、列出');

  user
    .command('add')
    .description('建立一名管理员（系统、安全、审计三员之一）及其账号；其他人员由管理员在页面上建立')
    .argument('<用户名>')
    .requiredOption('--name <姓名>', '姓名')
    .requiredOption(
      '--role <角色>',
      `角色：${ADMINISTRATORS.map((role) => `${role}（${roleDefinition(role).label}）`).join('、')}`,
      administratorRole,
    )
    .option('--staff-no <工号>', '工号，默认与用户名相同')
    .option('--bureau <名称>', '系统里还没有单位时，新建的局的名称', '城市管理行政执法局')
    .option('--json', '以 JSON 输出')
    .action(
      (username: string, options: { name: string; role: Role; staffNo?: string; bureau: string; json?: boolean }) =>
        withSystem(async ({ deps }) => {
          const { role } = options;
          const now = deps.clock.now();
          if (await accountId(deps.db, username)) throw new CommandFailure(`用户名 ${username} 已被使用`, EXIT.usage);
          const personId = await deps.db.transaction((trx) =>
            insertAdministrator(
              trx,
              { name: options.name, staffNo: options.staffNo ?? username, role, bureau: options.bureau },
              now,
            ),
          );
          const account = await createAccount(deps, { personId, username });
          printResult(options.json ?? false, account, () => [
            `已建立${roleDefinition(role).label}：${account.username}`,
            `初始口令：${account.password}`,
            '首次登录须修改口令并绑定动态口令。初始口令只显示这一次。',
          ]);
        }),
    );

  user
    .command('reset')
    .description('重置口令，并结束该账号的所有会话')
    .argument('<用户名>')
    .option('--json', '以 JSON 输出')
    .action((username: string, options: { json?: boolean }) =>
      withSystem(async ({ deps }) => {
        const result = await resetPassword(deps, await idOf(deps, username));
        printResult(options.json ?? false, result, () => [
          `${result.username} 的新口令：${result.password}`,
          '登录后须立即修改。',
        ]);
      }),
    );

  user
    .command('unlock')
    .description('解除因口令多次错误造成的锁定')
    .argument('<用户名>')
    .option('--json', '以 JSON 输出')
    .action((username: string, options: { json?: boolean }) =>
      withSystem(async ({ deps }) => {
        await unlock(deps, null, await idOf(deps, username));
        printResult(options.json ?? false, { username, locked: false }, () => [`${username} 已解除锁定`]);
      }),
    );

  user
    .command('list')
    .description('列出账号')
    .option('--json', '以 JSON 输出')
    .action((options: { json?: boolean }) =>
      withSystem(async ({ deps }) => {
        const accounts = await listAccounts(deps.db, deps.clock.now());
        printResult(options.json ?? false, { accounts }, () =>
          table([
            ['用户名', '姓名', '单位', '角色', '状态'],
            ...accounts.map(({ username, name, unit, role, locked, disabled }) => [
              username,
              name,
              unit ?? '',
              role ? roleDefinition(role as Role).label : '',
              disabled ? '已停用' : locked ? '已锁定' : '',
            ]),
          ]),
        );
      }),
    );
}

async function idOf(deps: Deps, username: string): Promise<string> {
  const id = await accountId(deps.db, username);
  if (!id) throw new CommandFailure(`没有名为 ${username} 的账号`, EXIT.usage);
  return id;
}
