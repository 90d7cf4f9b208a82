import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/bulletins',
    component: () => import('./BulletinList.vue'),
    meta: { title: '通报', permission: 'bulletin.read', nav: { room: 'bulletin', order: 30 } },
  },
  {
    path: '/bulletins/letterhead',
    component: () => import('./LetterheadPage.vue'),
    meta: { title: '通报版头', permission: 'bulletin.review' },
  },
  {
    path: '/bulletins/:id',
    component: () => import('./BulletinPage.vue'),
    meta: { title: '通报', permission: 'bulletin.read' },
  },
  {
    path: '/bulletins/:id/changes',
    component: () => import('./ChangesPage.vue'),
    meta: { title: '版次比对', permission: 'bulletin.read' },
  },
  {
    path: '/bulletins/:id/orders',
    component: () => import('./OrdersPage.vue'),
    meta: { title: '数据背后的诉件', permission: 'complaint.read' },
  },
] satisfies FeatureRoutes;
