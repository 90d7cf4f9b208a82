import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import App from './app/App.vue';
import './app/route-meta.ts';
import './app/theme.css';
import { queryClient } from './app/query.ts';
import { router } from './app/router.ts';

createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js'));
}
