// What ties the control of a field to what is said about it, which `FieldNotes` shows.

interface Said {
  problem?: string | undefined;
  help?: string | undefined;
  /** Whether it must be filled in, where there is a choice. */
  required?: boolean;
  /** The ending of the id of something else that is said. */
  besides?: string | undefined;
}

/** The attributes of the control. What is said about it has ids that begin with its own. */
export const tied = (id: string, { problem, help, required, besides }: Said) => ({
  id,
  'aria-invalid': problem !== undefined,
  'aria-required': required,
  'aria-describedby': [help && 'help', besides, problem !== undefined && 'problem'].filter(Boolean).map((what) => `${id}-${String(what)}`).join(' ') || undefined,
});

/** Gives the keys to the first thing to mend, which brings it in sight. */
export const focusWrong = (host: HTMLElement): void => host.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
