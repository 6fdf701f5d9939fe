// The icons of the page, as symbols of one sprite in the document, so that a row of the explorer
// costs one `use` element.

import { familyOf, type FileFamily } from '../lib/paths';

const sources = import.meta.glob<string>(
  [
    '../../../node_modules/lucide-static/icons/{play,square,search,command,sun,moon,monitor,files,file,file-text,file-code,file-json,file-image,table,file-plus,folder,folder-open,folder-plus,upload,download,trash-2,pencil,copy,scissors,clipboard-paste,chevron-right,x,check,triangle-alert,circle-x,circle-check,info,history,rotate-ccw,refresh-cw,terminal,list-checks,hard-drive,shield,globe,eye,ellipsis,git-compare,flask-conical,zap,package,archive,save,undo-2,redo-2,ban,clock,lightbulb,arrow-up,arrow-down,menu,workflow,circle-dot,fingerprint,monitor-smartphone,user-plus,user-round,log-out,link,lock}.svg',
  ],
  { query: '?raw', import: 'default', eager: true },
);

const SVG = 'http://www.w3.org/2000/svg';

export function installIcons(): void {
  const sprite = document.createElementNS(SVG, 'svg');
  sprite.setAttribute('width', '0');
  sprite.setAttribute('height', '0');
  sprite.setAttribute('aria-hidden', 'true');
  sprite.classList.add('visually-hidden');
  // All of them are one document: to read each as one by itself takes most of what the page needs to begin.
  const { documentElement: read } = new DOMParser().parseFromString(`<all>${Object.values(sources).join('')}</all>`, 'image/svg+xml');
  const icons = [...read.children];
  for (const path of Object.keys(sources)) {
    const symbol = document.createElementNS(SVG, 'symbol');
    symbol.id = `icon-${path.slice(path.lastIndexOf('/') + 1, -4)}`;
    symbol.setAttribute('viewBox', '0 0 24 24');
    symbol.append(...(icons.shift()?.childNodes ?? []));
    sprite.append(symbol);
  }
  document.body.prepend(sprite);
}

const BY_FAMILY: Record<FileFamily, string> = {
  flow: 'zap',
  script: 'file-code',
  json: 'file-json',
  markdown: 'file-text',
  table: 'table',
  image: 'file-image',
  python: 'file-code',
  text: 'file-text',
  other: 'file',
};

/** Who or what made a change. */
export const MAKER_ICONS = { person: 'pencil', run: 'zap', agent: 'workflow', system: 'circle-dot', peer: 'link' } as const;

export const fileIcon = (path: string): string => BY_FAMILY[familyOf(path)];
