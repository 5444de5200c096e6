import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { systemClock } from '../../shared/platform/clock.ts';
import { withDeadline } from '../../shared/platform/deadline.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { parseManifests } from '../../shared/manifest/parse-manifests.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import { encodeModelSpec } from '../../shared/wire/model-codec.ts';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { createSchedulerClient } from '../../shared/wire/services.ts';
import { callUnary } from '../../shared/wire/unary.ts';
import type { Layout } from './layout.ts';
import type { SampleImages } from './samples/image.ts';
import { samples } from './samples/samples.ts';
import { encodeWav, synthesizeNoise, synthesizeSpeech } from './samples/speech-wav.ts';
import { program } from './wrappers.ts';

const callMsMax = 10_000;
const readyMsMax = 180_000;
const pollMs = 300;
const goneMsMax = 60_000;
const inferMsMax = 20_000;
const audioSeconds = 4;

type Client = ReturnType<typeof createSchedulerClient>;

/** A sample that answered a real request. */
export interface ServedModel {
  readonly name: string;
  /** The inference URL. */
  readonly url: string;
  /** Where it runs, for people. */
  readonly place: string;
}

export interface SampleRun {
  readonly layout: Layout;
  /** `host:port` of the coordinator. */
  readonly address: string;
  readonly channel: ChannelCredentials;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface ManifestChoices {
  /** null: plain processes. */
  readonly images: SampleImages | null;
  /** No card here can do MIG: every sample takes an MPS share instead. */
  readonly withoutMig: boolean;
}

/** Writes the manifests with what this machine needs filled in, and the audio to ask about. */
export function writeSamples(layout: Layout, choices: ManifestChoices): readonly string[] {
  writeFileSync(join(layout.samplesDir, 'speech.wav'), encodeWav(synthesizeSpeech(audioSeconds)));
  writeFileSync(join(layout.samplesDir, 'noise.wav'), encodeWav(synthesizeNoise(audioSeconds)));
  return samples.map(({ name }) => {
    const source = join(layout.projectDir, 'packaging/start/samples', `${name}.yaml`);
    const document = parseDocument(readFileSync(source, 'utf8'));
    document.setIn(
      ['spec', 'process', 'command'],
      program(layout, 'packaging/start/samples/server.js'),
    );
    const image = choices.images?.[name];
    if (image === undefined) document.deleteIn(['spec', 'image']);
    else document.setIn(['spec', 'image'], image);
    // All three have to fit beside each other, also on a machine with one core.
    if (availableParallelism() < 2) document.setIn(['spec', 'cpu'], 0.3);
    if (choices.withoutMig) document.setIn(['spec', 'gpu', 'isolation'], 'mps');
    const target = join(layout.samplesDir, `${name}.yaml`);
    writeFileSync(target, document.toString());
    return target;
  });
}

/** Declares every model of the files. The same again changes nothing. */
export async function applySamples(run: SampleRun, files: readonly string[]): Promise<void> {
  const parsed = parseManifests(
    files.map((file) => ({ name: file, text: readFileSync(file, 'utf8') })),
  );
  if (!parsed.ok) {
    const problems = parsed.problem.map((problem) => renderProblem(problem)).join('; ');
    throw new AppError('MODEL_INVALID', `a sample manifest is not usable: ${problems}`);
  }
  const client = createSchedulerClient(run.address, run.channel);
  const apply = async (spec: ModelSpec, validateOnly: boolean): Promise<string> => {
    const model = { name: spec.name, labels: spec.labels, spec: encodeModelSpec(spec) };
    const { outcome } = await callUnary<object, { readonly outcome: string | number }>(
      (request, options, answer) => client.applyModel(request, options, answer),
      { model, validateOnly },
      coordinatorCall(run.signal),
    );
    return String(outcome);
  };
  try {
    const changed: string[] = [];
    for (const { spec } of parsed.value) {
      if ((await apply(spec, true)).endsWith('_UPDATED')) changed.push(spec.name);
    }
    // Nothing serves yet: making it anew is quicker than a rolling update, and needs no room for two copies.
    await forget(client, changed, run);
    for (const { spec } of parsed.value) await apply(spec, false);
  } finally {
    client.close();
  }
}

/** Deletes samples of an earlier start whose manifests are others now, and waits until they are gone. */
async function forget(client: Client, names: readonly string[], run: SampleRun): Promise<void> {
  for (const name of names) {
    run.say(`${name}: declared otherwise by an earlier start, making it anew`);
    await callUnary<object, object>(
      (request, options, answer) => client.deleteModel(request, options, answer),
      { name },
      coordinatorCall(run.signal),
    );
  }
  const deadlineMs = systemClock.monotonicMs() + goneMsMax;
  while ((await listModels(client, run.signal)).some(({ name }) => names.includes(name))) {
    if (systemClock.monotonicMs() > deadlineMs) {
      throw new AppError(
        'PROCESS_TIMEOUT',
        `${names.join(', ')} are not gone after ${goneMsMax / 1_000} s`,
        { hint: `look at ${run.layout.logDir}, or remove ${run.layout.stateDir} to begin anew` },
      );
    }
    await systemClock.sleep(pollMs, run.signal);
  }
}

async function listModels(client: Client, signal: AbortSignal): Promise<readonly ModelView[]> {
  const { models } = await callUnary<object, { readonly models: readonly ModelView[] }>(
    (request, options, answer) => client.listModels(request, options, answer),
    {},
    coordinatorCall(signal),
  );
  return models;
}

/** Waits until each sample has answered about the speech file. Throws what keeps them, when they take too long. */
export async function awaitSamples(run: SampleRun): Promise<readonly ServedModel[]> {
  const speech = readFileSync(join(run.layout.samplesDir, 'speech.wav'));
  const client = createSchedulerClient(run.address, run.channel);
  const served = new Map<string, ServedModel>();
  const told = new Map<string, string>();
  const deadlineMs = systemClock.monotonicMs() + readyMsMax;
  try {
    for (;;) {
      const models = await listModels(client, run.signal);
      for (const { name } of samples) {
        if (served.has(name)) continue;
        const state = stateOf(models.find((each) => each.name === name));
        if (state.url !== null && (await answers(state.url, speech, run.signal))) {
          served.set(name, { name, url: state.url, place: state.place });
        }
        const line = served.has(name) ? `answers, ${state.place}` : state.text;
        if (told.get(name) !== line) run.say(`${name}: ${line}`);
        told.set(name, line);
      }
      if (served.size === samples.length) {
        return samples.flatMap(({ name }) => served.get(name) ?? []);
      }
      if (systemClock.monotonicMs() > deadlineMs) throw tooLate(run.layout, told, served);
      await systemClock.sleep(pollMs, run.signal);
    }
  } finally {
    client.close();
  }
}

/** The same models, each where it listens now if it listens. */
export async function whereSamplesAre(
  run: SampleRun,
  known: readonly ServedModel[],
): Promise<readonly ServedModel[]> {
  const client = createSchedulerClient(run.address, run.channel);
  try {
    const models = await listModels(client, run.signal);
    return known.map((one) => {
      const { url, place } = stateOf(models.find(({ name }) => name === one.name));
      return url === null ? one : { name: one.name, url, place };
    });
  } finally {
    client.close();
  }
}

/** The few fields of the API's answer that are shown here. */
interface ModelView {
  readonly name: string;
  readonly status: {
    readonly pendingReason: string;
    readonly replicas: readonly {
      readonly phase: string;
      readonly reason: string;
      readonly address: string;
      readonly retiring: boolean;
      readonly slices: readonly SliceView[];
    }[];
  } | null;
}

interface SliceView {
  readonly gpuUuid: string;
  readonly shape: {
    readonly mig?: { readonly profile: string } | null;
    readonly mps?: { readonly memoryMib: string; readonly smPercent: number } | null;
  } | null;
}

function stateOf(model: ModelView | undefined): {
  readonly url: string | null;
  readonly text: string;
  readonly place: string;
} {
  if (model === undefined) return { url: null, text: 'not declared yet', place: '' };
  const replica = model.status?.replicas.find((each) => !each.retiring);
  if (replica === undefined) {
    const reason = model.status?.pendingReason ?? '';
    return { url: null, text: reason === '' ? 'waiting for a place' : reason, place: '' };
  }
  const place = replica.slices.map(placeOf).join(', ');
  const phase = replica.phase.replace(/^REPLICA_PHASE_/, '').toLowerCase();
  const text = [phase, replica.reason, place].filter((part) => part !== '').join(', ');
  const isReady = phase === 'ready' && replica.address !== '';
  const url = isReady ? `http://${replica.address}/v2/models/${model.name}/infer` : null;
  return { url, text, place };
}

function placeOf({ gpuUuid, shape }: SliceView): string {
  const card = gpuUuid.slice(0, 12);
  if (shape?.mig) return `on MIG ${shape.mig.profile} of ${card}`;
  if (shape?.mps) {
    return `on an MPS share (${shape.mps.memoryMib} MiB, ${shape.mps.smPercent} % of the SMs) of ${card}`;
  }
  return `on ${card}`;
}

/** Whether it takes the synthesized speech for speech. */
async function answers(url: string, speech: Buffer, signal: AbortSignal): Promise<boolean> {
  try {
    const { isOk, body } = await withDeadline({ signal, timeoutMs: inferMsMax }, async (limit) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'audio/wav' },
        body: new Uint8Array(speech),
        signal: limit,
      });
      const answer: unknown = await response.json();
      return { isOk: response.ok, body: answer };
    });
    if (!isOk || typeof body !== 'object' || body === null) return false;
    return 'speech_ratio' in body && Number(body.speech_ratio) > 0.5;
  } catch {
    return false;
  }
}

function coordinatorCall(signal: AbortSignal) {
  return {
    peer: 'the coordinator',
    away: 'COORDINATOR_AWAY',
    deadline: new Date(systemClock.wallMs() + callMsMax),
    signal,
  } as const;
}

function tooLate(
  layout: Layout,
  told: ReadonlyMap<string, string>,
  served: ReadonlyMap<string, ServedModel>,
): AppError {
  const waiting = [...told].filter(([name]) => !served.has(name));
  const states = waiting.map(([name, state]) => `${name} is ${state}`).join('; ');
  return new AppError(
    'PROCESS_TIMEOUT',
    `not every sample model answered in ${readyMsMax / 1_000} s: ${states}`,
    { hint: `look at ${layout.logDir} for what the programs wrote` },
  );
}
