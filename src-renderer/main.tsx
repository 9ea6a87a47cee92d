import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Placeholder } from './app/placeholder.tsx';
import './app/placeholder.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Placeholder />
  </StrictMode>,
);
