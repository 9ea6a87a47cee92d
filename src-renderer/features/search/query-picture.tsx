import { Button, Text } from '@mantine/core';
import { IconCrop, IconPhotoUp, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useApi, useTransport } from '../../app/context.ts';
import { formatPercent } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { SEARCH } from '../../texts/search.ts';
import { PageLink } from '../../ui/page-link.tsx';
import { Thumbnail } from '../../ui/picture/thumbnail.tsx';
import classes from './search.module.css';
import { CutDialog } from './cut-dialog.tsx';
import { regionOfText } from './region.ts';
import type { Upload } from './upload.ts';

const texts = SEARCH.picture;

interface QueryPictureProps {
  catalog: string;
  upload: Upload | null;
  imageId: string | undefined;
  region: string | undefined;
  onCut(region: string | undefined): void;
  /** Asks for a file of this computer. */
  onOpenFile(): void;
  onClear(): void;
}

/** The picture that is searched by: one of this computer, a stored one, or none yet. */
export function QueryPicture(props: QueryPictureProps): ReactNode {
  const { catalog, upload, imageId, region, onCut, onOpenFile, onClear } = props;
  const transport = useTransport();
  const [isCutting, setCutting] = useState(false);
  const { width, height } = regionOfText(region ?? '');
  const { data: stored } = useQuery(
    useApi().images.get.queryOptions({
      input: { image_id: imageId ?? '', catalog },
      enabled: imageId !== undefined && !upload,
    }),
  );
  const has = upload !== null || imageId !== undefined;
  const name = upload ? texts.uploaded(upload.file.name) : stored && nameOfPath(stored.path);
  return (
    <div className={classes.queryPicture}>
      <button
        type="button"
        className={classes.slot}
        data-empty={!has || undefined}
        onClick={onOpenFile}
        aria-label={texts.choose}
        title={name}
      >
        {upload && <UploadedPicture key={upload.id} upload={upload} />}
        {!upload && imageId !== undefined && (
          <Thumbnail
            imageId={imageId}
            catalog={catalog}
            size={68}
            alt={texts.stored}
            thumbhash={stored?.thumbhash}
            isMissing={stored ? stored.missing_since !== null : false}
          />
        )}
        {!has && <IconPhotoUp size={22} stroke={1.5} aria-hidden />}
      </button>
      <div className={classes.queryWords}>
        {has ? (
          <>
            <Text size="sm" fw={550} truncate title={name}>
              {name ?? imageId?.slice(0, 8)}
            </Text>
            <div className={classes.queryActions}>
              <Button
                size="compact-xs"
                variant={region === undefined ? 'subtle' : 'light'}
                leftSection={<IconCrop size={13} aria-hidden />}
                onClick={() => setCutting(true)}
              >
                {region === undefined
                  ? SEARCH.cut.action
                  : SEARCH.cut.change(formatPercent(width), formatPercent(height))}
              </Button>
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                leftSection={<IconX size={13} aria-hidden />}
                onClick={onClear}
                aria-label={texts.clear}
              >
                {SEARCH.remove}
              </Button>
            </div>
          </>
        ) : (
          <>
            <Text size="sm" fw={550}>
              {texts.choose}
            </Text>
            <Text size="xs" c="dimmed">
              {texts.hint}
            </Text>
            <PageLink to="/catalog" search={{ catalog }} size="xs">
              {texts.fromCatalog}
            </PageLink>
          </>
        )}
      </div>
      {has && (
        <CutDialog
          isOpen={isCutting}
          url={upload?.url ?? transport.thumbnailUrl({ imageId: imageId!, catalog, edge: 1024 })}
          region={region}
          onClose={() => setCutting(false)}
          onCut={onCut}
        />
      )}
    </div>
  );
}

function UploadedPicture({ upload }: { upload: Upload }): ReactNode {
  const [isShown, setShown] = useState(true);
  if (!isShown) return <span className={classes.slotText}>{texts.notShown}</span>;
  return <img src={upload.url} alt={upload.file.name} onError={() => setShown(false)} />;
}
