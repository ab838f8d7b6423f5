// The history that a target is, if it is one.
import type { History, TargetForm } from './dictionary.ts';

export const historyOf = ({ form }: { readonly form: TargetForm }): History | undefined =>
  form.kind === 'history' ? form.history : undefined;
