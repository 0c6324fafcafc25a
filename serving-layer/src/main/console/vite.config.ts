import { defineConfig } from 'vite';

// Relative addresses: the console works behind a proxy's path too.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    // Maven packages what is here.
    outDir: '../../../target/classes/META-INF/resources',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
  },
  // npm run dev: the console from its sources, against a platform that runs.
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/q': 'http://127.0.0.1:8080' } },
});
