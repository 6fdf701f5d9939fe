// Light, dark, or what the system says.

import { recall, remember } from './settings';

export type ThemeChoice = 'system' | 'light' | 'dark';
const isChoice = (value: unknown): value is ThemeChoice => value === 'system' || value === 'light' || value === 'dark';

export class Theme {
  choice = $state<ThemeChoice>(recall('theme', 'system', isChoice));
  #system = $state(false);

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#system = query.matches;
    query.addEventListener('change', () => {
      this.#system = query.matches;
      this.#apply();
    });
    this.#apply();
  }

  get dark(): boolean {
    return this.choice === 'system' ? this.#system : this.choice === 'dark';
  }

  set(choice: ThemeChoice): void {
    this.choice = choice;
    remember('theme', choice);
    this.#apply();
  }

  next(): void {
    this.set(this.choice === 'system' ? 'light' : this.choice === 'light' ? 'dark' : 'system');
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
  }
}
