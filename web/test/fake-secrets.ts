// The secrets of a device in memory, for the kernel in memory.

import type { SecretAct } from '../../worker/client-messages';
import type { ToolResult } from '../src/lib/tools';

export class FakeSecrets {
  /** The passphrase, and what is kept under it. */
  #locker: { passphrase: string; open: boolean; secrets: { name: string; domains: string[] }[] } | undefined;

  async act(act: SecretAct): Promise<ToolResult> {
    await Promise.resolve();
    const locker = this.#locker;
    if (act.do === 'begin') this.#locker = { passphrase: act.passphrase, open: true, secrets: [] };
    else if (act.do === 'forget') this.#locker = undefined;
    else if (act.do === 'lock' && locker) locker.open = false;
    else if (act.do === 'unlock' && locker) {
      if (locker.passphrase !== act.passphrase) return { ok: false, error: { code: 'INVALID_INPUT', message: 'The passphrase is another one, or the file of secrets was changed.' } };
      locker.open = true;
    } else if (act.do === 'set' && locker) locker.secrets = [...locker.secrets.filter(({ name }) => name !== act.name), { name: act.name, domains: act.domains }];
    else if (act.do === 'remove' && locker) locker.secrets = locker.secrets.filter(({ name }) => name !== act.name);
    else if (act.do === 'rekey' && locker) locker.passphrase = act.passphrase;
    const { open, secrets } = this.#locker ?? { open: false, secrets: [] };
    return { ok: true, value: { kept: this.#locker !== undefined, secrets: open ? secrets : null } };
  }
}
