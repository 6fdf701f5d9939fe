// The address of a server that runs jobs, as a person writes it.

const HERE = ['localhost', '127.0.0.1'];

/** The address as it is kept, or what is wrong with it. */
export function readAddress(text: string): { address: string } | { problem: string } {
  const given = text.trim();
  const whole = /^[a-z]+:\/\//i.test(given) ? given : `https://${given}`;
  if (given === '' || !URL.canParse(whole)) return { problem: 'This is no address: write https://host.' };
  const url = new URL(whole);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return { problem: 'An address is a host, and perhaps a path: nothing else belongs in it.' };
  if (url.protocol === 'http:' && !HERE.includes(url.hostname)) return { problem: 'The key would be sent openly: over http only this machine is asked. Write https://.' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { problem: 'An address begins with https://.' };
  return { address: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

/** What is wrong with a key: it is sent as it is, so it has to be plain. */
export function keyProblem(key: string): string {
  return /^[\x21-\x7e]*$/.test(key) ? '' : 'A key has letters, digits and signs, and no spaces.';
}
