import { expect, test } from 'vitest';
import { datasetOf, readYardsticks } from '../../../../coordinator/simulate/yardsticks.ts';
import { file } from './traces.ts';

const published = file(
  'published.csv',
  [
    'dataset,policy,metric,stat,n_seeds,at_50,at_100',
    'default,FGD,alloc_pct,mean,10,49.9,95.2',
    'default,FGD,alloc_pct,sd,10,0.1,0.2',
    'default,FGD,frag_ratio_pct_of_idle,mean,10,17,NaN',
    'default,GpuPacking,alloc_pct,mean,10,49.9,91.8',
    'default,SomethingElse,alloc_pct,mean,10,49.9,99',
    'cpu050,FGD,alloc_pct,mean,10,49.9,95.0',
  ].join('\n'),
);
const bounds = file(
  'bounds.csv',
  'dataset,ub_at_100_mean,n_seeds\ndefault,96.9,3\ncpu050,96.8,3\n',
);

test('published means are read by our names, and bounds beside them', () => {
  expect(readYardsticks([published, bounds], 'default')).toEqual({
    dataset: 'default',
    published: new Map([
      ['fgd', 95.2],
      ['packing', 91.8],
    ]),
    best: 95.2,
    bound: 96.9,
  });
  expect(readYardsticks([bounds], 'cpu050')).toEqual({
    dataset: 'cpu050',
    published: new Map(),
    best: null,
    bound: 96.8,
  });
});

test('a dataset that a file does not know is refused with those that it does', () => {
  expect(() => readYardsticks([published], 'mine')).toThrow('published.csv says nothing of "mine"');
});

test('a number that is none is refused with its line', () => {
  const broken = file('b.csv', 'dataset,ub_at_100_mean\ndefault,96.9\ncpu050,many\n');
  expect(() => readYardsticks([broken], 'default')).toThrow(
    'b.csv: line 3: "many" is no percentage',
  );
});

test('the list is named by its file', () => {
  expect(
    ['/x/openb_pod_list_gpuspec33.csv', 'pods.csv', 'a\\openb_pod_list_cpu050.CSV', 'plain'].map(
      datasetOf,
    ),
  ).toEqual(['gpuspec33', 'pods', 'cpu050', 'plain']);
});
