import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: the page, and what the page keeps in the address so that it can be shared. */
export interface Route {
  page: string;
  parameters: URLSearchParams;
}

function read(): Route {
  const [page = '', parameters = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { page: page || 'explore', parameters: new URLSearchParams(parameters) };
}

export const href = (page: string, parameters: Record<string, string> | URLSearchParams = {}): string => {
  const query = new URLSearchParams(parameters).toString();
  return `#/${page}${query ? `?${query}` : ''}`;
};

/** Changes what the page keeps in the address; the reader's way back leads to the page before. */
export function replace(page: string, parameters: URLSearchParams): void {
  const query = parameters.toString();
  const next = `#/${page}${query ? `?${query}` : ''}`;
  if (next === location.hash) return;
  history.replaceState(null, '', next);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return route;
}
