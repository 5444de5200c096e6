import { Option } from 'commander';
import { formatKinds, type FormatKind } from '../../formats/format.ts';
import type { Inspection } from '../../formats/inspect.ts';
import { toJson, type AddCommand, type Json } from '../cli-deps.ts';

/** `agentctl inspect`: what a saved output of NVIDIA's tools says. Needs no agent, no driver and no card. */
export const addInspect: AddCommand = (program, deps) => {
  program
    .command('inspect')
    .description('what saved outputs of NVIDIA’s tools say; exits 1 when one has a problem')
    .argument('<file...>', 'saved outputs (text, .gz); - is standard input')
    .option('--json', 'machine-readable; one line a file')
    .addOption(
      new Option('--kind <kind>', 'what the files are, where neither text nor name tell').choices([
        ...formatKinds,
      ]),
    )
    .action(async (files: string[], { json, kind }: Json & { readonly kind?: FormatKind }) => {
      // Only here: the other commands start without some thirty parsers.
      const { renderInspection, renderInspectionCount } = await import('../render-inspection.ts');
      const seen: Inspection[] = [];
      for (const file of files) {
        const inspection = await inspectFile(file, kind);
        deps.out(json ? toJson(inspection) : renderInspection(inspection));
        seen.push(inspection.ok ? { ...inspection, value: null } : inspection);
      }
      if (!json && files.length > 1) deps.out(renderInspectionCount(seen));
      deps.setExitCode(seen.every(({ ok }) => ok) ? 0 : 1);
    });
};

async function inspectFile(file: string, kind: FormatKind | undefined): Promise<Inspection> {
  const { inspectProblem, inspectText } = await import('../../formats/inspect.ts');
  const { readSavedFile } = await import('../saved-file.ts');
  const read = await readSavedFile(file);
  if (!read.ok) return inspectProblem(file, kind ?? null, read.problem);
  return inspectText({ file, text: read.value, kind });
}
