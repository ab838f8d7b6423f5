// npm run test:airflow: the DAGs of examples/airflow, read and run by a real Airflow on the sample shop. Needs Python;
// installs Airflow from PyPI into .venv-airflow, which nothing else uses.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './setup/program.mjs';
import { makeShopFile } from './shop/shop-file.ts';
import { ask, type Said } from './test-dbt-tool.ts';

const examples = join(root, 'examples', 'airflow');
const venv = join(root, '.venv-airflow');

/** The checks read the client's generated classes: another version may know other schemas. */
const packages = [
  'apache-airflow==3.3.2',
  'apache-airflow-providers-standard==1.21.0',
  'apache-airflow-providers-openlineage==2.20.3',
  'openlineage-python==1.54.0',
];

const must = async (what: string, said: Promise<Said>): Promise<void> => {
  const { status, text } = await said;
  if (status !== 0) throw new Error(`${what} ended with ${status}\n${text}`);
};

const install = async (): Promise<void> => {
  const done = join(venv, 'installed.txt');
  if (existsSync(done)) return;
  await must('python3 -m venv', ask('python3', ['-m', 'venv', venv]));
  const pip = join(venv, 'bin', 'pip');
  await must('pip', ask(pip, ['install', '-q', '--disable-pip-version-check', ...packages]));
  await writeFile(done, `${packages.join('\n')}\n`);
};

const makeProject = async (folder: string): Promise<string> => {
  const project = join(folder, 'shop');
  await mkdir(project);
  await makeShopFile({ path: join(project, 'shop.duckdb') });
  await cp(join(root, 'mappings'), join(project, 'mappings'), { recursive: true });
  await writeFile(
    join(project, 'tidemark.yml'),
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\nopenlineage: { file: lineage.ndjson }\n',
  );
  return project;
};

/** The examples, and DAGs that meet what goes wrong, in one folder as Airflow wants them. */
const makeDags = async (folder: string): Promise<string> => {
  const dags = join(folder, 'dags');
  await cp(examples, dags, { recursive: true });
  await cp(join(root, 'scripts', 'airflow', 'trials.py'), join(dags, 'trials.py'));
  return dags;
};

/** A project whose server is not there. */
const makeNowhere = async (folder: string): Promise<string> => {
  const nowhere = join(folder, 'nowhere');
  await mkdir(nowhere);
  await writeFile(
    join(nowhere, 'tidemark.yml'),
    "version: 1\nname: shop\nwarehouse: { type: postgres, url: 'postgres://127.0.0.1:1/x' }\n",
  );
  return nowhere;
};

const check = async (folder: string): Promise<boolean> => {
  const project = await makeProject(folder);
  const home = join(folder, 'airflow');
  const environment = {
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__DAGS_FOLDER: await makeDags(folder),
    AIRFLOW__OPENLINEAGE__TRANSPORT: JSON.stringify({ type: 'console' }),
    AIRFLOW__LOGGING__LOGGING_LEVEL: 'WARNING',
    PYTHONPATH: [examples, join(root, 'scripts', 'airflow')].join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
    EXAMPLES: examples,
    NOWHERE: await makeNowhere(folder),
    NODE: process.execPath,
    TIDEMARK_PROJECT: project,
    TIDEMARK_PROGRAM: `${process.execPath} ${join(root, 'dist', 'main.js')}`,
  };
  await must(
    'airflow db migrate',
    ask(join(venv, 'bin', 'airflow'), ['db', 'migrate'], { environment, folder }),
  );
  const { status, text } = await ask(
    join(venv, 'bin', 'python'),
    [join(root, 'scripts', 'airflow', 'check.py')],
    { environment, folder },
  );
  const said = text.split('\n').filter((line) => /^(?:ok|NOT OK): /.test(line));
  console.log(said.join('\n'));
  if (status !== 0) console.error(text);
  return status === 0;
};

const main = async (): Promise<void> => {
  await install();
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-airflow-'));
  try {
    if (!(await check(folder))) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

await main();
