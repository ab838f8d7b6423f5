// `openlineage` of the project file: where lineage events go. The variables that other tools of OpenLineage read
// stand in for it.
import { resolve } from 'node:path';
import type { Entry } from './document.ts';
import { durationAt, fieldsOf, textAt } from './fields.ts';
import type { Report } from './problems.ts';
import { missingKey, wrongType } from './problems.ts';
import type { Variables } from './variables.ts';

export interface LineageSettings {
  /** The whole address that events are posted to. */
  readonly url?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Absolute: a file that gets a line for each event. */
  readonly file?: string | undefined;
  /** Of our jobs. */
  readonly namespace: string;
  /** The run that started us, as `namespace/job/run`. */
  readonly parent?: string | undefined;
  readonly timeoutMs: number;
}

const usualEndpoint = 'api/v1/lineage';
const usualTimeoutMs = 5_000;

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const withEndpoint = (url: string, endpoint: string): string =>
  `${url.replace(/\/+$/, '')}/${endpoint.replace(/^\/+/, '')}`;

const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Nothing where neither file nor variables say where to. */
export const lineageOf = (
  entry: Entry | undefined,
  around: { readonly directory: string; readonly variables: Variables; readonly report: Report },
): LineageSettings | undefined => {
  const { directory, variables, report } = around;
  const known = ['url', 'endpoint', 'api_key', 'file', 'namespace', 'timeout'];
  const fields = entry && fieldsOf(entry.value, '`openlineage`', { known }, report);
  const own = (key: string): string | undefined => fields && textAt(fields, key)?.text;
  const file = own('file');
  const written = own('url');
  if (
    fields?.isMapping === true &&
    file === undefined &&
    fields.get('url') === undefined &&
    fields.get('file') === undefined &&
    filled(variables['OPENLINEAGE_URL']) === undefined
  )
    report(
      missingKey(fields.at, 'url', '`openlineage`', 'or `file`, a file that gets a line for each event'),
    );
  if (written !== undefined && !isHttp(written))
    report(
      wrongType(
        fields?.get('url')?.value.at ?? fields?.at ?? noPlace,
        'url',
        'an address that starts with `https://`',
        'what stands there',
      ),
    );
  const url = written ?? (file === undefined ? filled(variables['OPENLINEAGE_URL']) : undefined);
  const endpoint = own('endpoint') ?? filled(variables['OPENLINEAGE_ENDPOINT']) ?? usualEndpoint;
  const settings: LineageSettings = {
    url: url === undefined || !isHttp(url) ? undefined : withEndpoint(url, endpoint),
    apiKey: own('api_key') ?? filled(variables['OPENLINEAGE_API_KEY']),
    file: file === undefined ? undefined : resolve(directory, file),
    namespace: own('namespace') ?? filled(variables['OPENLINEAGE_NAMESPACE']) ?? 'tidemark',
    parent: filled(variables['OPENLINEAGE_PARENT_ID']),
    timeoutMs: (fields && durationAt(fields, 'timeout')) ?? usualTimeoutMs,
  };
  if (/^true$/i.test(variables['OPENLINEAGE_DISABLED'] ?? '')) return undefined;
  return settings.url === undefined && settings.file === undefined ? undefined : settings;
};

const noPlace = { file: '', line: 1, column: 1, length: 1, source: '' };
