import type { GroupsDocument } from '../client/duplicate-desk.ts';
import { formatAgo, formatBytes, formatNumberOf, printable } from './format.ts';
import type { Paint } from './io.ts';
import { formatTable } from './table.ts';

type Group = GroupsDocument['groups'][number];

/** Pictures of a group that are shown to a person. */
const SHOWN = 20;

export function formatGroups(page: GroupsDocument, paint: Paint): string {
  const { scan, groups, group_count, picture_count, changed_since } = page;
  if (group_count === 0) return 'No duplicates were found.\n';
  const changes = [
    ...(changed_since.indexed > 0 ? [`${formatNumberOf(changed_since.indexed, 'picture')} indexed`] : []),
    ...(changed_since.fewer > 0 ? [`${formatNumberOf(changed_since.fewer, 'picture')} fewer`] : []),
  ];
  const made = `scan made ${formatAgo(Date.parse(scan.created_at), Date.now())}`;
  const since = changes.length > 0 ? `; since then ${changes.join(', ')}` : '';
  const shown = groups.length < group_count ? `, the ${groups.length} largest shown` : '';
  const total = `${formatNumberOf(group_count, 'group')} of ${formatNumberOf(picture_count, 'picture')}${shown}; ${made}${since}.\n`;
  return groups.map((group) => `${formatGroup(group, paint)}\n`).join('') + total;
}

function formatGroup(group: Group, paint: Paint): string {
  const { kind, score, size, differences, across_products, pictures, keep, mark } = group;
  const kept = new Map(keep.map(({ image_id, why }) => [image_id, `keep (${why})`]));
  const marked = new Map(mark.map(({ image_id, why }) => [image_id, `mark (${why})`]));
  const facts = [
    `${formatNumberOf(size, 'picture')}, ${kind === 'exact' ? 'the same bytes' : `alike to ${score.toFixed(3)}`}`,
    ...(differences.length > 0 ? [`differ in ${differences.join(', ').replaceAll('_', ' ')}`] : []),
    ...(across_products ? [paint('yellow', 'under several products')] : []),
  ];
  const table = formatTable(
    [
      ...(keep.length > 0
        ? [{ title: 'CHOICE', value: ({ image_id }: Picture) => kept.get(image_id) ?? marked.get(image_id) ?? '' }]
        : []),
      { title: 'SCORE', value: ({ score: best }: Picture) => best?.toFixed(3) ?? '', align: 'right' as const },
      { title: 'SIZE', value: ({ width, height }: Picture) => `${width}×${height}`, align: 'right' as const },
      { title: 'BYTES', value: ({ bytes }: Picture) => formatBytes(bytes), align: 'right' as const },
      { title: 'IMAGE', value: ({ image_id }: Picture) => image_id },
      {
        title: 'PICTURE',
        value: ({ path, product_id }: Picture) => printable(path) + (product_id ? ` (${product_id})` : ''),
      },
    ],
    pictures.slice(0, SHOWN),
    paint,
  );
  const more = size > SHOWN ? `… and ${size - Math.min(SHOWN, pictures.length)} more\n` : '';
  return `${facts.join('; ')}\n${table}${more}`;
}

type Picture = Group['pictures'][number];
