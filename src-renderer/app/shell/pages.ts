import {
  IconCopy,
  IconFileText,
  IconFolders,
  IconLayoutDashboard,
  IconListDetails,
  IconPhoto,
  IconSearch,
  IconServerCog,
  IconSettings,
  IconUpload,
} from '@tabler/icons-react';

/** The pages in the order of the navigation. */
export const PAGES = [
  { name: 'overview', to: '/overview', icon: IconLayoutDashboard },
  { name: 'imports', to: '/imports', icon: IconUpload },
  { name: 'sources', to: '/sources', icon: IconFolders },
  { name: 'tasks', to: '/tasks', icon: IconListDetails },
  { name: 'workers', to: '/workers', icon: IconServerCog },
  { name: 'search', to: '/search', icon: IconSearch },
  { name: 'duplicates', to: '/duplicates', icon: IconCopy },
  { name: 'catalog', to: '/catalog', icon: IconPhoto },
  { name: 'logs', to: '/logs', icon: IconFileText },
  { name: 'settings', to: '/settings', icon: IconSettings },
] as const;
