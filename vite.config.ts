import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { bifrostApi } from './web/build/bifrost-api.ts';
import { dockviewStyles } from './web/build/dockview-styles.ts';
import { embedModule } from './web/build/embed-module.ts';
import { flowApi } from './web/build/flow-api.ts';
import { guests } from './web/build/guests.ts';
import { laterChunks } from './web/build/later.ts';
import { policy } from './web/build/policy.ts';
import { precache } from './web/build/precache.ts';
import { startFirst } from './web/build/start-first.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The tests that look at the fixture page. */
const PAGES = 'web/test/{page,*-page}.test.ts';

const COURIER = here('./worker/fake-courier.ts');

// `--mode fixture` builds the page over the in-memory kernel of the tests, for pictures and
// for checks of the page alone. It is never what gets served.
export default defineConfig(({ mode }) => {
  const fixture = mode === 'fixture';
  const later = laterChunks();
  return {
    root: here(fixture ? './web/fixture' : '.'),
    base: './',
    publicDir: here('./web/public'),
    plugins: [svelte(), dockviewStyles(), flowApi(here(fixture ? './web/test/flow-sample.d.ts' : './crates/guest-js/flow.d.ts')), bifrostApi(here('./crates/guest-py/python/bifrost')), later.plugin, embedModule(here('./web/embed/selvage.ts')), policy(), ...(fixture ? [] : [startFirst('start')]), precache()],
    // The test of the post brings its own courier, so that it needs no built one.
    resolve: { alias: { ...(mode === 'test' ? { '@wasm/courier/courier_bg.wasm': COURIER, '@wasm/courier/courier.js': COURIER } : {}), '@wasm': here('./target/wasm-web') } },
    worker: {
      format: 'es' as const,
      plugins: () => [guests(here('./target/wasm-web'))],
      // A Worker is one file, and what it fetches when that is wanted.
      rolldownOptions: { output: { chunkFileNames: 'assets/later-[name]-[hash].js' } },
    },
    build: {
      target: 'es2023',
      outDir: here(fixture ? './tests/output/fixture' : './dist'),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      cssMinify: true,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 900,
      rolldownOptions: {
        input: { index: here(fixture ? './web/fixture/index.html' : './index.html'), ...(fixture ? {} : { start: here('./web/src/start.ts') }), sw: here('./web/sw.ts') },
        output: {
          entryFileNames: (chunk: { name: string }) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
          chunkFileNames: later.nameOf,
          assetFileNames: later.assetNameOf,
        },
      },
    },
    server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
    test: {
      root: here('.'),
      environment: 'node',
      // Pages wait for timers, so that one worker would leave even two processors idle.
      maxWorkers: 2,
      // A machine that is busy is slow, and wrong is what never comes.
      testTimeout: 60_000,
      expect: { poll: { timeout: 15_000 } },
      projects: [
        { extends: true as const, test: { name: 'units', include: ['web/**/*.test.ts', 'worker/**/*.test.ts'], exclude: [PAGES] } },
        { extends: true as const, test: { name: 'pages', include: [PAGES], globalSetup: [here('./web/test/fixture.ts')] } },
      ],
    },
  };
});
