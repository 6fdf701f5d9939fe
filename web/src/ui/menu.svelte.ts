// One menu at a time, at a point of the page.

export interface MenuItem {
  label: string;
  icon?: string;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
}

export type MenuEntry = MenuItem | 'line';

class OpenMenu {
  shown = $state.raw<{ x: number; y: number; items: MenuEntry[]; label: string; back: HTMLElement | undefined } | undefined>(undefined);

  open(x: number, y: number, label: string, items: MenuEntry[]): void {
    const active = document.activeElement;
    this.shown = { x, y, items, label, back: active instanceof HTMLElement ? active : undefined };
  }

  close(focusBack = true): void {
    const back = this.shown?.back;
    this.shown = undefined;
    if (focusBack) back?.focus();
  }
}

export const menu = new OpenMenu();
