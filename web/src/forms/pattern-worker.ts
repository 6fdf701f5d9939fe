// Tries patterns on texts; see `patterns.ts`.

onmessage = ({ data: { pattern, text } }: MessageEvent<{ pattern: string; text: string }>) => postMessage(new RegExp(pattern, 'u').test(text));
postMessage('ready');
