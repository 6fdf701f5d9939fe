// Markdown that a stranger may have written, as safe nodes.

import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import '../styles/prose.css';

const marked = new Marked({
  gfm: true,
  async: false,
  renderer: { checkbox: ({ checked }) => (checked ? '☑ ' : '☐ ') },
});

export const renderMarkdown = (text: string): DocumentFragment => renderHtml(marked.parse(text) as string);

export function renderHtml(text: string): DocumentFragment {
  return DOMPurify.sanitize(text, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'iframe', 'object', 'embed', 'video', 'audio', 'map', 'area'],
    FORBID_ATTR: ['style', 'srcset'],
    RETURN_DOM_FRAGMENT: true,
  });
}
