// What is kept while other pages are looked at, for as long as the tab is open.

export function kept(name: string): string | undefined {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    // Browsers may forbid it; then nothing is kept.
    return undefined;
  }
}

/** @param value undefined: no longer */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // As above.
  }
}
