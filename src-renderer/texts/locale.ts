/** The language of all texts and of every number and date. A translation replaces this folder's words and this. */
export const LOCALE = 'en';
