import { Command, CommanderError } from 'commander';
import { addDataCommands } from './cli/data-commands.ts';
import { addDrawCommands } from './cli/draw-commands.ts';
import { EXIT, explain } from './cli/failure.ts';
import { say } from './cli/output.ts';
import { addSheetCommands } from './cli/sheet-commands.ts';
import { addUserCommands } from './cli/user-commands.ts';
import { addWorkCommands } from './cli/work-commands.ts';
import { runServer } from './run-server.ts';

const program = new Command('bihuan')
  .description('闭环：城管执法局诉件办理与“五大行动”一体化平台')
  .helpOption('-h, --help', '显示用法')
  .helpCommand('help [命令]', '显示某个命令的用法')
  .showSuggestionAfterError()
  .showHelpAfterError('（执行 bihuan help 查看用法）')
  .configureHelp({ styleTitle: titleInChinese })
  .configureOutput({ outputError: (text, write) => write(inChinese(text)) })
  .addHelpText(
    'after',
    `
设置（环境变量）：
  BIHUAN_DATA    数据文件夹，默认为程序文件夹下的 .data
  DATABASE_URL   已有的 PostgreSQL 18；不设则使用自带的
  PORT、HOST     服务的端口与地址，默认 3000、127.0.0.1
  BIHUAN_DEMO    off 为空系统；默认 on，首次启动装入演示数据

退出码：0 完成　1 失败　2 用法或设置有误　3 端口被占用　4 文件不能使用　5 已核查，结果不正常`,
  )
  .exitOverride();

program.command('serve').description('启动服务，直到收到停止信号').action(runServer);
addWorkCommands(program);
addDataCommands(program);
addUserCommands(program);
addSheetCommands(program);
addDrawCommands(program);
for (const command of program.commands) settle(command);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    const { message, exitCode } = explain(error);
    say(message);
    process.exitCode = exitCode;
  }
}

/** Sub-commands take the program's manners. */
function settle(command: Command): void {
  command.copyInheritedSettings(program).helpOption('-h, --help', '显示用法');
  for (const child of command.commands) settle(child);
}

function titleInChinese(title: string): string {
  return title
    .replace('Usage:', '用法：')
    .replace('Arguments:', '参数：')
    .replace('Options:', '选项：')
    .replace('Commands:', '命令：');
}

/** commander's own messages; what it does not know here stays in English rather than being lost. */
function inChinese(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/unknown option '(.+)'/, '没有选项“$1”')
    .replace(/unknown command '(.+)'/, '没有命令“$1”')
    .replace(/missing required argument '(.+)'/, '缺少参数：$1')
    .replace(/required option '(.+)' not specified/, '缺少必填的选项：$1')
    .replace(/option '(.+)' argument missing/, '选项“$1”后面缺少值')
    .replace(/option '(.+)' argument '(.*)' is invalid\. ?/, '选项“$1”的值“$2”不对：')
    .replace(
      /too many arguments(?: for '(.+?)')?\. Expected (\d+) arguments? but got (\d+)[^\n]*/,
      '参数太多：应为 $2 个，给了 $3 个',
    )
    .replace(/\(Did you mean (?:one of )?(.+)\?\)/, '（是不是 $1？）');
}
