// The docked layout: panels and one tab for every open file, arranged by the person and
// remembered on this device.

import { createDockview, type DockviewApi, type DockviewGroupPanel, type DockviewPanelApi, type GroupPanelPartInitParameters, type IContentRenderer, type IDockviewPanel, type ITabRenderer, type IWatermarkRenderer } from 'dockview-core';
import { mount, unmount, type Component } from 'svelte';
import type { Document } from '../editor/document.svelte';
import FilePanel from '../editor/FilePanel.svelte';
import { onNextFrame } from '../lib/frame';
import type { Layout, PanelId, Workbench } from '../lib/workbench.svelte';
import DockTab from './DockTab.svelte';
import { focusInside } from './focus';
import LaterPanel from '../ui/LaterPanel.svelte';
import { PANELS } from './panels';
import { forgetLayout, saveLayout, savedLayout, withGaps } from './saved';
import Welcome from '../panels/Welcome.svelte';

const SAVE_AFTER_MS = 400;
/** Between panels, in pixels. */
const GAP = 6;

/** A dockview renderer around a Svelte component. */
class Part<P extends Record<string, unknown>> implements IContentRenderer, ITabRenderer, IWatermarkRenderer {
  readonly element = document.createElement('div');
  #mounted: Record<string, unknown> | undefined;

  constructor(
    readonly component: Component<P>,
    readonly props: (parameters: GroupPanelPartInitParameters) => P,
    name: string,
  ) {
    this.element.className = name;
  }

  init(parameters: unknown): void {
    this.#mounted = mount(this.component, { target: this.element, props: this.props(parameters as GroupPanelPartInitParameters) });
  }

  dispose(): void {
    if (this.#mounted) void unmount(this.#mounted);
    this.#mounted = undefined;
  }
}

/** Whether a panel is in front. */
class Front {
  now = $state(false);

  constructor(api: DockviewPanelApi) {
    this.now = api.isVisible;
    api.onDidVisibilityChange(({ isVisible }) => (this.now = isVisible));
  }
}

/** What stands for a file that was closed, until its tab goes. */
const blank = (): IContentRenderer & ITabRenderer => ({ element: document.createElement('div'), init: () => undefined });

export class DockLayout implements Layout {
  readonly api: DockviewApi;
  /** Where files open when none is open. */
  #place: DockviewGroupPanel | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restoring = false;
  #gone = false;
  /** Tabs that do not fit get a button, which takes room from them; and a tab grows with its name and its count. */
  readonly #tabs = new ResizeObserver(() => this.#showActiveTabs());

