import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';
import { toTexts, type PictureTexts } from '../domain/picture-texts.ts';

const DC = 'http://purl.org/dc/elements/1.1/';
const LIGHTROOM = 'http://ns.adobe.com/lightroom/1.0/';
const PHOTOSHOP = 'http://ns.adobe.com/photoshop/1.0/';
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XML = 'http://www.w3.org/XML/1998/namespace';

/** Camera Raw's masks and Photoshop's histories make packets of a megabyte or two. */
export const MAX_XMP_BYTES = 4 * 1024 * 1024;
/** Elements and attributes. A DOM takes about 1 KB and 8 µs of CPU for each, on the thread that everything waits for. */
const MAX_MARKS = 50_000;
/** The parser copies all namespaces in scope for each element that declares one: 14,000 within each other took 3 s. */
const MAX_NAMESPACES = 1_000;

/**
 * Title, caption and keywords of an XMP packet or sidecar, UTF-8 or UTF-16; null when it is none. Never throws, and
 * nothing in it is fetched or expanded: a packet with a document type, which XMP does not allow, is not read at all.
 */
export function parseXmp(packet: Uint8Array): PictureTexts | null {
  if (packet.length > MAX_XMP_BYTES) return null;
  const text = decode(packet);
  const xml = text.slice(text.indexOf('<'), text.lastIndexOf('>') + 1);
  if (xml.includes('<!DOCTYPE') || countOf(xml, /[<=]/g) > MAX_MARKS) return null;
  if (countOf(xml, /xmlns/g) > MAX_NAMESPACES) return null;
  try {
    const document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml');
    const [rdf] = document.getElementsByTagNameNS(RDF, 'RDF');
    return rdf ? textsOf([...childrenOf(rdf, RDF, 'Description')]) : null;
  } catch {
    return null;
  }
}

function textsOf(nodes: Element[]): PictureTexts {
  const said = (namespace: string, name: string): string[] =>
    nodes.flatMap((node) => {
      const attribute = node.getAttributeNS(namespace, name);
      const values = [...childrenOf(node, namespace, name)].flatMap(valuesOf);
      return attribute === null ? values : [attribute, ...values];
    });
  const keywords = said(DC, 'subject');
  const paths = keywords.length > 0 ? [] : said(LIGHTROOM, 'hierarchicalSubject');
  return toTexts({
    title: firstFilled(said(DC, 'title')) ?? firstFilled(said(PHOTOSHOP, 'Headline')),
    caption: firstFilled(said(DC, 'description')),
    // Programs that write paths write their words as plain keywords too, so that paths are asked only where those are not.
    keywords: keywords.length > 0 ? keywords : paths.map((path) => path.slice(path.lastIndexOf('|') + 1)),
  });
}

/** The items of a Bag, Seq or Alt, the default language first; or the element's own text. */
function valuesOf(property: Element): string[] {
  const items = ['Bag', 'Seq', 'Alt']
    .flatMap((name) => [...childrenOf(property, RDF, name)])
    .flatMap((list) => [...childrenOf(list, RDF, 'li')]);
  if (items.length === 0) return [property.textContent ?? ''];
  return [...items.filter(isDefault), ...items.filter((item) => !isDefault(item))].map(
    (item) => item.textContent ?? '',
  );
}

function isDefault(item: Element): boolean {
  return item.getAttributeNS(XML, 'lang') === 'x-default';
}

function* childrenOf(parent: Element, namespace: string, name: string): Generator<Element> {
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    if (node.nodeType !== node.ELEMENT_NODE) continue;
    const element = node as Element;
    if (element.namespaceURI === namespace && element.localName === name) yield element;
  }
}

/** Bytes that are no characters become U+FFFD: the texts that they are in are lost, the others are not. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return new TextDecoder().decode(bytes);
}

function firstFilled(texts: string[]): string | undefined {
  return texts.find((text) => text.trim() !== '');
}

function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count++;
  return count;
}
