// Where the keys go when a panel comes to the front.

/** Focuses the tree or what is marked as first, else the first control, else the panel itself, so that the keys are never nowhere. */
export function focusInside(host: HTMLElement): void {
  const first = host.querySelector<HTMLElement>('[role=tree], [data-first]') ?? host.querySelector<HTMLElement>('[tabindex="0"], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)');
  if (!first) host.tabIndex = -1;
  (first ?? host).focus();
}
