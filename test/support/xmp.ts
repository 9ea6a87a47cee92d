const NAMESPACES = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  dc: 'http://purl.org/dc/elements/1.1/',
  lr: 'http://ns.adobe.com/lightroom/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
};

/** An XMP packet with these elements in its description, and these attributes on it. */
export function xmp(elements: string, attributes = ''): string {
  const declared = Object.entries(NAMESPACES).map(([prefix, name]) => `xmlns:${prefix}="${name}"`);
  return (
    `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
    `<rdf:RDF ${declared.join(' ')}><rdf:Description rdf:about="" ${attributes}>${elements}</rdf:Description></rdf:RDF>` +
    `</x:xmpmeta>\n${' '.repeat(100)}<?xpacket end="w"?>`
  );
}

export function title(text: string): string {
  return `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${text}</rdf:li></rdf:Alt></dc:title>`;
}

export function caption(text: string): string {
  return `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${text}</rdf:li></rdf:Alt></dc:description>`;
}

export function keywords(...words: string[]): string {
  return `<dc:subject><rdf:Bag>${words.map((word) => `<rdf:li>${word}</rdf:li>`).join('')}</rdf:Bag></dc:subject>`;
}