  constructor(
    readonly wb: Workbench,
    readonly host: HTMLElement,
  ) {
    this.api = createDockview(host, {
      theme: { name: 'selvage', className: 'dockview-theme-selvage', gap: GAP, dndTabIndicator: 'line', tabAnimation: 'default' },
      defaultRenderer: 'always',
      disableFloatingGroups: true,
      // The place of the files stays when the last of them is closed; what else is empty is taken away below.
      closeEmptyGroups: false,
      scrollbars: 'native',
      createComponent: ({ id, name }) => {
        if (name === 'file') {
          const document = this.#fileOf(id);
          return document ? new Part(FilePanel, () => ({ wb, document }), 'dock-part') : blank();
        }
        const panel = PANELS[name as PanelId];
        return 'load' in panel ? new Part(LaterPanel, ({ api }) => ({ wb, front: new Front(api), load: panel.load }), 'dock-part') : new Part(panel.component, ({ api }) => ({ wb, front: new Front(api) }), 'dock-part');
      },
      createTabComponent: ({ id, name }) => {
        const document = this.#fileOf(id);
        if (name === 'file' && !document) return blank();
        const tab = new Part(DockTab, ({ api }) => ({ wb, document, panel: PANELS[id as PanelId], close: () => api.close(), name: (title: string) => api.setTitle(title) }), 'dock-tab-part');
        this.#tabs.observe(tab.element);
        return tab;
      },
      createWatermarkComponent: () => new Part(Welcome, () => ({ wb }), 'dock-part'),
    });
    this.api.onDidAddGroup(({ element }) => {
      const tabs = element.querySelector('.dv-tabs-container');
      if (tabs) this.#tabs.observe(tabs);
    });
    this.#restore();
    this.#keepPlace();
    this.api.onDidMutateLayout(() => this.#keepPlace());
    this.api.onDidLayoutChange(() => this.#saveSoon());
    this.api.onDidActivePanelChange(({ panel }) => {
      const document = panel && this.#fileOf(panel.id);
      if (document) wb.activate(document);
      onNextFrame(() => this.#showActiveTabs());
    });
    this.api.onDidRemovePanel(({ id }) => {
      if (this.#restoring || this.#gone || !id.startsWith('file:')) return;
      const document = this.#fileOf(id);
      if (document) void wb.documents.close(document);
      onNextFrame(() => this.#passKeysOn());
    });
  }

  show(id: PanelId, focus = false): void {
    const panel = this.api.getPanel(id) ?? this.#addPanel(id);
    panel.api.setActive();
    if (focus) this.#focusSoon(panel);
  }

  showDocument(document: Document, focus = false): void {
    const id = `file:${document.id}`;
    const group = this.#fileGroup();
    const panel =
      this.api.getPanel(id) ??
      this.api.addPanel({ id, component: 'file', tabComponent: 'file', title: document.name, params: { path: document.path }, ...(group ? { position: { referenceGroup: group } } : {}) });
    panel.api.setActive();
    if (focus) this.#focusSoon(panel);
  }

  walk(by: 1 | -1): void {
    const groups = this.api.groups.filter((group) => group.activePanel);
    const at = groups.findIndex((group) => group === this.api.activeGroup);
    const panel = groups[(at + by + groups.length) % groups.length]?.activePanel;
    if (!panel) return;
    panel.api.setActive();
    this.#focus(panel);
  }

  #focus(panel: IDockviewPanel): void {
    const document = this.#fileOf(panel.id);
    const { element } = panel.view.content;
    if (document?.covered) focusInside(element.querySelector<HTMLElement>('.body') ?? element);
    else if (document && (document.kind === 'text' || document.kind === 'loading')) document.focusSoon();
    else focusInside(element);
  }

  /** A panel that was behind another one can only be focused once it is in sight. */
  #focusSoon(panel: IDockviewPanel): void {
    const before = document.activeElement;
    onNextFrame(() => {
      const { activeElement } = document;
      // Keys that went into it by themselves meanwhile stay where they went.
      if (activeElement === before || !panel.view.content.element.contains(activeElement)) this.#focus(panel);
    });
  }

  /** The keys that were in a file which is closed go to the one that came to the front, or where there is none to the tree. */
  #passKeysOn(): void {
    if (this.#gone || document.activeElement !== document.body) return;
    const { active } = this.wb.documents;
    const panel = (active && this.api.getPanel(`file:${active.id}`)) ?? this.api.getPanel('explorer');
    panel?.api.setActive();
    if (panel) this.#focusSoon(panel);
  }

  /** Takes away the tabs of files that were closed elsewhere. */
  keep(open: readonly Document[]): void {
    const ids = new Set(open.map((document) => `file:${document.id}`));
    for (const panel of [...this.api.panels]) if (panel.id.startsWith('file:') && !ids.has(panel.id)) panel.api.close();
  }

  reset(): void {
    forgetLayout();
    this.#build();
  }

  dispose(): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#tabs.disconnect();
    this.#save();
    this.api.dispose();
  }

  #fileOf(id: string): Document | undefined {
    return this.wb.documents.open.find((document) => `file:${document.id}` === id);
  }

  /** The group that holds files, or the one that waits for them: empty, or with what is as wide as files are. */
  #fileGroup(): DockviewGroupPanel | undefined {
    const { activeGroup, groups } = this.api;
    const holds = (group: DockviewGroupPanel) => group.panels.some((panel) => panel.id.startsWith('file:'));
    const waits = (group: DockviewGroupPanel) => group.panels.every((panel) => panel.id === 'approvals');
    return [activeGroup, ...groups].find((group) => group && holds(group)) ?? [this.#place, ...groups].find((group) => group && groups.includes(group) && waits(group));
  }

  /** Files have a place at all times. A group that is not it and empty goes. */
  #keepPlace(): void {
    if (this.#restoring || this.#gone) return;
    this.#place = this.#fileGroup() ?? this.#addPlace();
    for (const group of [...this.api.groups]) if (group !== this.#place && group.panels.length === 0) this.api.removeGroup(group);
  }

  /** Makes a place for files over what runs leave, as the first layout has it. */
  #addPlace(): DockviewGroupPanel {
    const below = this.#bottomPanel();
    const where = below ? { referencePanel: below, direction: 'above' as const } : { direction: 'right' as const };
    const group = this.api.addGroup({ ...where, skipSetActive: true });
    if (below) group.api.setSize({ height: this.host.clientHeight - this.#bottomHeight });
    return group;
  }

  /** One of the panels at the bottom that is there. */
  #bottomPanel(besides?: PanelId): PanelId | undefined {
    return (['output', 'problems', 'history', 'agents'] as const).find((id) => id !== besides && this.api.getPanel(id));
  }

  /** Puts a panel back where the first layout has it. */
  #addPanel(id: PanelId) {
    const group = id === 'approvals' ? this.#fileGroup() : undefined;
    if (group) return this.api.addPanel({ id, component: id, tabComponent: id, title: PANELS[id].title, position: { referenceGroup: group } });
    const bottom = id !== 'explorer' && id !== 'run';
    const beside = this.#bottomPanel(id);
    const position =
      bottom && beside ? { referencePanel: beside } : { direction: bottom ? ('below' as const) : id === 'explorer' ? ('left' as const) : ('right' as const) };
    return this.api.addPanel({ id, component: id, tabComponent: id, title: PANELS[id].title, position, ...(bottom ? { initialHeight: this.#bottomHeight } : { initialWidth: id === 'run' ? 300 : 250 }) });
  }

  /** What a run leaves is read as much as what runs. */
  get #bottomHeight(): number {
    return Math.round(this.host.clientHeight * 0.4);
  }

  #build(): void {
    this.#restoring = true;
    try {
      this.api.clear();
      const middle = this.api.addGroup();
      this.api.addPanel({ id: 'explorer', component: 'explorer', tabComponent: 'explorer', title: 'Files', position: { referenceGroup: middle, direction: 'left' }, initialWidth: 250 });
      this.api.addPanel({ id: 'run', component: 'run', tabComponent: 'run', title: 'Run', position: { referenceGroup: middle, direction: 'right' }, initialWidth: 310 });
      this.api.addPanel({ id: 'output', component: 'output', tabComponent: 'output', title: 'Output', position: { referenceGroup: middle, direction: 'below' }, initialHeight: this.#bottomHeight });
      for (const id of ['problems', 'history'] as const)
        this.api.addPanel({ id, component: id, tabComponent: id, title: PANELS[id].title, position: { referencePanel: 'output' }, inactive: true });
      for (const document of this.wb.documents.open) this.showDocument(document);
    } finally {
      this.#restoring = false;
    }
  }

  #restore(): void {
    const saved = savedLayout();
    if (!saved) return this.#build();
    this.#restoring = true;
    try {
      const { documents, workspace } = this.wb;
      const { active } = documents;
      // Tabs are named by the number that a file had then; files get new numbers when they open.
      const numbers = new Map<string, string>();
      for (const [id, path] of Object.entries(saved.files)) if (documents.find(path) || workspace.entries.has(path)) numbers.set(id, `file:${documents.ensure(path).id}`);
      // A file that was moved while the layout was not on the screen kept its number.
      const taken = new Set(numbers.values());
      for (const id of documents.open.map((document) => `file:${document.id}`)) if (!numbers.has(id) && !taken.has(id)) numbers.set(id, id);
      const text = JSON.stringify(saved.dock).replace(/"file:(\d+)"/g, (_, number: string) => `"${numbers.get(`file:${number}`) ?? `file:closed-${number}`}"`);
      const dock = JSON.parse(text) as Parameters<DockviewApi['fromJSON']>[0];
      this.api.fromJSON({ ...dock, grid: { ...dock.grid, root: withGaps(dock.grid.root, GAP) } });
      this.keep(documents.open);
      for (const document of documents.open) if (!this.api.getPanel(`file:${document.id}`)) this.showDocument(document);
      // What was worked on stays in front. Else the keys may have been in another panel: the file in front is worked on all the same.
      const front = [active && this.api.getPanel(`file:${active.id}`), this.api.activePanel, ...this.api.groups.map((group) => group.activePanel)].find((panel) => panel && this.#fileOf(panel.id));
      if (active) front?.api.setActive();
      else if (front) this.wb.activate(this.#fileOf(front.id) as Document, true);
      // Tabs get their titles, and with them their widths, before the next picture.
      onNextFrame(() => this.#showActiveTabs());
    } catch {
      // A layout of another version, or one that was cut short: the first layout is always right.
      this.#restoring = false;
      this.reset();
    } finally {
      this.#restoring = false;
    }
  }

  /** A group with more tabs than fit stays where it is, wherever the active one is. */
  #showActiveTabs(): void {
    for (const tab of this.host.querySelectorAll('.dv-tab.dv-active-tab')) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #saveSoon(): void {
    clearTimeout(this.#timer);
    if (!this.#restoring) this.#timer = setTimeout(() => this.#save(), SAVE_AFTER_MS);
  }

  #save(): void {
    const files = Object.fromEntries(this.wb.documents.open.map((document) => [`file:${document.id}`, document.path]));
    saveLayout({ dock: this.api.toJSON(), files });
  }
}
