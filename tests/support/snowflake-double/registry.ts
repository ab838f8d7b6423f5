// Objects that are their text and a state: which there are.
import { innerObject, type ObjectName } from './names.ts';

export type ObjectKind = 'task' | 'alert' | 'procedure' | 'dynamic table' | 'stream';

export interface PipelineObject {
  readonly kind: ObjectKind;
  readonly object: ObjectName;
  readonly text: string;
  readonly state: 'suspended' | 'started';
  /** Of a task: those it waits for, as `innerObject` names them. */
  readonly after: readonly string[];
  /** Of a procedure. */
  readonly body?: string;
  readonly refreshMode?: string;
}

export class PipelineObjects {
  readonly #all = new Map<string, PipelineObject>();

  find(kind: ObjectKind, object: ObjectName): PipelineObject | undefined {
    return this.#all.get(`${kind} ${innerObject(object)}`);
  }

  put(found: PipelineObject): void {
    this.#all.set(`${found.kind} ${innerObject(found.object)}`, found);
  }

  drop(kind: ObjectKind, object: ObjectName): void {
    this.#all.delete(`${kind} ${innerObject(object)}`);
  }

  of(kind: ObjectKind): readonly PipelineObject[] {
    return [...this.#all.values()].filter((each) => each.kind === kind);
  }
}
