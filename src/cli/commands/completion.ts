// tidemark completion
import { namesOfProject } from '../../batch/read-dictionary.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { completionScript, shells } from '../render/completion.ts';
import { usage } from '../usage.ts';

const names = async (invocation: Invocation): Promise<readonly string[]> => {
  try {
    return namesOfProject(await invocation.project());
  } catch {
    return []; // a shell asks while nothing is in order yet: nobody wants to hear of it there
  }
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const [wanted = ''] = invocation.args;
  if (wanted === 'names') {
    const found = await names(invocation);
    return { exit: 0, json: { schema: 'tidemark/completion/1', names: found }, text: () => found.join('\n') };
  }
  const shell = shells.find((each) => each === wanted);
  if (shell === undefined)
    throw usage(
      wanted === '' ? 'for which shell?' : `there is no completion for \`${wanted}\``,
      'there is `tidemark completion bash`, `zsh` and `fish`',
    );
  const script = completionScript(shell, invocation.commands);
  return {
    exit: 0,
    json: { schema: 'tidemark/completion/1', shell, script },
    text: () => script.trimEnd(),
  };
};

export const completion: Command = { endsOnSignal: false, execute };
