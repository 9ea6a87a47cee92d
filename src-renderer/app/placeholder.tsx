import type { ReactNode } from 'react';

const COMMANDS = [
  ['bin/imagefleet index FOLDER', 'index a folder of pictures'],
  ['bin/imagefleet search PICTURE', 'find pictures that look like one'],
  ['bin/imagefleet status', 'queue, workers and imports'],
] as const;

/** Stands where the console will be. It names what works today: the command line. */
export function Placeholder(): ReactNode {
  return (
    <main>
      <img src="./icon.svg" alt="" width="56" height="56" />
      <h1>Imagefleet</h1>
      <p>The console is not built yet. Everything it will show can be done on the command line:</p>
      <dl>
        {COMMANDS.map(([command, meaning]) => (
          <div key={command}>
            <dt>
              <code>{command}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </main>
  );
}
